import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import type { RankedHit } from '../engine/ranking.js'
import { fuseByRank } from '../proxy/rewrite/hybrid/fuse.js'
import { DEFAULT_RANK_CONSTANT, DEFAULT_WINDOW } from '../proxy/rewrite/hybrid/hybrid-search.js'
import { EncodingError } from '../errors.js'
import { toDocumentQuery } from '../search/document-query.js'
import type { Searcher } from '../search/search.js'
import { type SparseVector, toSparseVector } from '../sparse-vector.js'
import type { Column, FusedPart, RankedDocument, SearchAnswer, SearchRequest } from './api.js'
import { type EngineMethod, explainShown, type ShownDocuments } from './explain-shown.js'
import { lexicalBody, type LexicalSearch, searchLexically } from './lexical-search.js'
import { shownTokens } from './shown-tokens.js'

/** What is searched, and with what. */
export interface SearchRoom {
  readonly client: EngineClient
  readonly encoder: Encoder
  readonly searcher: Searcher
  readonly index: string
}

/** One search in all its forms. */
interface Asked {
  readonly lexical: LexicalSearch
  readonly vector: SparseVector
  readonly size: number
}

const DEFAULT_SIZE = 10

/**
 * The same query as BM25, as a sparse query, and as both fused by reciprocal ranks; then the explanations of what is
 * shown, apart, so that they do not count among the times of the searches.
 *
 * @throws SpladeBridgeError if encoding fails, or both searches
 */
export async function searchThreeWays(room: SearchRoom, request: SearchRequest): Promise<SearchAnswer> {
  const { encoder, searcher, index } = room
  const { query, size = DEFAULT_SIZE } = request
  const encoded = await timed(() => queryVector(encoder, request))
  const { vector, ...known } = encoded.value
  const asked: Asked = { lexical: { index, fields: searcher.meta, query }, vector, size }
  const { bm25, sparse } = await searchBoth(room, asked)
  const fused = await timed(() => fuseRanks(bm25.hits, sparse.hits))
  const columns = toColumns(searcher, asked, { bm25, sparse, hybrid: { hits: fused.value } })
  const shown = new Set(Object.values(columns).flatMap(({ hits }) => hits.map(({ id }) => id)))
  const explained = await timed(() =>
    explainShown(room, { ...asked, ids: [...shown], failed: failedOf({ bm25, sparse }) }),
  )
  return {
    tokens: shownTokens(encoder, query, vector),
    ...known,
    columns: withUnexplained(columns, explained.value),
    documents: explained.value.documents,
    timings: {
      encode: encoded.ms,
      bm25: { engine: bm25.engineMs, total: bm25.ms },
      sparse: { engine: sparse.engineMs, total: sparse.ms },
      fuse: fused.ms,
      explain: explained.ms,
    },
  }
}

async function queryVector(encoder: Encoder, { query, tokens }: SearchRequest) {
  if (tokens !== undefined)
    return { vector: toSparseVector(tokens.map(({ token, weight }) => [token, weight])) }
  const [encoding] = await encoder.encodeQueries([query])
  if (encoding === undefined) throw new EncodingError('the encoder gave no vector for the query')
  return { vector: encoding.vector, fragmentation: encoding.fragmentation }
}

/** The hits of one search, or why there are none. */
interface Found {
  readonly hits: readonly Pick<RankedHit, 'id' | 'score'>[]
  readonly engineMs: number
  readonly ms: number
  readonly error?: string
}

async function searchBoth({ client, searcher }: SearchRoom, { lexical, vector }: Asked) {
  const { query } = lexical
  const [bm25, sparse] = await Promise.allSettled([
    timed(() => searchLexically(client, lexical, DEFAULT_WINDOW)),
    timed(() => searcher.search({ query, queryVector: vector, size: DEFAULT_WINDOW })),
  ])
  if (bm25.status === 'rejected' && sparse.status === 'rejected') throw sparse.reason
  return { bm25: toFound(bm25), sparse: toFound(sparse) }
}

function toFound(outcome: PromiseSettledResult<Timed<Pick<Found, 'hits' | 'engineMs'>>>): Found {
  if (outcome.status === 'fulfilled') return { ...outcome.value.value, ms: outcome.value.ms }
  const { message } = outcome.reason as Error
  return { hits: [], engineMs: 0, ms: 0, error: message }
}

function failedOf(found: Readonly<Record<EngineMethod, Found>>): ReadonlySet<EngineMethod> {
  const methods: readonly EngineMethod[] = ['bm25', 'sparse']
  return new Set(methods.filter((method) => found[method].error !== undefined))
}

function withUnexplained(
  columns: SearchAnswer['columns'],
  { unexplained: { bm25, sparse } }: ShownDocuments,
): SearchAnswer['columns'] {
  return {
    ...columns,
    bm25: { ...columns.bm25, ...(bm25 !== undefined && { unexplained: bm25 }) },
    sparse: { ...columns.sparse, ...(sparse !== undefined && { unexplained: sparse }) },
  }
}

function fuseRanks(bm25: Found['hits'], sparse: Found['hits']): readonly RankedDocument[] {
  return fuseByRank([bm25, sparse], DEFAULT_RANK_CONSTANT).map(({ id, score, shares }) => ({
    id,
    score,
    parts: shares.map(({ search, rank, contribution }): FusedPart => ({
      method: search === 0 ? 'bm25' : 'sparse',
      rank,
      contribution,
    })),
  }))
}

interface Lists {
  readonly bm25: Found
  readonly sparse: Found
  readonly hybrid: { readonly hits: readonly RankedDocument[] }
}

function toColumns(
  { meta }: Searcher,
  { lexical, vector, size }: Asked,
  { bm25, sparse, hybrid }: Lists,
): SearchAnswer['columns'] {
  const lexicalSearch = lexicalBody(lexical, size)
  const sparseQuery = toDocumentQuery(vector, meta)
  const queries = [lexicalSearch.query, sparseQuery]
  return {
    bm25: { ...toColumn(bm25, size), body: lexicalSearch },
    sparse: { ...toColumn(sparse, size), body: { size, query: sparseQuery } },
    hybrid: {
      hits: hybrid.hits.slice(0, size),
      body: { size, query: { splade_hybrid: { queries, rank_constant: DEFAULT_RANK_CONSTANT } } },
    },
  }
}

function toColumn({ hits, error }: Found, size: number): Omit<Column, 'body'> {
  const ranked = hits.slice(0, size).map(({ id, score }) => ({ id, score }))
  return { hits: ranked, ...(error !== undefined && { error }) }
}

interface Timed<Value> {
  readonly value: Value
  readonly ms: number
}

async function timed<Value>(work: () => Value | Promise<Value>): Promise<Timed<Value>> {
  const startedAt = performance.now()
  const value = await work()
  return { value, ms: performance.now() - startedAt }
}
