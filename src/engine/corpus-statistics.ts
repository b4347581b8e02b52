import type { CorpusStatistics } from '../encoder/lexical/corpus-statistics.js'
import { ConfigurationError, EngineError } from '../errors.js'
import type { SparseFieldType } from '../rank-features/field-type.js'
import { toTokenFilter } from '../rank-features/query.js'
import type { EngineRequester } from './client.js'
import { readIndexMeta, type IndexMeta } from './index-meta.js'
import { indexPath } from './index-path.js'
import { arrayMember, numberMember } from './json.js'

export interface IndexStatisticsOptions {
  readonly index: string
  /** The indices that are counted in, where `index` is no single name. Default: that index. */
  readonly search?: SearchedIndices
  /** Name of the field that holds the vectors. */
  readonly field: string
  /** Default: read from the index once. */
  readonly fieldType?: SparseFieldType
  /** How long counts may be reused, in milliseconds. 0 asks the index every time. Default 30,000. */
  readonly cacheMs?: number
  /** Most terms whose counts are kept; the least recently used go first. Default 10,000. */
  readonly cacheTerms?: number
  /** Counts of this very field that are kept from one set of statistics to the next. Default: a cache of its own. */
  readonly cache?: CountCache
}

const DEFAULT_CACHE_MS = 30_000
const DEFAULT_CACHE_TERMS = 10_000

/** Indices as a search names them. */
export interface SearchedIndices {
  /** Path of the `_search`, percent-encoded. */
  readonly path: string
  /** Parameters that change what the path stands for, such as `expand_wildcards`. */
  readonly query: Readonly<Record<string, string>>
}

/** Filters of one search: a body of some 50 kB, and far below the engine's bucket limit. */
const TERMS_PER_REQUEST = 500

/**
 * Document frequencies from the index's own postings, so they follow every write, update and deletion with the
 * next refresh, and nothing has to be kept beside the index.
 *
 * One search counts many terms: as a filter, `rank_feature` and `sparse_vector` are term queries over the field's
 * postings (Lucene's `FeatureQuery` rewrites itself to one where no score is needed).
 *
 * @throws ConfigurationError for a negative option
 */
export function createIndexStatistics(
  client: EngineRequester,
  options: IndexStatisticsOptions,
): CorpusStatistics {
  const { cacheMs = DEFAULT_CACHE_MS, cacheTerms = DEFAULT_CACHE_TERMS } = options
  for (const [option, value] of Object.entries({ cacheMs, cacheTerms })) {
    if (!(value >= 0)) throw new ConfigurationError(option, 'must be a number >= 0', value)
  }
  return new IndexStatistics(client, options, options.cache ?? new CountCache(cacheMs, cacheTerms))
}

class IndexStatistics implements CorpusStatistics {
  private fieldType: SparseFieldType | undefined

  constructor(
    private readonly client: EngineRequester,
    private readonly options: IndexStatisticsOptions,
    private readonly cache: CountCache,
  ) {
    this.fieldType = options.fieldType
  }

  async read(terms: readonly string[]) {
    const documentFrequencies = new Map<string, number>()
    const missing: string[] = []
    for (const term of terms) {
      const known = this.cache.get(term)
      if (known === undefined) missing.push(term)
      else documentFrequencies.set(term, known)
    }
    let documentCount = this.cache.get(ALL_DOCUMENTS)
    for (let start = 0; start < missing.length || documentCount === undefined; start += TERMS_PER_REQUEST) {
      const batch = missing.slice(start, start + TERMS_PER_REQUEST)
      const counted = await this.count(batch)
      documentCount = counted.documentCount
      this.cache.set(ALL_DOCUMENTS, documentCount)
      for (const [position, term] of batch.entries()) {
        const frequency = counted.frequencies[position] ?? 0
        documentFrequencies.set(term, frequency)
        this.cache.set(term, frequency)
      }
    }
    return { documentCount, documentFrequencies }
  }

  private async count(terms: readonly string[]) {
    const { index, search = { path: indexPath(index, '_search'), query: {} } } = this.options
    const aggs = terms.length === 0 ? undefined : this.aggregation(terms, await this.typeOfField())
    const { body, status } = await this.client.request({
      method: 'POST',
      path: search.path,
      // Counts over some of the shards would be wrong without a word.
      query: { ...search.query, allow_partial_search_results: false },
      body: { size: 0, track_total_hits: true, ...(aggs !== undefined && { aggs }) },
    })
    const documentCount = numberMember(body, 'hits', 'total', 'value')
    const buckets = arrayMember(body, 'aggregations', 'terms', 'buckets')
    if (documentCount === undefined || buckets.length !== terms.length) {
      throw new EngineError(`the engine counted ${buckets.length} of ${terms.length} terms`, status)
    }
    return { documentCount, frequencies: buckets.map((bucket) => numberMember(bucket, 'doc_count') ?? 0) }
  }

  private aggregation(terms: readonly string[], fieldType: SparseFieldType): object {
    const filters = terms.map((term) => toTokenFilter(term, fieldType, this.options.field))
    return { terms: { filters: { filters } } }
  }

  private async typeOfField(): Promise<SparseFieldType> {
    this.fieldType ??= (await this.readMeta()).fieldType
    return this.fieldType
  }

  private async readMeta(): Promise<IndexMeta> {
    const { index } = this.options
    const meta = await readIndexMeta(this.client, index)
    if (meta === undefined) throw new EngineError(`there is no index "${index}"`, 404)
    return meta
  }
}

/** Cache key of the number of documents; no term is a symbol. */
const ALL_DOCUMENTS = Symbol('all documents')

/** Counts of one field of one index that are younger than a limit, least recently used first in the map. */
export class CountCache {
  private readonly counts = new Map<string | symbol, { readonly count: number; readonly expiresAt: number }>()

  /**
   * @param cacheMs how long a count may be reused, in milliseconds
   * @param cacheTerms most terms that are kept
   */
  constructor(
    private readonly cacheMs = DEFAULT_CACHE_MS,
    private readonly cacheTerms = DEFAULT_CACHE_TERMS,
  ) {}

  get(key: string | symbol): number | undefined {
    const entry = this.counts.get(key)
    if (entry === undefined || entry.expiresAt <= performance.now()) return undefined
    this.counts.delete(key)
    this.counts.set(key, entry)
    return entry.count
  }

  set(key: string | symbol, count: number): void {
    if (this.cacheMs === 0) return
    this.counts.delete(key)
    this.counts.set(key, { count, expiresAt: performance.now() + this.cacheMs })
    for (const oldest of this.counts.keys()) {
      if (this.counts.size <= this.cacheTerms + 1) return
      this.counts.delete(oldest)
    }
  }
}
