import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndexStatistics } from '../../../src/engine/corpus-statistics.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { openSearcher, type Searcher } from '../../../src/search/search.js'
import type { Explained, SearchAnswer, SearchRequest } from '../../../src/web/api.js'
import { searchThreeWays, type SearchRoom } from '../../../src/web/three-way-search.js'
import { OUTER_ENGINES, testEngine, uniqueName } from '../../engines.js'

const RECORDS = [
  { _id: 'ship', title: '조선소', text: '배를 만드는 곳이다. 배는 바다로 나간다.' },
  { _id: 'pear', title: 'Pear', text: 'A pear is a fruit that grows on trees.' },
  { _id: 'apple', title: 'Apple', text: 'An apple is a fruit, too. Apple trees are small.' },
  { _id: 'tags', title: ['green', 'tea'], text: 'leaves of trees' },
]

async function* lines(): AsyncGenerator<Uint8Array> {
  for (const record of RECORDS) yield await Promise.resolve(Buffer.from(`${JSON.stringify(record)}\n`))
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const marked = ({ snippet }: Explained): readonly string[] =>
  snippet.pieces.filter(({ highlighted }) => highlighted).map(({ text }) => text)

describe.each(OUTER_ENGINES)('three searches at once on %s', (id) => {
  let client: EngineClient
  let encoder: Encoder
  let searcher: Searcher
  const index = uniqueName('three-ways')
  const others: string[] = []
  const search = (request: SearchRequest, other?: SearchRoom): Promise<SearchAnswer> =>
    searchThreeWays(other ?? { client, encoder, searcher, index }, request)

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    encoder = createLexicalEncoder({ statistics: createIndexStatistics(client, { index, field: 'splade' }) })
    const meta = { field: 'splade', textFields: ['title^2', 'text'], encoder: encoder.identity }
    await createIndex(client, { index, meta })
    await indexDocuments(client, encoder, { index, inputs: [streamInput(lines())] })
    searcher = await openSearcher(client, encoder, index)
  })
  afterAll(async () => {
    for (const name of [index, ...others]) await client.request({ method: 'DELETE', path: `/${name}` })
    await client.close()
  })

  it('explains the scores of BM25 and of the sparse query as sums of their terms', async () => {
    const { columns, documents } = await search({ query: 'apple fruit trees' })
    for (const method of ['bm25', 'sparse'] as const) {
      expect(columns[method].hits[0]?.id).toBe('apple')
      for (const hit of columns[method].hits) {
        const terms = documents[hit.id]?.[method]?.terms ?? []
        expect(sum(terms.map(({ contribution }) => contribution))).toBeCloseTo(hit.score, 4)
        expect(sum(terms.map(({ share }) => share))).toBeCloseTo(1, 6)
      }
    }
  })

  it('marks what the engine found, in the title and in the text', async () => {
    const { documents } = await search({ query: 'apple fruit' })
    expect(marked(documents.apple!.bm25!)).toEqual(['Apple', 'apple', 'fruit', 'Apple'])
    const { snippet } = documents.apple!.bm25!
    expect(snippet.pieces.map(({ text }) => text).join('')).toBe(`Apple ${RECORDS[2]!.text}`)
  })

  it('fuses by reciprocal ranks, and says which', async () => {
    const { columns } = await search({ query: 'apple fruit trees' })
    for (const { id: document, score, parts = [] } of columns.hybrid.hits) {
      for (const { method, rank } of parts) expect(columns[method].hits[rank - 1]?.id).toBe(document)
      expect(score).toBeCloseTo(sum(parts.map(({ rank }) => 1 / (60 + rank))), 12)
    }
  })

  it('searches with the weights that it is given, and leaves BM25 to the text', async () => {
    const plain = await search({ query: 'fruit' })
    const tokens = [{ token: encodedName(plain), weight: 4 }]
    const weighted = await search({ query: 'fruit', tokens })
    expect(weighted.tokens.map(({ token, weight }) => ({ token, weight }))).toEqual(tokens)
    const factor = 4 / plain.tokens[0]!.weight
    weighted.columns.sparse.hits.forEach(({ score }, place) => {
      expect(score).toBeCloseTo(plain.columns.sparse.hits[place]!.score * factor, 4)
    })
    expect(weighted.columns.bm25.hits).toEqual(plain.columns.bm25.hits)
    const without = await search({ query: 'fruit', tokens: [] })
    expect(without.columns.sparse.hits).toEqual([])
    expect(without.columns.hybrid.hits.map(({ id: document }) => document)).toEqual(
      plain.columns.bm25.hits.map(({ id: document }) => document),
    )
  })

  it('finds nothing without failing, and keeps to the size', async () => {
    const none = await search({ query: 'penguins' })
    expect(Object.values(none.columns).map(({ hits }) => hits)).toEqual([[], [], []])
    expect(none.documents).toEqual({})
    const one = await search({ query: 'trees', size: 1 })
    expect(Object.values(one.columns).map(({ hits }) => hits.length)).toEqual([1, 1, 1])
  })

  it('shows a document whose title is a list', async () => {
    const { documents } = await search({ query: 'tea leaves' })
    expect(documents.tags!.bm25!.terms.map(({ text }) => text).sort()).toEqual(['leaves', 'tea'])
    expect(documents.tags!.bm25!.snippet.pieces.map(({ text }) => text).join('')).toContain('leaves of trees')
  })

  describe('where the engine refuses BM25', () => {
    it('still shows and explains what the sparse query finds', async () => {
      const unsearchable = { type: 'text', index: false }
      const other = await sameDocuments({ properties: { title: unsearchable, text: unsearchable } })
      const { columns, documents } = await search({ query: 'apple fruit' }, other)
      expect(columns.bm25).toMatchObject({ hits: [], error: expect.stringContaining('not indexed') })
      expect(columns.sparse.hits[0]?.id).toBe('apple')
      expect(columns.hybrid.hits.map(({ id: document }) => document)).toEqual(
        columns.sparse.hits.map(({ id: document }) => document),
      )
      expect(documents.apple).toMatchObject({ title: 'Apple', sparse: { sum: expect.any(Number) } })
      expect(documents.apple).not.toHaveProperty('bm25')
    })

    it('and where it refuses to explain BM25 alone, shows its hits and says why', async () => {
      const other = await sameDocuments({ settings: { 'index.highlight.max_analyzed_offset': 5 } })
      const { columns, documents } = await search({ query: 'apple fruit' }, other)
      expect(columns.bm25.hits[0]?.id).toBe('apple')
      expect(columns.bm25.unexplained).toContain('highlight')
      expect(columns.bm25).not.toHaveProperty('error')
      expect(columns.sparse).not.toHaveProperty('unexplained')
      expect(documents.apple).toMatchObject({ title: 'Apple', sparse: { sum: expect.any(Number) } })
    })
  })

  it('shows and explains what BM25 finds where the engine refuses the sparse query', async () => {
    const gone = await sameDocuments({})
    await client.request({ method: 'DELETE', path: `/${others.pop()!}` })
    const { columns, documents } = await search({ query: 'apple' }, { ...gone, index })
    expect(columns.sparse).toMatchObject({ hits: [], error: expect.any(String) })
    expect(columns.bm25.hits.map(({ id: document }) => document)).toEqual(['apple'])
    expect(documents.apple).toMatchObject({ title: 'Apple', bm25: { terms: [{ text: 'apple' }] } })
    expect(documents.apple).not.toHaveProperty('sparse')
  })

  /** The same documents in another index, with other fields or settings. */
  async function sameDocuments({ properties = {}, settings = {} }): Promise<SearchRoom> {
    const name = uniqueName('three-ways-other')
    others.push(name)
    const { body } = await client.request({ method: 'GET', path: `/${index}/_mapping` })
    const { mappings } = (body as Record<string, { mappings: { properties: object } }>)[index]!
    const changed = { ...mappings, properties: { ...mappings.properties, ...properties } }
    await client.request({ method: 'PUT', path: `/${name}`, body: { settings, mappings: changed } })
    await indexDocuments(client, encoder, { index: name, inputs: [streamInput(lines())] })
    return { client, encoder, searcher: await openSearcher(client, encoder, name), index: name }
  }

  function encodedName({ tokens: [first] }: SearchAnswer): string {
    return first!.token
  }
})
