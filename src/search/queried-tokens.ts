import type { EngineClient } from '../engine/client.js'
import { indexPath } from '../engine/index-path.js'
import { arrayMember, isObject, type JsonObject, member, numberMember, stringMember } from '../engine/json.js'
import { MAX_TOKENS_OF_A_QUERY } from '../telemetry/event-documents.js'
import { type Dataset, streamName } from '../telemetry/streams.js'

/** What telemetry has recorded of the searches of an index. */
export interface RecordedSearches {
  readonly searches: number
  /** Time of the first of them, ISO 8601; absent where there is none. */
  readonly first?: string
  /** Searches with more tokens than are recorded of one: the lightest of theirs are not known. */
  readonly cut: number
  /** Every token that is recorded, as people read it. */
  readonly tokens: ReadonlySet<string>
}

/** Tokens of one answer; far below every engine's limit of buckets. */
const PAGE_TOKENS = 5_000

/**
 * Reads from the streams of telemetry which tokens the searches of an index have asked for. Searches under an alias of
 * the index count too. Tokens are recorded as people read them, in every mode of telemetry that there is.
 *
 * @param since earlier searches do not count. Default: all count
 * @throws EngineError if the engine refuses to show the streams
 */
export async function readRecordedSearches(
  client: EngineClient,
  index: string,
  since?: Date,
): Promise<RecordedSearches> {
  const filter = [
    { terms: { 'splade.index': await namesOf(client, index) } },
    ...(since === undefined ? [] : [{ range: { '@timestamp': { gte: since.toISOString() } } }]),
  ]
  const query = { bool: { filter } }
  const answer = await search(client, 'splade.query', {
    query,
    track_total_hits: true,
    aggs: {
      first: { min: { field: '@timestamp' } },
      cut: { filter: { range: { 'splade.query.active_tokens': { gt: MAX_TOKENS_OF_A_QUERY } } } },
    },
  })
  const searches = numberMember(answer, 'hits', 'total', 'value') ?? 0
  const first = stringMember(answer, 'aggregations', 'first', 'value_as_string')
  return {
    searches,
    ...(searches > 0 && first !== undefined && { first }),
    cut: numberMember(answer, 'aggregations', 'cut', 'doc_count') ?? 0,
    tokens: searches === 0 ? new Set() : await readTokens(client, query),
  }
}

/** The index by every name that a search can have called it. */
async function namesOf(client: EngineClient, index: string): Promise<readonly string[]> {
  const { body } = await client.request({ method: 'GET', path: indexPath(index, '_alias') })
  const names = new Set([index])
  for (const [name, found] of Object.entries(isObject(body) ? body : {})) {
    names.add(name)
    for (const alias of Object.keys(member(found, 'aliases') ?? {})) names.add(alias)
  }
  return [...names]
}

async function readTokens(client: EngineClient, query: JsonObject): Promise<ReadonlySet<string>> {
  const tokens = new Set<string>()
  for (let after: unknown; ;) {
    const composite = {
      size: PAGE_TOKENS,
      sources: [{ token: { terms: { field: 'splade.token.name' } } }],
      ...(after !== undefined && { after }),
    }
    const answer = await search(client, 'splade.token', { query, aggs: { tokens: { composite } } })
    const buckets = arrayMember(answer, 'aggregations', 'tokens', 'buckets')
    for (const bucket of buckets) tokens.add(String(member(bucket, 'key', 'token')))
    after = member(answer, 'aggregations', 'tokens', 'after_key')
    if (buckets.length < PAGE_TOKENS || after === undefined) return tokens
  }
}

/** A stream that does not exist yet holds no events. */
async function search(client: EngineClient, dataset: Dataset, body: JsonObject): Promise<unknown> {
  const answer = await client.request({
    method: 'POST',
    path: `/${encodeURIComponent(streamName(dataset, '*'))}/_search`,
    query: { ignore_unavailable: true, allow_no_indices: true, allow_partial_search_results: false },
    body: { size: 0, ...body },
  })
  return answer.body
}
