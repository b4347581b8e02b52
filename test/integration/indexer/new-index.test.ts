import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { member } from '../../../src/engine/json.js'
import { indexDocuments, type IndexDocumentsOptions } from '../../../src/indexer/index-documents.js'
import { fileInput } from '../../../src/indexer/readers/input.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'

const encoder = createLexicalEncoder()
const DOCUMENTS = Array.from({ length: 200 }, (_, number) => ({ _id: `d${number}`, text: `text ${number}` }))

describe.each(NEWEST_ENGINES)('an index that is to be created on %s', (id) => {
  let client: EngineClient
  let folder: string
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    folder = mkdtempSync(join(tmpdir(), 'splade-bridge-new-'))
  })
  afterAll(async () => {
    await deleteIndices(client, 'newindex-')
    await client.close()
    rmSync(folder, { recursive: true })
  })

  function load(
    index: string,
    records: readonly object[],
    { textFields = ['text'], ...options }: Partial<IndexDocumentsOptions> & { textFields?: string[] } = {},
  ) {
    const path = join(folder, `${index}.jsonl`)
    writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
    const fields = { field: 'splade', textFields }
    const create = async () => {
      const meta = { ...fields, encoder: encoder.identity }
      return (await createIndex(client, { index, meta })).meta
    }
    const newIndex = { fields, create }
    return indexDocuments(client, encoder, { index, inputs: [fileInput(path)], newIndex, ...options })
  }

  const statusOf = async (index: string): Promise<number> =>
    (await client.request({ method: 'HEAD', path: `/${index}` })).status

  async function countOf(index: string): Promise<unknown> {
    await client.request({ method: 'POST', path: `/${index}/_refresh` })
    return member((await client.request({ method: 'GET', path: `/${index}/_count` })).body, 'count')
  }

  it.each([
    ['no record has the fields', DOCUMENTS, ['titel'], 'has none of the fields titel to encode'],
    ['the first record breaks a rule', [{ _id: '', text: 'x' }], ['text'], 'field "_id" must be'],
  ])(
    'is not created where %s, so that its name is free for the next run',
    async (_, records, textFields, rule) => {
      const index = uniqueName('newindex')
      const checkpointFile = join(folder, `${index}.json`)
      await expect(load(index, records, { textFields, checkpointFile, resume: true })).rejects.toThrow(rule)
      expect(await statusOf(index)).toBe(404)
      const result = await load(index, DOCUMENTS, { checkpointFile, resume: true })
      expect(result).toMatchObject({ read: 200, indexed: 200, isComplete: true })
      expect(await countOf(index)).toBe(200)
    },
  )

  it('is not created for inputs without a record', async () => {
    const index = uniqueName('newindex')
    expect(await load(index, [])).toMatchObject({ read: 0, indexed: 0, isComplete: true })
    expect(await statusOf(index)).toBe(404)
  })

  it('is created once by workers that begin at the same time, records without the fields before the first', async () => {
    const index = uniqueName('newindex')
    const records = [{ _id: 'other', rows: 200 }, ...DOCUMENTS]
    const share = (number: number) => load(index, records, { partition: { number, of: 3 } })
    const results = await Promise.all([0, 1, 2].map(share))
    expect(results.reduce((sum, { indexed }) => sum + indexed, 0)).toBe(200)
    expect(results.reduce((sum, { skipped }) => sum + skipped, 0)).toBe(1)
    expect(await countOf(index)).toBe(200)
  })

  it('is refused by a checkpoint of one of its name that is gone', async () => {
    const index = uniqueName('newindex')
    const options = { checkpointFile: join(folder, `${index}.json`), flushDocuments: 10 }
    const stop = new AbortController()
    await load(index, DOCUMENTS, {
      ...options,
      batchDocuments: 10,
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'progress') stop.abort()
      },
    })
    await client.request({ method: 'DELETE', path: `/${index}` })
    await expect(load(index, DOCUMENTS, { ...options, resume: true })).rejects.toThrow(
      'that of this one none, since there is no such index',
    )
    expect(await statusOf(index)).toBe(404)
  })
})
