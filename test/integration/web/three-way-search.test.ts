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
import { searchThreeWays } from '../../../src/web/three-way-search.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'

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

describe.each(ENGINES)('three searches at once on %s', (id) => {
  let client: EngineClient
  let encoder: Encoder
  let searcher: Searcher
  const index = uniqueName('three-ways')
  const search = (request: SearchRequest): Promise<SearchAnswer> =>
    searchThreeWays({ client, encoder, searcher, index }, request)

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    encoder = createLexicalEncoder({ statistics: createIndexStatistics(client, { index, field: 'splade' }) })
    const meta = { field: 'splade', textFields: ['title^2', 'text'], encoder: encoder.identity }
    await createIndex(client, { index, meta })
    await indexDocuments(client, encoder, { index, inputs: [streamInput(lines())] })
    searcher = await openSearcher(client, encoder, index)
  })
  afterAll(async () => {
    await client.request({ method: 'DELETE', path: `/${index}` })
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

  function encodedName({ tokens: [first] }: SearchAnswer): string {
    return first!.token
  }
})
