import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import { runExactly } from '../../../src/evaluate/exact-run.js'
import { useTemporaryFolder } from '../../model-folder.js'

describe('runExactly', () => {
  const folder = useTemporaryFolder()
  const queries = [
    { id: 'q1', text: 'red bicycle' },
    { id: 'q2', text: 'nothing of the kind' },
  ]
  beforeAll(async () => {
    const documents = Array.from({ length: 130 }, (_, index) => ({
      _id: `d${index}`,
      title: index === 7 ? 'red' : '',
      text: index === 7 || index === 100 ? 'bicycle' : 'water',
    }))
    await mkdir(join(folder.path, 'set'))
    await writeFile(
      join(folder.path, 'set', 'corpus.jsonl'),
      documents.map((one) => JSON.stringify(one)).join('\n'),
    )
  })

  it('ranks the documents of the whole corpus, titles included', async () => {
    const seen: number[] = []
    const encoder = createLexicalEncoder()
    const run = await runExactly(encoder, {
      dataset: join(folder.path, 'set'),
      queries,
      size: 10,
      onProgress: (documents) => seen.push(documents),
    })
    expect(run.get('q1')?.map(({ id }) => id)).toEqual(['d7', 'd100'])
    expect(run.get('q2')).toEqual([])
    expect(seen).toEqual([64, 128, 130])
  })

  it('stops between two batches', async () => {
    const signal = AbortSignal.abort()
    const run = runExactly(createLexicalEncoder(), {
      dataset: join(folder.path, 'set'),
      queries,
      size: 10,
      signal,
    })
    await expect(run).rejects.toBe(signal.reason)
  })
})
