import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { ConfigurationError } from '../../errors.js'
import type { Log } from '../../telemetry/log.js'
import type { TelemetrySink } from '../../telemetry/events.js'
import { createProxyMetrics, type ProxyMetrics } from '../../telemetry/proxy-metrics.js'
import { observeAll } from '../../telemetry/observe-all.js'
import { createRequestEvents, type RequestEvents } from '../../telemetry/request-events.js'
import type { RequestObserver } from '../../telemetry/request-observer.js'
import type { Rewriter } from '../rewriter.js'
import type { AccessRules } from './access.js'
import { createAdminRoutes } from './admin-routes.js'
import { BufferBudget } from './buffer-budget.js'
import { createGuard } from './guard.js'
import { createHeaderPolicy } from './header-policy.js'
import { createKeyCheck } from './key-check.js'
import { normalizeLimits, type ProxyLimits } from './limits.js'
import { createListener, refuseMalformed, refuseTunnel, type ServerTls } from './listener.js'
import { OpenAnswers } from './open-answers.js'
import { type Load, RequestHandler } from './request-handler.js'
import { createUpstreamSink, type UpstreamSinkOptions } from './upstream-sink.js'
import { createPageRoute, type ServedPage } from './page-route.js'
import type { UpstreamTls } from './upstream-tls.js'
import { Upstreams } from './upstreams.js'

export interface ProxyOptions {
  /** Addresses of the nodes of one cluster. */
  readonly upstreams: readonly string[]
  /** Default: everything passes through. */
  readonly rewriter?: Rewriter
  readonly tls?: ServerTls
  readonly upstreamTls?: UpstreamTls
  /**
   * Value of the `Authorization` header that the engine is sent in place of the caller's. Default: the caller's own
   * is passed on.
   */
  readonly authorization?: string
  /** Key that callers must send; only with `authorization`, since otherwise theirs is for the engine. */
  readonly callerKey?: string
  readonly access?: AccessRules
  readonly limits?: Partial<ProxyLimits>
  /** Lets clients of Elasticsearch 8 and 9 talk to OpenSearch. Default false. */
  readonly elasticsearchClients?: boolean
  /** Time between two looks at each of several nodes, in milliseconds. Default 5,000; 0 never. */
  readonly healthIntervalMs?: number
  /** Writes a line for every request. Default false. */
  readonly logsRequests?: boolean
  /** Told of every request, as for traces. Default: nobody. */
  readonly observer?: RequestObserver
  /** A page for people, under `/_splade/ui/`; not closed here. Default: none. */
  readonly page?: ServedPage
  /** Events of requests and queries, written to the upstream. Default: none. */
  readonly telemetry?: UpstreamSinkOptions
  readonly log: Log
}

export interface Proxy {
  /**
   * @param port 0 for a free one
   * @throws ConfigurationError for an address open to others while callers need no key or certificate
   * @returns the address, for example `http://127.0.0.1:9300`
   */
  listen(host: string, port: number): Promise<string>
  /** Takes no new connection, lets requests in flight end for as long as the limit says, then cuts. */
  close(): Promise<void>
}

/**
 * An HTTP server in front of a cluster: what the rewriter has no plan for goes through byte for byte.
 *
 * @throws ConfigurationError naming the option that cannot be used
 */
export function createProxy(options: ProxyOptions): Proxy {
  return new ProxyServer(options)
}

const DEFAULT_HEALTH_INTERVAL_MS = 5_000

class ProxyServer implements Proxy {
  readonly #options: ProxyOptions
  readonly #limits: ProxyLimits
  readonly #log: Log
  readonly #upstreams: Upstreams
  readonly #metrics: ProxyMetrics
  readonly #server: Server
  readonly #sink: TelemetrySink | undefined
  readonly #events: RequestEvents | undefined
  #isOpen = true

