import type { EngineInfo, EngineRequester } from '../../engine/client.js'
import type { ProxyRequest, RewriteContext } from '../rewriter.js'
import type { SearchScope } from './query/rewrite-queries.js'
import type { RewriterOptions } from './rewriter-options.js'
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

/** What a rewriter knows across requests. */
export interface RewriterState {
  readonly options: Readonly<Required<RewriterOptions>>
  readonly targets: IndexTargets
  readonly encoders: IndexEncoders
  readonly pointsInTime: PointsInTime
  readonly engine: UpstreamEngine
}

export function createState(options: Readonly<Required<RewriterOptions>>): RewriterState {
  return {
    options,
    targets: new IndexTargets(options.mappingCacheMs),
    encoders: new IndexEncoders(options.encoders),
    pointsInTime: new PointsInTime(),
    engine: new UpstreamEngine(),
  }
}

/** What is looked up for one request, with its own credentials. */
export class RequestLookups {
  readonly client: EngineRequester
  private readonly caller: string
  private readonly targets = new Map<string, Promise<IndexTarget>>()

  constructor(
    readonly state: RewriterState,
    { headers }: ProxyRequest,
    readonly context: RewriteContext,
  ) {
    this.client = upstreamRequester(context)
    this.caller = callerOf(headers)
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

  engineInfo(): Promise<EngineInfo | undefined> {
    return this.state.engine.info(this.client)
  }

  scopeOf(expression: IndexExpression): SearchScope {
    const { encoders, options } = this.state
    return {
      index: showExpression(expression),
      target: () => this.target(expression),
      client: this.client,
      encoders,
      modelNames: options.modelNames,
    }
  }
}
