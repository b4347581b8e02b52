import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EngineRequester } from '../../engine/client.js'
import type { BufferBudget } from './buffer-budget.js'
import type { ClientRequest } from './client-request.js'
import type { ProxyLimits } from './limits.js'
import { createUpstreamRequester } from './upstream-requester.js'
import type { Upstreams } from './upstreams.js'

/** Path of the page for people. */
export const PAGE_PATH = '/_splade/ui'

const PAGE_TARGET = new RegExp(`^${PAGE_PATH}(?:[/?]|$)`)

/** A page with an API of its own, served by the proxy. */
export interface ServedPage {
  /** @param client asks the upstream as the sender of the request would: with its credentials, or the configured ones */
  handle(request: IncomingMessage, response: ServerResponse, client: EngineRequester): void
}

/** Answers a request for the page. */
export type PageRoute = (request: ClientRequest, response: ServerResponse) => void

/** Longest wait for one answer of the engine: somebody sits in front of the page. */
const TIMEOUT_MS = 60_000

/** @param target path and query */
export function isPageTarget(target: string): boolean {
  return PAGE_TARGET.test(target)
}

/**
 * Hands requests over to a page. Of their headers only `Authorization` goes to the engine, as it would go with any
 * other request: a browser's others mean something to the page alone.
 */
export function createPageRoute(
  page: ServedPage,
  upstreams: Upstreams,
  { budget, limits }: { readonly budget: BufferBudget; readonly limits: ProxyLimits },
): PageRoute {
  return ({ incoming, headers: { authorization } }, response) => {
    const client = createUpstreamRequester(upstreams, {
      authorization: typeof authorization === 'string' ? authorization : undefined,
      timeoutMs: TIMEOUT_MS,
      answerBytes: limits.rewrittenBodyBytes,
      budget,
    })
    page.handle(incoming, response, client)
  }
}
