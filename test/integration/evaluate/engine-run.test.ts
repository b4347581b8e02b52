import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { runOnEngine } from '../../../src/evaluate/engine-run.js'
import { ExactScorer } from '../../../src/evaluate/exact-scorer.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { OUTER_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { seededRandom } from '../../random.js'

const WORDS = [
  'river',
  'stone',
  'cloud',
  'forest',
  'engine',
  'paper',
  'winter',
  'copper',
  'violin',
  'harbour',
]
const random = seededRandom(3)
const phrase = (length: number): string =>
  Array.from({ length }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ')
const DOCUMENTS = Array.from({ length: 150 }, (_, number) => ({
  _id: `d${number}`,
  text: phrase(3 + (number % 20)),
}))
const QUERIES = Array.from({ length: 41 }, (_, number) => ({
  id: `q${number}`,
  text: phrase(1 + (number % 4)),
}))

async function* lines(): AsyncGenerator<Uint8Array> {
  for (const document of DOCUMENTS) yield await Promise.resolve(Buffer.from(`${JSON.stringify(document)}\n`))
}

describe.each(OUTER_ENGINES)('a run on %s', (id) => {
  const encoder = createLexicalEncoder()
  const index = uniqueName('run')
  let client: EngineClient
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity }
    await createIndex(client, { index, meta, settings: { number_of_shards: 2 } })
    await indexDocuments(client, encoder, { index, inputs: [streamInput(lines())] })
  })
  afterAll(async () => {
    await client.request({ method: 'DELETE', path: `/${index}` })
    await client.close()
  })

  it('ranks as the exact scorer does, ties included', async () => {
    const scorer = new ExactScorer()
    const encodings = await encoder.encodeDocuments(DOCUMENTS.map(({ text }) => text))
    for (const [position, { _id }] of DOCUMENTS.entries()) {
      scorer.add(_id, encodings[position]?.vector ?? new Map())
    }
    const run = await runOnEngine(client, encoder, { index, queries: QUERIES, size: 20, batchQueries: 7 })
    const queries = await encoder.encodeQueries(QUERIES.map(({ text }) => text))
    for (const [position, query] of QUERIES.entries()) {
      const exact = scorer.rank(queries[position]?.vector ?? new Map(), 20)
      expect(run.get(query.id)?.map((document) => document.id)).toEqual(exact.map((document) => document.id))
    }
  })

  it('reports progress and answers a query without terms with nothing', async () => {
    const answered: number[] = []
    const queries = [{ id: 'none', text: '...' }, ...QUERIES.slice(0, 3)]
    const onProgress = (count: number): number => answered.push(count)
    const run = await runOnEngine(client, encoder, { index, queries, batchQueries: 3, onProgress })
    expect(run.get('none')).toEqual([])
    expect(answered).toEqual([3, 4])
  })

  it('refuses another model, a missing index, and sizes that are none', async () => {
    const other = createLexicalEncoder({ k1: 3 })
    await expect(runOnEngine(client, other, { index, queries: QUERIES })).rejects.toThrow(
      'was written by model bm25',
    )
    const missing = uniqueName('none')
    await expect(runOnEngine(client, encoder, { index: missing, queries: QUERIES })).rejects.toThrow(
      'no index',
    )
    await expect(runOnEngine(client, encoder, { index, queries: QUERIES, size: 0 })).rejects.toThrow(
      'size must be',
    )
  })
})
