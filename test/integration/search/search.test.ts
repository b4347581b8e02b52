import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { Encoder } from '../../../src/encoder/encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndexStatistics } from '../../../src/engine/corpus-statistics.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { predictedScore } from '../../../src/rank-features/query.js'
import { openSearcher, type Searcher } from '../../../src/search/search.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'

/** 700 terms, of letters only: a number in a word is a term of its own. */
const wordsOf = (beginning: string): string =>
  Array.from({ length: 700 }, (_, number) => {
    const letters = String(number).replace(/\d/g, (digit) => 'bcdfghjkmn'.charAt(Number(digit)))
    return `${beginning}${letters}`
  }).join(' ')

const RECORDS = [
  { _id: 'ship', title: '조선소', text: '배를 만드는 곳이다. 배는 바다로 나간다.', year: 1990 },
  { _id: 'pear', title: 'Pear', text: 'A pear is a fruit that grows on trees.' },
  { _id: 'apple', title: 'Apple', text: 'An apple is a fruit, too. Apple trees are small.' },
  { _id: 'twin-b', text: 'identical twins' },
  { _id: 'twin-a', text: 'identical twins' },
  { _id: 'tags', title: ['green', 'tea'], text: 'leaves' },
  { _id: 'long', text: wordsOf('rare') },
]

async function* lines(): AsyncGenerator<Uint8Array> {
  for (const record of RECORDS) yield await Promise.resolve(Buffer.from(`${JSON.stringify(record)}\n`))
}

