import type { ProxyRequest, RewritePlan, Rewriter } from '../rewriter.js'
import { parseEndpoint } from './endpoint.js'
import { createState, type RewriterState } from './lookups.js'
import { isJsonType } from './media-types.js'
import { rewriteSearch } from './rewrite-search.js'
import { normalizeRewriterOptions, type RewriterOptions } from './rewriter-options.js'

/**
 * Makes what the proxy understands of requests: sparse queries in any form become weighted clauses on the fields that
 * splade-bridge wrote.
 *
 * @throws ConfigurationError naming an option that breaks its rule
 */
export function createRewriter(options: RewriterOptions): Rewriter {
  const state = createState(normalizeRewriterOptions(options))
  return { plan: (request) => planFor(state, request) }
}

function planFor(state: RewriterState, { method, target, headers }: ProxyRequest): RewritePlan | undefined {
  const endpoint = parseEndpoint(method, target)
  if (endpoint === undefined || !isReadable(headers['content-type'])) return undefined
  return { rewrite: (request, context) => rewriteSearch(state, endpoint, request, context) }
}

/** A request without the header has no body, or one that the engine refuses. */
function isReadable(contentType: string | readonly string[] | undefined): boolean {
  return typeof contentType === 'string' && isJsonType(contentType)
}
