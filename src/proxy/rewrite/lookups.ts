import type { EngineRequester } from '../../engine/client.js'
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
import { upstreamRequester } from './upstream/upstream-client.js'

/** What a rewriter knows across requests. */
export interface RewriterState {
  readonly options: Readonly<Required<RewriterOptions>>
  readonly targets: IndexTargets
  readonly encoders: IndexEncoders
}

export function createState(options: Readonly<Required<RewriterOptions>>): RewriterState {
  return {
    options,
    targets: new IndexTargets(options.mappingCacheMs),
    encoders: new IndexEncoders(options.encoders),
  }
}

/** What is looked up for one request, with its own credentials. */
export class RequestLookups {
  readonly client: EngineRequester
  private readonly caller: string

  constructor(
    readonly state: RewriterState,
    { headers }: ProxyRequest,
    readonly context: RewriteContext,
  ) {
    this.client = upstreamRequester(context)
    this.caller = callerOf(headers)
  }

  target(expression: IndexExpression): Promise<IndexTarget> {
    return this.state.targets.find(expression, this.caller, this.client)
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
