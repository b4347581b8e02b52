import { LRUCache } from 'lru-cache'
import type { CorpusStatistics } from '../../encoder/lexical/corpus-statistics.js'
import type { EngineInfo, EngineRequester } from '../../engine/client.js'
import { CountCache, createIndexStatistics } from '../../engine/corpus-statistics.js'
import type { IndexMeta } from '../../engine/index-meta.js'
import { arrayMember, stringMember } from '../../engine/json.js'
import type { ProxyRequest, RewriteContext } from '../rewriter.js'
import type { SearchScope } from './query/search-scope.js'
import { EngineAbilities } from './hybrid/engine-abilities.js'
import type { NormalizedOptions } from './rewriter-options.js'
import { QueryEncoding } from './encoding/query-encoding.js'
import { badRequest } from './refuse.js'
import { asksForJson } from './media-types.js'
import { mayConcern } from './words.js'
import { doesWithoutRules } from './rules/rewrite-rule.js'
import { Shadow } from './rules/shadow.js'
import { callerOf } from './upstream/caller.js'
import { IndexEncoders } from './upstream/index-encoders.js'
import {
  type IndexExpression,
  type IndexTarget,
  IndexTargets,
  showExpression,
} from './upstream/index-targets.js'
import { PointsInTime } from './upstream/points-in-time.js'
import { UpstreamEngine } from './upstream/upstream-engine.js'
import { upstreamRequester } from './upstream/upstream-client.js'

/** Callers and indices whose counts are kept; a full cache of counts takes about a megabyte. */
const MAX_COUNT_CACHES = 100

/** What a rewriter knows across requests. */
export interface RewriterState {
  readonly options: NormalizedOptions
  readonly encoding: QueryEncoding
  readonly targets: IndexTargets
  readonly encoders: IndexEncoders
  /** By caller, index and field. */
  readonly countCaches: LRUCache<string, CountCache>
  readonly pointsInTime: PointsInTime
  readonly engine: UpstreamEngine
  readonly abilities: EngineAbilities
  readonly shadow: Shadow
}

export function createState(options: NormalizedOptions): RewriterState {
  return {
    options,
    encoding: new QueryEncoding({
      timeoutMs: options.encodeTimeoutMs,
      maxPending: options.maxPendingQueries,
    }),
    targets: new IndexTargets(options.mappingCacheMs),
    encoders: new IndexEncoders(options.encoders),
    countCaches: new LRUCache({ max: MAX_COUNT_CACHES }),
    pointsInTime: new PointsInTime(),
    engine: new UpstreamEngine(),
    abilities: new EngineAbilities(options.mappingCacheMs),
    shadow: new Shadow(),
  }
}

function searchPath(expression: string): string {
  return expression === '' ? '/_search' : `/${expression}/_search`
}

/** What is looked up for one request, with its own credentials. */
export class RequestLookups {
  readonly client: EngineRequester
  private digest: string | undefined
  /** As this request has them: it may do without rules. */
  private readonly options: NormalizedOptions
  /** What the client is told in `Warning` headers beside what a rewrite itself says. */
  readonly warnings = new Set<string>()
  private readonly targets = new Map<string, Promise<IndexTarget>>()

  constructor(
    readonly state: RewriterState,
    private readonly request: ProxyRequest,
    readonly context: RewriteContext,
  ) {
    this.client = upstreamRequester(context)
    const { options } = state
    this.options = doesWithoutRules(request.headers) ? { ...options, rules: [] } : options
  }

  /** Made when it is first needed: most requests are of no interest. */
  private get caller(): string {
    this.digest ??= callerOf(this.request.headers)
    return this.digest
  }

  /** Each index is asked for once, however many searches of the request name it. */
  target(expression: IndexExpression): Promise<IndexTarget> {
    const key = JSON.stringify(expression)
    const known = this.targets.get(key)
    if (known !== undefined) return known
    const target = this.state.targets.find(expression, this.caller, this.client)
    this.targets.set(key, target)
    return target
  }

  /** Counts of terms, as whoever asks may see them. */
  statisticsOf(expression: IndexExpression, { field, fieldType }: IndexMeta): CorpusStatistics {
    const { countCaches } = this.state
    const { path, query } = expression
    const key = JSON.stringify([this.caller, path, query, field])
    const cache = countCaches.get(key) ?? new CountCache()
    countCaches.set(key, cache)
    const search = { path: searchPath(path), query }
    return createIndexStatistics(this.client, {
      index: showExpression(expression),
      search,
      field,
      fieldType,
      cache,
    })
  }

  private async idsOf({ path, query }: IndexExpression, body: object): Promise<readonly string[]> {
    const only = { ...query, filter_path: 'hits.hits._id' }
    const answer = await this.client.request({ method: 'POST', path: searchPath(path), query: only, body })
    return arrayMember(answer.body, 'hits', 'hits').flatMap((hit) => stringMember(hit, '_id') ?? [])
  }

  /** Of whoever asks: a point in time means nothing to somebody else. */
  get pointsInTime() {
    const { pointsInTime } = this.state
    const keyOf = (id: string): string => `${this.caller} ${id}`
    return {
      remember: (id: string, expression: IndexExpression) => {
        pointsInTime.remember(keyOf(id), expression)
      },
      indicesOf: (id: string) => pointsInTime.indicesOf(keyOf(id)),
    }
  }

  /** False for bodies that no rewrite concerns, without parsing them. */
  mayConcern(body: Buffer): boolean {
    return mayConcern(body, this.options.rules.length > 0)
  }

  warn(text: string): void {
    this.warnings.add(text)
  }

  /** @throws RefusedRequest for a client that wants YAML, CBOR or SMILE where its answer has to be changed */
  requireJsonAnswer(what: string): void {
    const { headers, target } = this.request
    if (!asksForJson(headers, target))
      throw badRequest(`${what} needs an answer in JSON: ask for no other format`)
  }

  engineInfo(): Promise<EngineInfo | undefined> {
    return this.state.engine.info(this.client)
  }

  scopeOf(expression: IndexExpression): SearchScope {
    const { encoders, encoding, shadow } = this.state
    const { observed } = this.context
    return {
      index: showExpression(expression),
      target: () => this.target(expression),
      statisticsOf: (meta) => this.statisticsOf(expression, meta),
      encoders,
      encoding,
      shadow,
      idsOf: (body) => this.idsOf(expression, body),
      options: this.options,
      ...(observed !== undefined && { observed }),
    }
  }
}
