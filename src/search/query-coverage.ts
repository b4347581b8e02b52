import type { EngineClient } from '../engine/client.js'
import type { IndexMeta } from '../engine/index-meta.js'
import { indexPath } from '../engine/index-path.js'
import { arrayMember, numberMember } from '../engine/json.js'
import { EngineError } from '../errors.js'
import { toDocumentQuery } from './document-query.js'
import { readRecordedSearches, type RecordedSearches } from './queried-tokens.js'
import type { SampleTokens, TokenGroup, TokenProfile } from './sample-tokens.js'

/** The tokens of the sample that searches have asked for. */
export interface QueryCoverage {
  /** Recorded searches of this index. */
  readonly searches: number
  /** Where only searches from then on count: that time, ISO 8601. */
  readonly since?: string
  /** Time of the first of them, ISO 8601. */
  readonly first?: string
  /** Searches with more tokens than telemetry records; the lightest of theirs are not known. */
  readonly cut: number
  /** Tokens that no recorded search has asked for; absent where no search is recorded. */
  readonly never?: Omit<TokenGroup, 'top'> & { readonly top: readonly IndexedToken[] }
  /** Why nothing is known of searches, where something stands in the way. */
  readonly unknown?: string
}

export interface IndexedToken extends TokenProfile {
  /** Documents of the whole index that have it, from its postings. */
  readonly documentFrequency: number
}

export interface CoverQueriesOptions {
  readonly index: string
  readonly meta: IndexMeta
  readonly sample: SampleTokens
  /** Tokens listed. */
  readonly topTokens: number
  /** Recorded searches count from then on; undefined: all. */
  readonly since: Date | undefined
}

/**
 * Compares what an index holds with what its recorded searches have asked for. Tokens are compared as people read them:
 * of two that read alike, both count as asked for where one was.
 *
 * Telemetry that cannot be read is no failure: it is a reason in the answer.
 */
export async function coverQueries(
  client: EngineClient,
  { index, meta, sample, topTokens, since }: CoverQueriesOptions,
): Promise<QueryCoverage> {
  const counting = { ...(since !== undefined && { since: since.toISOString() }) }
  let recorded: RecordedSearches
  try {
    recorded = await readRecordedSearches(client, index, since)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return { ...counting, searches: 0, cut: 0, unknown: error.message }
  }
  const { tokens, ...counted } = recorded
  const searches = { ...counting, ...counted }
  if (searches.searches === 0) return searches
  const never = sample.group(({ readable }) => !tokens.has(readable), topTokens)
  return { ...searches, never: { ...never, top: await countInIndex(client, index, meta, never.top) } }
}

/** Filters of one search, far below every engine's limit. */
const TOKENS_PER_SEARCH = 500

/** The sample says which tokens there are; how many documents have them, the index's own postings. */
async function countInIndex(
  client: EngineClient,
  index: string,
  meta: IndexMeta,
  tokens: readonly TokenProfile[],
): Promise<readonly IndexedToken[]> {
  const counted: IndexedToken[] = []
  for (let start = 0; start < tokens.length; start += TOKENS_PER_SEARCH) {
    const batch = tokens.slice(start, start + TOKENS_PER_SEARCH)
    const filters = batch.map(({ token }) => toDocumentQuery(new Map([[token, 1]]), meta))
    const { body } = await client.request({
      method: 'POST',
      path: indexPath(index, '_search'),
      query: { allow_partial_search_results: false },
      body: { size: 0, track_total_hits: false, aggs: { tokens: { filters: { filters } } } },
    })
    const buckets = arrayMember(body, 'aggregations', 'tokens', 'buckets')
    for (const [place, token] of batch.entries())
      counted.push({ ...token, documentFrequency: numberMember(buckets[place], 'doc_count') ?? 0 })
  }
  return counted
}
