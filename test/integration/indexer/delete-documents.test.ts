import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient, EngineRequest } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { countDocuments, deleteDocuments, deleteIndex } from '../../../src/indexer/delete-documents.js'
import { scanIndex } from '../../../src/indexer/scan-index.js'
import { deleteIndices, OUTER_ENGINES, testEngine, uniqueName } from '../../engines.js'

const encoder = createLexicalEncoder()
const DOCUMENTS = 25

describe.each(OUTER_ENGINES)('deleting documents on %s', (id) => {
  let client: EngineClient
  let index: string
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
  })
  afterAll(async () => {
    await deleteIndices(client, 'deleting-')
    await client.close()
  })
  beforeEach(async () => {
    index = uniqueName('deleting')
    const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity }
    await createIndex(client, { index, meta, settings: { number_of_shards: 2 } })
    const lines = Array.from({ length: DOCUMENTS }, (_, number) => {
      const action = { index: { _id: `d${number}`, ...(number === 3 && { routing: 'r' }) } }
      return `${JSON.stringify(action)}\n${JSON.stringify({ number })}\n`
    })
    await client.request({ method: 'POST', path: `/${index}/_bulk`, ndjson: lines.join('') })
  })
  const write = (target: EngineClient, documentId: string) =>
    target.request({ method: 'PUT', path: `/${index}/_doc/${documentId}`, body: { number: -1 } })

  it('finds by id what was written a moment ago, whatever its routing', async () => {
    const selection = { ids: ['d0', 'd3', 'd3', 'none'] }
    const dry = await deleteDocuments(client, { index, selection, dryRun: true })
    expect(dry).toEqual({ matched: 2, deleted: 0, missing: 1, kept: 0 })
    expect(await deleteDocuments(client, { index, selection })).toEqual({ ...dry, deleted: 2 })
    expect(await countDocuments(client, index)).toBe(DOCUMENTS - 2)
  })

  it('keeps a document that is written anew after it was found', async () => {
    const meddling: EngineClient = {
      info: client.info,
      close: () => Promise.resolve(),
      request: async (request: EngineRequest) => {
        if (request.path.endsWith('_bulk')) await write(client, 'd1')
        return client.request(request)
      },
    }
    const selection = { query: { terms: { _id: ['d1', 'd2'] } } }
    const result = await deleteDocuments(meddling, { index, selection })
    expect(result).toEqual({ matched: 2, deleted: 1, missing: 0, kept: 1 })
    const { body } = await client.request({ method: 'GET', path: `/${index}/_source/d1` })
    expect(body).toEqual({ number: -1 })
  })

  it('scans an index in batches, each document once, and leaves nothing open', async () => {
    await client.request({ method: 'POST', path: `/${index}/_refresh` })
    const seen: string[] = []
    const sizes: number[] = []
    for await (const batch of scanIndex(client, index, { query: { match_all: {} }, batchDocuments: 10 })) {
      sizes.push(batch.length)
      seen.push(...batch.map((document) => document.id))
    }
    expect(sizes).toEqual([10, 10, 5])
    expect(new Set(seen).size).toBe(DOCUMENTS)
    const stopped = scanIndex(client, index, { query: { match_all: {} }, batchDocuments: 10 })
    await stopped.next()
    await stopped.return()
    const { body } = await client.request({ method: 'GET', path: `/_nodes/stats/indices/search` })
    expect(JSON.stringify(body)).toContain('"open_contexts":0')
  })

  it('deletes an index with its mapping, and none that is not there', async () => {
    await deleteIndex(client, index)
    await expect(deleteIndex(client, index)).rejects.toThrow(`there is no index "${index}"`)
    await expect(deleteDocuments(client, { index, selection: { ids: ['a'] } })).rejects.toThrow('no index')
  })
})
