import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import { type ComparedModel, compareModels } from '../../../src/evaluate/compare-models.js'
import { useTemporaryFolder } from '../../model-folder.js'

const DOCUMENTS = [
  {
    _id: 'long',
    title: 'bicycle',
    text: 'red bicycle bicycle wheel saddle chain pedal brake lamp bell tyre spoke frame fork rim hub gear',
  },
  { _id: 'short', title: '', text: 'red bicycle' },
  { _id: 'other', title: '', text: 'green tea' },
]

/** BM25 that takes long documents for better, or not. */
function modelOf(b: number): ComparedModel {
  return {
    encoder: createLexicalEncoder({ b, averageLength: 2 }),
    queryEncoder: (statistics) => createLexicalEncoder({ b, averageLength: 2, statistics }),
  }
}

describe('compareModels', () => {
  const folder = useTemporaryFolder()
  const queries = [
    { id: 'q1', text: 'bicycle' },
    { id: 'q2', text: 'tea' },
  ]
  const qrels = new Map([
    ['q1', new Map([['short', 1]])],
    ['q2', new Map([['other', 1]])],
  ])
  beforeAll(async () => {
    await mkdir(folder.path, { recursive: true })
    const lines = DOCUMENTS.map((one) => JSON.stringify(one)).join('\n')
    await writeFile(join(folder.path, 'corpus.jsonl'), lines)
  })

  it('tells what moved, by how much, and which weights did it', async () => {
    const seen: number[] = []
    const onProgress = (documents: number): void => void seen.push(documents)
    const options = { dataset: folder.path, queries, qrels, onProgress }
    const compared = await compareModels(modelOf(0), modelOf(1), options)
    expect(seen).toEqual([3, 6])
    expect(compared).toMatchObject({
      queries: 2,
      meanOverlap: 1,
      unchanged: 1,
      ndcg: { b: 1, better: 1, worse: 0, equal: 1, p: 1 },
    })
    const [first] = compared.changed
    expect(first).toMatchObject({
      id: 'q1',
      won: [],
      lost: [],
      moved: [
        { id: 'long', rankA: 1, rankB: 2 },
        { id: 'short', rankA: 2, rankB: 1, grade: 1 },
      ],
      queryTokens: { appeared: [], disappeared: [], changed: [] },
    })
    // The judged document first; its only token of the query is its whole vector to both.
    expect(first?.documents?.map(({ id, title }) => [id, title])).toEqual([
      ['short', ''],
      ['long', 'bicycle'],
    ])
    expect(compared.corpus).toMatchObject({ documents: 3, more: [], fewer: [] })
  })

  it('weighs the words of a query by how rare they are in the corpus', async () => {
    const { changed } = await compareModels({ encoder: createLexicalEncoder() }, modelOf(0.75), {
      dataset: folder.path,
      queries: [{ id: 'q', text: 'red wheel' }],
    })
    const [red, wheel] = ['red', 'wheel'].map((token) =>
      changed[0]?.queryTokens.changed.find((change) => change.token === token),
    )
    expect([red?.a, wheel?.a]).toEqual([1, 1])
    expect(wheel?.b).toBeGreaterThan(red?.b ?? NaN)
  })

  it('tells of no query where none is asked for', async () => {
    const options = { dataset: folder.path, queries, top: 0 }
    expect((await compareModels(modelOf(0), modelOf(1), options)).changed).toEqual([])
  })
})
