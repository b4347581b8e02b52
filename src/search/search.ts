import type { Encoder } from '../encoder/encoder.js'
import { normalizePruneOptions, prune, type PruneOptions } from '../encoder/pruning.js'
import type { EngineClient } from '../engine/client.js'
import { ensureCompatible, fromField, readIndexMeta, type IndexMeta } from '../engine/index-meta.js'
import { indexPath } from '../engine/index-path.js'
import { sparseFields } from '../engine/index-sparse-fields.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import { numberMember } from '../engine/json.js'
import { readHits, STABLE_ORDER } from '../engine/ranking.js'
import { ConfigurationError, EngineError } from '../errors.js'
import { locateIn } from '../encoder/located-text.js'
import { MAX_CLAUSES } from '../rank-features/query.js'
import type { SparseVector } from '../sparse-vector.js'
import { namesClauses } from './clause-scores.js'
import { isNested, toDocumentQuery } from './document-query.js'
import { type SearchHit, toSearchHit } from './search-hit.js'

export interface SearchOptions {
  readonly query: string
  /** Weights to search with, in the place of what the encoder makes of `query`. Default: it is encoded. */
  readonly queryVector?: SparseVector
  /** Most hits, 1-10,000. Default 10. */
  readonly size?: number
  /** Only these documents, which are hits even if nothing matches, with score 0. Default: all that match. */
  readonly ids?: readonly string[]
  /** Leave out hits that score less. */
  readonly minScore?: number
  /** Say what each token gave to each hit. Default false: the engine computes those scores a second time. */
  readonly explain?: boolean
  /** Count all documents that match, which keeps the engine from skipping blocks. Default false. */
  readonly countTotal?: boolean
  /** Terms of the query to keep, after what the encoder itself prunes. Default: all, as far as they fit. */
  readonly prune?: PruneOptions
}

export interface SearchResult {
  /** Encoding, the engine and the way there and back, in milliseconds. */
  readonly tookMs: number
  /** The query's encoding alone, in milliseconds. */
  readonly encodeMs: number
  /** The engine's own share. */
  readonly engineMs: number
  /** The query as it was sent. */
  readonly queryVector: SparseVector
  /** Terms that pruning, or the clause limit, left out. */
  readonly prunedTerms: number
  /** Documents that match in all; absent unless asked for. */
  readonly total?: number
  /** Best first; equal scores by id. */
  readonly hits: readonly SearchHit[]
}

/** Searches one index with one encoder. */
export interface Searcher {
  readonly meta: IndexMeta
  /**
   * @throws ConfigurationError naming an option
   * @throws EngineError with the engine's reason
   */
  search(options: SearchOptions): Promise<SearchResult>
}

const MAX_SIZE = 10_000

export interface SearcherOptions {
  /** Vector field that is searched, where the index has several. Default: the first. */
  readonly field?: string
}

/**
 * Checks once that index and encoder belong together.
 *
 * @throws EngineError if there is no such index or field, or another model wrote it
 */
export async function openSearcher(
  client: EngineClient,
  encoder: Encoder,
  index: string,
  { field }: SearcherOptions = {},
): Promise<Searcher> {
  const whole = await readIndexMeta(client, index)
  if (whole === undefined) throw new EngineError(`there is no index "${index}"`, 404)
  ensureCompatible(index, whole, encoder.identity)
  const meta = field === undefined ? whole : fromField(index, whole, field)
  return { meta, search: (options) => runSearch(client, encoder, index, meta, options) }
}

async function runSearch(
  client: EngineClient,
  encoder: Encoder,
  index: string,
  meta: IndexMeta,
  options: SearchOptions,
): Promise<SearchResult> {
  const startedAt = performance.now()
  const normalized = normalizeSearchOptions(options)
  const encoded = normalized.queryVector ?? (await encodeQuery(encoder, normalized.query))
  const encodeMs = performance.now() - startedAt
  const queryVector = prune(encoded, normalized.prune)
  const named = normalized.explain && !isNested(meta) && namesClauses(client.info)
  const { body } = await client.request({
    method: 'POST',
    path: indexPath(index, '_search'),
    query: { allow_partial_search_results: false, ...(named && { include_named_queries_score: true }) },
    body: searchBody(queryVector, meta, normalized, named),
  })
  const total = numberMember(body, 'hits', 'total', 'value')
  const { explain, query } = normalized
  const asked = explain ? locateIn(encoder, query) : undefined
  return {
    tookMs: Math.round(performance.now() - startedAt),
    encodeMs,
    engineMs: numberMember(body, 'took') ?? 0,
    queryVector,
    prunedTerms: encoded.size - queryVector.size,
    ...(total !== undefined && { total }),
    hits: readHits(body).map((hit) => toSearchHit(hit, { queryVector, meta, encoder, asked, explain })),
  }
}

async function encodeQuery(encoder: Encoder, query: string): Promise<SparseVector> {
  const [encoding] = await encoder.encodeQueries([query])
  return encoding?.vector ?? new Map<string, number>()
}

/** Options without a default. */
type Optional = 'queryVector' | 'minScore' | 'ids'
type NormalizedOptions = Readonly<Required<Omit<SearchOptions, Optional>> & Pick<SearchOptions, Optional>>

function normalizeSearchOptions(options: SearchOptions): NormalizedOptions {
  const { size = 10, minScore, explain = false, countTotal = false } = options
  if (!(Number.isInteger(size) && size >= 1 && size <= MAX_SIZE)) {
    throw new ConfigurationError('size', `must be an integer from 1 to ${MAX_SIZE}`, size)
  }
  if (minScore !== undefined && !Number.isFinite(minScore)) {
    throw new ConfigurationError('minScore', 'must be a finite number', minScore)
  }
  const rules = normalizePruneOptions(options.prune ?? {})
  const topK = Math.min(rules.topK ?? MAX_CLAUSES, MAX_CLAUSES)
  return Object.freeze({ ...options, size, explain, countTotal, prune: { ...rules, topK } })
}

function searchBody(
  queryVector: SparseVector,
  meta: IndexMeta,
  { size, ids, minScore, countTotal, explain }: NormalizedOptions,
  named: boolean,
): object {
  // An engine that cannot score clauses one by one has to send the vectors instead; of chunks only the best one's.
  const needsVector = explain && !named && !isNested(meta)
  const vectors = sparseFields(meta).map(({ field }) => field)
  const excludes = [SIDE_FIELD, ...(needsVector ? vectors.slice(1) : vectors)]
  const query = toDocumentQuery(queryVector, meta, { named, bestChunk: explain ? 'vector' : 'place' })
  return {
    query: ids === undefined ? query : { bool: { filter: { ids: { values: ids } }, should: [query] } },
    size,
    sort: STABLE_ORDER,
    track_total_hits: countTotal,
    _source: { excludes },
    ...(minScore !== undefined && { min_score: minScore }),
  }
}
