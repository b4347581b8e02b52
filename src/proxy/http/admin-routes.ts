import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ProxyMetrics } from '../../telemetry/proxy-metrics.js'
import { sendError } from './error-answer.js'
import { isPageTarget } from './page-route.js'
import type { Upstreams } from './upstreams.js'

/** Paths of the proxy itself; no index can have such a name. */
export const ADMIN_PREFIX = '/_splade/'

/** What probes ask for: whether the proxy lives, and may be sent requests. */
const PROBES: ReadonlySet<string | undefined> = new Set(['/_splade/health', '/_splade/ready'])

export type AdminHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface AdminOptions {
  readonly upstreams: Upstreams
  readonly metrics: ProxyMetrics
  /** False once the proxy was told to stop. */
  readonly isOpen: () => boolean
  /** True for a caller who may learn the addresses of the nodes. */
  readonly holdsKey: (request: IncomingMessage) => boolean
}

/** True for what tells how the proxy is, the page for people left out. */
export function isAdminTarget(target: string): boolean {
  return target.startsWith(ADMIN_PREFIX) && !isPageTarget(target)
}

/** True for what answers everybody: whatever restarts the proxy or sends it requests has no key. */
export function isProbeTarget(target: string): boolean {
  return target.startsWith(ADMIN_PREFIX) && PROBES.has(target.split('?', 1)[0])
}

/** Nodes are asked for a sign of life at most this often, however often somebody asks. */
const LOOK_EVERY_MS = 1_000

/** Answers `GET /_splade/health`, `/_splade/ready` and `/_splade/metrics`. */
export function createAdminRoutes(options: AdminOptions): AdminHandler {
  const isReady = createReadiness(options)
  return async (request, response) => {
    request.resume()
    const path = (request.url ?? '').split('?', 1)[0]
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      sendError(response, {
        status: 405,
        type: 'method_not_allowed_exception',
        reason: `${path ?? ''} is read with GET`,
      })
    } else if (path === '/_splade/health') {
      sendJson(response, 200, { status: 'ok' })
    } else if (path === '/_splade/ready') {
      const { upstreams, ...ready } = await isReady()
      sendJson(response, ready.isReady ? 200 : 503, {
        ...ready,
        ...(options.holdsKey(request) && { upstreams }),
      })
    } else if (path === '/_splade/metrics') {
      const { type, text } = await options.metrics.render()
      send(response, 200, type, text)
    } else {
      sendError(response, {
        status: 404,
        type: 'resource_not_found_exception',
        reason: `there is no ${path ?? ''}`,
      })
    }
  }
}

interface Readiness {
  readonly isReady: boolean
  readonly isOpen: boolean
  readonly upstreams: readonly { readonly node: string; readonly isUp: boolean }[]
}

function createReadiness({ upstreams, isOpen }: AdminOptions): () => Promise<Readiness> {
  let lookedAt = -Infinity
  let look: Promise<void> = Promise.resolve()
  return async () => {
    if (performance.now() - lookedAt > LOOK_EVERY_MS) {
      lookedAt = performance.now()
      look = upstreams.look()
    }
    await look
    return {
      isReady: isOpen() && upstreams.isUp,
      isOpen: isOpen(),
      upstreams: upstreams.nodes.map(({ origin, isUp }) => ({ node: origin, isUp })),
    }
  }
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  send(response, status, 'application/json; charset=UTF-8', JSON.stringify(value))
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