  constructor(options: ProxyOptions) {
    const limits = normalizeLimits(options.limits)
    requireSeparateCredentials(options)
    this.#options = options
    const budget = new BufferBudget(limits.bufferedBytes)
    const load: Load = { requests: 0 }
    const hasPage = options.page !== undefined
    const keyCheck = createKeyCheck(options.callerKey)
    const guard = createGuard({ ...options, keyCheck, hasPage, bodyBytes: limits.bodyBytes })
    this.#limits = limits
    this.#log = options.log
    this.#metrics = createProxyMetrics({
      requestsInFlight: () => load.requests,
      bufferedBytes: () => budget.used,
      ...(options.telemetry !== undefined && { telemetry: () => this.#sink?.counts }),
      ...(options.rewriter?.ruleCounts && { rules: options.rewriter.ruleCounts }),
    })
    this.#upstreams = this.#openUpstreams(options)
    this.#sink = options.telemetry && createUpstreamSink(this.#upstreams, options.telemetry, options.log)
    this.#events = this.#sink && createRequestEvents(this.#sink)
    this.#server = createListener(limits, options.tls)
    const { rewriter, log, logsRequests = false } = options
    const admin = createAdminRoutes({
      upstreams: this.#upstreams,
      metrics: this.#metrics,
      isOpen: () => this.#isOpen,
      holdsKey: keyCheck.isCaller,
    })
    const handler = new RequestHandler({
      ...{
        upstreams: this.#upstreams,
        rewriter,
        guard,
        policy: createHeaderPolicy(options),
        limits,
        budget,
        load,
      },
      ...{ metrics: this.#metrics, log, logsRequests, admin },
      page: options.page && createPageRoute(options.page, this.#upstreams, { budget, limits }),
      observer: observeAll([
        ...(this.#events === undefined ? [] : [this.#events]),
        ...(options.observer === undefined ? [] : [options.observer]),
      ]),
    })
    this.#connect(handler)
  }

  async listen(host: string, port: number): Promise<string> {
    requireSafeExposure(this.#options, host)
    const server = this.#server
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => {
        server.off('error', reject)
        server.on('error', (error) => {
          this.#log.error({ error: error.message }, 'the listener failed')
        })
        resolve(addressOf(server))
      })
    })
  }

  async close(): Promise<void> {
    this.#isOpen = false
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve()
      })
    })
    this.#server.closeIdleConnections()
    const cut = setTimeout(() => {
      this.#log.warn({ afterMs: this.#limits.drainMs }, 'requests in flight are cut')
      this.#server.closeAllConnections()
    }, this.#limits.drainMs)
    await closed
    clearTimeout(cut)
    this.#events?.close()
    await this.#sink?.close()
    await this.#upstreams.close()
  }

  #openUpstreams({ upstreams, upstreamTls, authorization, healthIntervalMs }: ProxyOptions): Upstreams {
    const opened = new Upstreams({
      addresses: upstreams,
      connectTimeoutMs: this.#limits.connectMs,
      answerTimeoutMs: this.#limits.answerMs,
      healthIntervalMs: healthIntervalMs ?? DEFAULT_HEALTH_INTERVAL_MS,
      ...(upstreamTls !== undefined && { tls: upstreamTls }),
      ...(authorization !== undefined && { authorization }),
      onChange: ({ origin, isUp }, reason) => {
        this.#metrics.upstreamUp(origin, isUp)
        this.#log.warn({ node: origin, isUp, reason }, isUp ? 'a node is back' : 'a node cannot be reached')
      },
    })
    for (const { origin } of opened.nodes) this.#metrics.upstreamUp(origin, true)
    return opened
  }

  /** The answer under way on a connection is known, for when the next bytes on it are no HTTP. */
  #connect(handler: RequestHandler): void {
    const answers = new OpenAnswers()
    const handle = (request: IncomingMessage, response: ServerResponse, waits: boolean): void => {
      if (answers.isClosing(request.socket)) return
      answers.add(request.socket, response)
      if (!this.#isOpen) response.shouldKeepAlive = false
      handler.handle(request, response, waits)
    }
    this.#server
      .on('request', (request: IncomingMessage, response: ServerResponse) => {
        handle(request, response, false)
      })
      .on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
        handle(request, response, true)
      })
      .on('connect', refuseTunnel)
      .on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
        this.#metrics.malformed(error.code ?? 'unknown')
        refuseMalformed(socket, error, answers.current(socket))
      })
  }
}

/** A key for the proxy and one for the engine cannot both be in `Authorization`. */
function requireSeparateCredentials({ authorization, callerKey }: ProxyOptions): void {
  if (callerKey !== undefined && authorization === undefined)
    throw new ConfigurationError(
      'callerKey',
      "needs configured credentials: without them callers send the engine's",
      'a key',
    )
}

/** Whoever reaches a proxy with credentials of its own has them. */
function requireSafeExposure({ authorization, callerKey, tls }: ProxyOptions, host: string): void {
  if (authorization === undefined || callerKey !== undefined || tls?.clientCa !== undefined) return
  if (/^(localhost|127(\.\d+){3}|::1)$/.test(host)) return
  throw new ConfigurationError(
    'listen',
    'must be a loopback address where the proxy has credentials of its own and asks callers for nothing',
    host,
  )
}

function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo
  const scheme = server instanceof TlsServer ? 'https' : 'http'
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
