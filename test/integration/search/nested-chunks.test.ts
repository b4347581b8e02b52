import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Encoder, Encoding } from '../../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { readIndexMeta } from '../../../src/engine/index-meta.js'
import { runOnEngine } from '../../../src/evaluate/engine-run.js'
import { ExactScorer } from '../../../src/evaluate/exact-scorer.js'
import { indexDocuments, type IndexDocumentsOptions } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { loadModelBundle, type ModelBundle } from '../../../src/model/bundle.js'
import { predictedScore } from '../../../src/rank-features/query.js'
import { openSearcher, type Searcher } from '../../../src/search/search.js'
import { OUTER_ENGINES, testEngine, uniqueName } from '../../engines.js'

const MODEL = fileURLToPath(new URL('../../../models/splade-tiny-en', import.meta.url))
const OPTIONS = { longTexts: 'nested', chunkTokens: 24 } as const

const SENTENCES = [
  'Bread is baked in a hot oven after the dough has risen over night.',
  'The orchestra plays a symphony with violins and loud trumpets.',
  'A volcano erupts and glowing lava flows into the sea.',
  'My car does not start because the battery is dead.',
  'The heart pumps blood through arteries and veins.',
  'Snow covers the mountains in a long cold winter.',
]
/** Texts of one to six sentences, each starting with another. */
const RECORDS = SENTENCES.map((_, number) => ({
  _id: `d${number}`,
  text: Array.from({ length: number + 1 }, (_, step) => SENTENCES[(number + step) % 6]).join(' '),
}))
const EMPTY = { _id: 'empty', text: '[SEP]' }
const QUERIES = [
  'baking bread',
  'why does my car not start',
  'volcano',
  'winter snow',
  'heart blood',
  'symphony',
]

async function* lines(): AsyncGenerator<Uint8Array> {
  for (const record of [...RECORDS, EMPTY])
    yield await Promise.resolve(Buffer.from(`${JSON.stringify(record)}\n`))
}