describe.each(ENGINES)('searching on %s', (id) => {
  let client: EngineClient
  let encoder: Encoder
  let searcher: Searcher
  const index = uniqueName('search')

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    encoder = createLexicalEncoder({ statistics: createIndexStatistics(client, { index, field: 'splade' }) })
    const meta = { field: 'splade', textFields: ['title', 'text'], encoder: encoder.identity }
    await createIndex(client, { index, meta })
    await indexDocuments(client, encoder, { index, inputs: [streamInput(lines())] })
    searcher = await openSearcher(client, encoder, index)
  })
  afterAll(async () => {
    await client.request({ method: 'DELETE', path: `/${index}` })
    await client.close()
  })

  it('ranks by the score that the bridge predicts', async () => {
    const { hits, queryVector } = await searcher.search({ query: 'apple trees' })
    expect(hits.map((hit) => hit.id)).toEqual(['apple', 'pear'])
    for (const hit of hits) {
      const [encoding] = await encoder.encodeDocuments([hit.text])
      expect(hit.score).toBeCloseTo(predictedScore(queryVector, encoding?.vector ?? new Map()), 5)
    }
  })

  it('returns documents as they were indexed, without vector and side fields', async () => {
    const { hits } = await searcher.search({ query: '바다' })
    expect(hits.map(({ source }) => source)).toEqual([
      { title: '조선소', text: '배를 만드는 곳이다. 배는 바다로 나간다.', year: 1990 },
    ])
  })

  it('explains hits by tokens whose contributions add up to the score and that stand in the text', async () => {
    const { hits } = await searcher.search({ query: 'fruit trees apple', explain: true })
    const [best] = hits
    expect(best?.id).toBe('apple')
    const total = (best?.tokens ?? []).reduce((sum, { contribution }) => sum + contribution, 0)
    expect(total).toBeCloseTo(best?.score ?? NaN, 5)
    const apple = best?.tokens.find(({ spans }) => spans.length === 3)
    expect(apple?.spans.map(([start, end]) => best?.text.slice(start, end))).toEqual([
      'Apple',
      'apple',
      'Apple',
    ])
    expect(apple?.contribution).toBeCloseTo((apple?.queryWeight ?? 0) * (apple?.documentWeight ?? 0), 5)
  })

  it('explains alike from the stored vector, as for engines that cannot score clauses', async () => {
    const old: EngineClient = { ...client, info: { distribution: 'opensearch', version: '2.11.0' } }
    const options = { query: 'fruit trees apple', explain: true }
    const [expected, actual] = await Promise.all(
      [searcher, await openSearcher(old, encoder, index)].map((each) => each.search(options)),
    )
    expect(actual?.hits).toEqual(expected?.hits)
    expect(actual?.hits[0]?.tokens).not.toHaveLength(0)
  })

  it('joins lists of strings into the text that spans point into', async () => {
    const { hits } = await searcher.search({ query: 'tea', explain: true })
    expect(hits[0]?.text).toBe('green tea leaves')
    expect(hits[0]?.tokens[0]?.spans).toEqual([[6, 9]])
  })

  it('explains nothing unless asked to', async () => {
    const { hits } = await searcher.search({ query: 'fruit' })
    expect(hits.map(({ tokens }) => tokens)).toEqual([[], []])
  })

  it('orders equal scores by id', async () => {
    const { hits } = await searcher.search({ query: 'identical twins' })
    expect(hits.map((hit) => hit.id)).toEqual(['twin-a', 'twin-b'])
    expect(hits[0]?.score).toBe(hits[1]?.score)
  })

  it('counts all matches where asked to, beyond the page', async () => {
    const { hits, total } = await searcher.search({ query: 'fruit', size: 1, countTotal: true })
    expect(hits).toHaveLength(1)
    expect(total).toBe(2)
    expect(await searcher.search({ query: 'fruit' })).not.toHaveProperty('total')
  })

  it('leaves out hits below the least score', async () => {
    const { hits } = await searcher.search({ query: 'apple trees' })
    const minScore = hits[0]?.score ?? NaN
    const kept = await searcher.search({ query: 'apple trees', minScore })
    expect(kept.hits.map((hit) => hit.id)).toEqual(['apple'])
  })

  it('says how many terms pruning left out', async () => {
    const { queryVector, prunedTerms } = await searcher.search({
      query: 'apple fruit pear',
      prune: { topK: 1 },
    })
    expect(queryVector.size).toBe(1)
    expect(prunedTerms).toBe(2)
  })

  it('sends the heaviest terms of a query that is longer than the clause limit', async () => {
    const query = `apple ${wordsOf('rare')}`
    const { queryVector, prunedTerms } = await searcher.search({ query })
    expect(queryVector.size).toBe(512)
    expect(prunedTerms).toBeGreaterThan(100)
  })

  it('finds by the one term of a very long query that any document has', async () => {
    const { queryVector, hits } = await searcher.search({ query: `apple ${wordsOf('none')}` })
    expect([...queryVector.keys()]).toEqual(['appl'])
    expect(hits.map((hit) => hit.id)).toEqual(['apple'])
  })

  it.each(['zzyzx', '', '...'])('finds nothing for %j', async (query) => {
    const { hits, total } = await searcher.search({ query, explain: true, countTotal: true })
    expect(hits).toEqual([])
    expect(total).toBe(0)
  })

  it('finds documents that others wrote without side fields', async () => {
    const splade = { fruit: 9 }
    await client.request({
      method: 'PUT',
      path: `/${index}/_doc/foreign`,
      query: { refresh: true },
      body: { splade },
    })
    const { hits } = await searcher.search({ query: 'fruit', explain: true })
    expect(hits[0]).toMatchObject({
      id: 'foreign',
      source: {},
      text: '',
      tokens: [{ token: 'fruit', spans: [] }],
    })
    await client.request({ method: 'DELETE', path: `/${index}/_doc/foreign`, query: { refresh: true } })
  })

  it('refuses an encoder that did not write the index', async () => {
    const other = createLexicalEncoder({ b: 0.1 })
    await expect(openSearcher(client, other, index)).rejects.toThrow('was written by model bm25')
  })

  it('refuses an index that does not exist', async () => {
    await expect(openSearcher(client, encoder, uniqueName('none'))).rejects.toThrow('there is no index')
  })

  it.each([
    [{ size: 0 }, 'size must be an integer from 1 to 10000, received 0'],
    [{ size: 10_001 }, 'size must be an integer from 1 to 10000'],
    [{ minScore: NaN }, 'minScore must be a finite number, received NaN'],
    [{ prune: { maxRatio: 2 } }, 'maxRatio must be a number from 0 to 1'],
  ])('refuses %j', async (options, message) => {
    await expect(searcher.search({ query: 'fruit', ...options })).rejects.toThrow(message)
  })
})
