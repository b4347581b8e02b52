/**
 * What the two halves of the proxy say to each other: `proxy/http` carries bytes, `proxy/rewrite` changes the few
 * requests that it must understand.
 */
import { SpladeBridgeError } from '../errors.js'
import type { RuleCount } from '../telemetry/proxy-metrics.js'
import type { ObservedRequest } from '../telemetry/request-observer.js'

/** Lower-case header name -> value; several values where a header came several times. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** One client request without its body. */
export interface ProxyRequest {
  readonly method: string
  /** Path and query exactly as sent, starting with `/`. */
  readonly target: string
  /** End-to-end headers only. */
  readonly headers: Headers
}

/** A request with a whole body. */
export interface WholeRequest extends ProxyRequest {
  /** Without content encoding. */
  readonly body: Buffer
}

/** A whole answer of the upstream. */
export interface WholeAnswer {
  readonly status: number
  readonly headers: Headers
  /** Without content encoding. */
  readonly body: Buffer
}

/** What a rewrite may use while it works. */
export interface RewriteContext {
  /** Aborts when the client has gone, or its time is over. */
  readonly signal: AbortSignal
  /** Told of queries and of the steps of the work; absent where nobody wants to know. */
  readonly observed?: ObservedRequest
  /** Asks the upstream on the client's behalf, with the client's own credentials (or the configured ones). */
  ask(request: Omit<WholeRequest, 'headers'> & { readonly headers?: Headers }): Promise<WholeAnswer>
}

/** The request to send in place of the client's. */
export interface RewrittenRequest {
  readonly kind: 'request'
  readonly target: string
  readonly body: Buffer
  /** Changes what the client gets; absent: the answer is streamed through untouched. */
  readonly changeAnswer?: (answer: WholeAnswer, context: RewriteContext) => Promise<WholeAnswer>
  /** Texts of `Warning` headers added to the answer. */
  readonly warnings?: readonly string[]
}

/** An answer made here, such as hits fused from several requests. */
export interface OwnAnswer extends WholeAnswer {
  readonly kind: 'answer'
}

/** How one request is to be rewritten, once its body is there. */
export interface RewritePlan {
  /**
   * @returns undefined where nothing has to change: the original bytes are sent on
   * @throws RefusedRequest to be shown to the client in the engine's own form of errors
   */
  rewrite(request: WholeRequest, context: RewriteContext): Promise<RewrittenRequest | OwnAnswer | undefined>
}

export interface Rewriter {
  /** Since the rewriter was made; absent where it has no rules. */
  readonly ruleCounts?: () => readonly RuleCount[]
  /** Decides by method, target and headers alone. Undefined: the request is streamed through unread. */
  plan(request: ProxyRequest): RewritePlan | undefined
}

/** A request that is answered with an error by the proxy itself. */
export class RefusedRequest extends SpladeBridgeError {
  constructor(
    /** HTTP status, 400-599. */
    readonly status: number,
    /** The engine's kind of error, such as `parsing_exception`. */
    readonly type: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super('REFUSED_REQUEST', message, options)
  }
}
