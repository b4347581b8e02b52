import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../../telemetry/log.js'
import type { ProxyMetrics } from '../../telemetry/proxy-metrics.js'
import type { RequestObserver } from '../../telemetry/request-observer.js'
import type { Rewriter } from '../rewriter.js'
import { ADMIN_PREFIX, type AdminHandler, isAdminTarget } from './admin-routes.js'
import type { BufferBudget } from './buffer-budget.js'
import { ClientRequest } from './client-request.js'
import type { ErrorAnswer } from './error-answer.js'
import { Exchange } from './exchange.js'
import type { Guard } from './guard.js'
import type { HeaderPolicy } from './header-policy.js'
import type { ProxyLimits } from './limits.js'
import { isPageTarget, type PageRoute } from './page-route.js'
import { passThrough } from './pass-through.js'
import type { RelayOptions } from './relay.js'
import { rewriteExchange } from './rewrite-exchange.js'
import type { Upstreams } from './upstreams.js'

export interface RequestHandlerOptions {
  readonly upstreams: Upstreams
  readonly rewriter: Rewriter | undefined
  readonly guard: Guard
  readonly policy: HeaderPolicy
  readonly limits: ProxyLimits
  readonly budget: BufferBudget
  readonly load: Load
  readonly metrics: ProxyMetrics
  readonly log: Log
  readonly logsRequests: boolean
  readonly admin: AdminHandler
  /** Undefined where no page is served. */
  readonly page: PageRoute | undefined
  /** Told of every request but those to the proxy itself. */
  readonly observer: RequestObserver | undefined
}

/** Requests that are not over. */
export interface Load {
  requests: number
}

/** Decides what becomes of each request: refused, answered here, rewritten, or passed through. */
export class RequestHandler {
  readonly #options: RequestHandlerOptions
  readonly #relay: RelayOptions

  constructor(options: RequestHandlerOptions) {
    this.#options = options
    const { metrics, log, policy, limits } = options
    this.#relay = {
      bodyBytes: limits.bodyBytes,
      stallMs: limits.stallMs,
      ...(policy.changeAnswer && { changeHeaders: policy.changeAnswer }),
      onFailure: ({ origin }, error) => {
        metrics.upstreamFailed(origin, (error as NodeJS.ErrnoException).code ?? error.name)
        log.warn({ node: origin, error: error.message }, 'a node of the engine did not answer')
      },
    }
  }

  /** @param waits whether the client waits for `100 Continue` before it sends its body */
  handle(incoming: IncomingMessage, response: ServerResponse, waits: boolean): void {
    const { load, policy, guard } = this.#options
    load.requests++
    const exchange = new Exchange(
      new ClientRequest(incoming, policy.changeRequest(incoming.rawHeaders)),
      response,
    )
    if (!exchange.request.target.startsWith(ADMIN_PREFIX))
      exchange.observed = this.#options.observer?.begin(exchange.request)
    response.once('close', () => {
      load.requests--
      this.#record(exchange)
    })
    const refusal = guard(incoming) ?? this.#overload(exchange)
    if (refusal !== undefined) {
      this.#refuse(exchange, refusal)
      return
    }
    if (waits) response.writeContinue()
    this.#route(exchange)
  }

  #route(exchange: Exchange): void {
    const { rewriter, upstreams, admin, page } = this.#options
    const { request, response } = exchange
    if (request.target.startsWith(ADMIN_PREFIX)) {
      exchange.kind = 'admin'
      if (page !== undefined && isPageTarget(request.target)) page(request, response)
      else void admin(request.incoming, response)
      return
    }
    const plan = rewriter?.plan(request)
    if (plan === undefined) passThrough(exchange, upstreams, this.#relay)
    else void this.#rewrite(exchange, plan)
  }

  #rewrite(exchange: Exchange, plan: Parameters<typeof rewriteExchange>[1]): Promise<void> {
    const { upstreams, budget, limits, log } = this.#options
    return rewriteExchange(exchange, plan, {
      upstreams,
      budget,
      bodyBytes: limits.rewrittenBodyBytes,
      relay: this.#relay,
      onFailure: (error) => {
        log.error(
          { error: error instanceof Error ? error.stack : String(error) },
          'a request could not be rewritten',
        )
      },
    })
  }

  /** Health and metrics are told however much there is to do. */
  #overload({ request }: Exchange): ErrorAnswer | undefined {
    const { load, limits } = this.#options
    if (load.requests <= limits.requests || isAdminTarget(request.target)) return undefined
    return {
      status: 429,
      type: 'es_rejected_execution_exception',
      reason: `the proxy has ${limits.requests} requests in flight; try again`,
      retryAfterSeconds: 1,
    }
  }

  #refuse(exchange: Exchange, error: ErrorAnswer): void {
    this.#options.metrics.refused(error.type)
    exchange.refuse(error)
  }

  #record({ kind, refused, observed, request, response, startedAt }: Exchange): void {
    const { metrics, log, logsRequests } = this.#options
    const status = response.headersSent ? response.statusCode : 0
    const seconds = (performance.now() - startedAt) / 1_000
    metrics.finished({ kind, method: request.method, status, seconds })
    observed?.end({ kind, status, durationMs: seconds * 1_000, ...(refused !== undefined && { refused }) })
    if (!logsRequests) return
    const { method, target } = request
    // A query may hold what somebody looks for.
    const path = target.split('?', 1)[0]
    const isWhole = response.writableFinished
    log.info(
      { kind, method, path, status, seconds, isWhole, from: request.incoming.socket.remoteAddress },
      'request',
    )
  }
}