describe.each(OUTER_ENGINES)('nested chunks on %s', (id) => {
  const index = uniqueName('chunks')
  let bundle: ModelBundle
  let encoder: Encoder
  let client: EngineClient
  let searcher: Searcher
  let encodings: ReadonlyMap<string, Encoding>

  const write = (options: Partial<IndexDocumentsOptions> = {}) =>
    indexDocuments(client, encoder, { index, inputs: [streamInput(lines())], ...options })

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    bundle = await loadModelBundle(MODEL)
    encoder = await loadNeuralEncoder(bundle, OPTIONS)
    const longTexts = encoder.longTexts!
    const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity, longTexts }
    await createIndex(client, { index, meta })
    const encoded = await encoder.encodeDocuments(RECORDS.map(({ text }) => text))
    encodings = new Map(RECORDS.map(({ _id }, position) => [_id, encoded[position]!]))
  })
  afterAll(async () => {
    await client.request({ method: 'DELETE', path: `/${index}` })
    await encoder.close()
    await client.close()
  })

  it('are written, counted, and skipped when they are unchanged', async () => {
    expect(await write()).toMatchObject({ read: 7, indexed: 7, deadLettered: 0, chunked: 5, truncated: 0 })
    expect(await write()).toMatchObject({ indexed: 0, unchanged: 7, chunked: 0 })
    searcher = await openSearcher(client, encoder, index)
    expect(searcher.meta.longTexts).toEqual({ longTexts: 'nested', chunkTokens: 24, chunkOverlap: 0 })
  })

  it('are gone with the text that they were made of', async () => {
    const [first] = RECORDS
    async function* emptied(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from(JSON.stringify({ ...first, text: '' })))
    }
    expect(await write({ inputs: [streamInput(emptied())] })).toMatchObject({
      read: 1,
      indexed: 1,
      skipped: 0,
    })
    const { hits } = await searcher.search({ query: 'dough in the oven', ids: ['d0'] })
    expect(hits).toMatchObject([{ id: 'd0', score: 0 }])
    expect(hits[0]).not.toHaveProperty('chunk')
    expect(await write()).toMatchObject({ indexed: 1, unchanged: 6 })
  })

  it('are written with one look at the mapping, for what a killed load left behind, where its meaning is at hand', async () => {
    const paths: string[] = []
    const watched: EngineClient = {
      ...client,
      request: (request) => {
        paths.push(request.path)
        return client.request(request)
      },
    }
    const meta = (await readIndexMeta(client, index))!
    await createIndex(watched, { index, meta, existing: meta })
    await indexDocuments(watched, encoder, { index, meta, inputs: [streamInput(lines())] })
    expect(paths.filter((path) => path.includes('_mapping'))).toHaveLength(1)
  })

  it('score as predicted: a document scores what its best chunk scores', async () => {
    let compared = 0
    for (const query of QUERIES) {
      const { hits, queryVector } = await searcher.search({ query, size: 100 })
      for (const hit of hits) {
        const chunks = encodings.get(hit.id)!.chunks!
        const scores = chunks.map(({ vector }) => predictedScore(queryVector, vector))
        const best = Math.max(...scores)
        expect(Math.abs(hit.score - best)).toBeLessThanOrEqual(1e-6 * best)
        // Of chunks with equal scores the engine may take either.
        expect(
          chunks.filter((_, position) => scores[position] === best).map(({ span }) => span),
        ).toContainEqual(hit.chunk!.span)
        compared++
      }
    }
    expect(compared).toBeGreaterThan(20)
  })

  it('name the chunk that matched, and explain its score alone', async () => {
    const { hits } = await searcher.search({ query: 'my car does not start', explain: true, size: 100 })
    const aboutCars = hits.filter(({ chunk }) => chunk!.text.includes(SENTENCES[3]!))
    expect(aboutCars).toHaveLength(3)
    expect(hits[0]!.chunk!.text).toContain(SENTENCES[3])
    for (const { chunk, text, tokens, score } of aboutCars) {
      expect(chunk!.text).toBe(text.slice(...chunk!.span))
      const total = tokens.reduce((sum, { contribution }) => sum + contribution, 0)
      expect(Math.abs(total - score)).toBeLessThanOrEqual(1e-5 * score)
      const car = tokens.find(({ token }) => token === 'car')!
      expect(car.spans.map(([start, end]) => text.slice(start, end))).toEqual(['car'])
      for (const [start, end] of tokens.flatMap(({ spans }) => spans)) {
        expect(start >= chunk!.span[0] && end <= chunk!.span[1]).toBe(true)
      }
    }
  })

  it('leave the document as it was indexed', async () => {
    const { hits } = await searcher.search({ query: 'volcano', size: 1 })
    expect(hits[0]!.source).toEqual({ text: RECORDS.find(({ _id }) => _id === hits[0]!.id)!.text })
  })

  it('match nothing for an unknown word, and count all that match', async () => {
    expect((await searcher.search({ query: '' })).hits).toEqual([])
    const { hits, total } = await searcher.search({ query: 'volcano', size: 1, countTotal: true })
    expect(hits).toHaveLength(1)
    expect(total).toBeGreaterThan(3)
  })

  it('are ranked as the exact scorer ranks them', async () => {
    const scorer = new ExactScorer()
    for (const [name, { chunks }] of encodings) scorer.add(name, ...chunks!.map(({ vector }) => vector))
    const queries = QUERIES.map((text, position) => ({ id: `q${position}`, text }))
    const run = await runOnEngine(client, encoder, { index, queries })
    const vectors = await encoder.encodeQueries(QUERIES)
    queries.forEach((query, position) => {
      const expected = scorer.rank(vectors[position]!.vector, 100)
      const ranked = run.get(query.id)!
      expect(ranked).toHaveLength(expected.length)
      ranked.forEach(({ score }, rank) => {
        expect(Math.abs(score - expected[rank]!.score)).toBeLessThanOrEqual(1e-6 * score)
      })
    })
  })

  it('are refused from an encoder that cuts otherwise', async () => {
    for (const options of [{}, { ...OPTIONS, chunkTokens: 32 }, { longTexts: 'truncate' }] as const) {
      const other = await loadNeuralEncoder(bundle, options)
      const attempt = indexDocuments(client, other, { index, inputs: [] })
      await expect(attempt).rejects.toThrow(
        /nested from chunks of 24 tokens, but you are using.*leave --long-texts/,
      )
      const existing = await readIndexMeta(client, index)
      const meta = { ...existing!, longTexts: other.longTexts! }
      await expect(createIndex(client, { index, meta, existing })).rejects.toThrow(/but you are using/)
      await other.close()
    }
  })
})
