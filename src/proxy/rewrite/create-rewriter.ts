import { globMatches } from '../http/glob.js'
import { warningHeader } from '../http/headers.js'
import { EngineResponseError } from '../../engine/failure.js'
import { ConfigurationError, EngineError } from '../../errors.js'
import {
  type OwnAnswer,
  type ProxyRequest,
  RefusedRequest,
  type RewritePlan,
  type Rewriter,
  type RewrittenRequest,
  type WholeRequest,
} from '../rewriter.js'
import { type Action, type Endpoint, parseEndpoint } from './endpoint.js'
import { EXPLAIN_OPTION } from './explanation/explain-option.js'
import { createState, RequestLookups, type RewriterState } from './lookups.js'
import { isJsonType } from './media-types.js'
import { openPointInTime } from './open-point-in-time.js'
import { badRequest } from './refuse.js'
import { rewriteMultiSearch } from './rewrite-multi-search.js'
import { rewriteQueryOnly, rewriteSearch } from './rewrite-search.js'
import { rewriteMultiTemplate, rewriteTemplate } from './rewrite-template.js'
import type { RuleEvent } from './rules/apply-rules.js'
import { RuleCounts } from './rules/rule-counts.js'
import { rewriteBulk } from './writing/rewrite-bulk.js'
import { rewriteUpdate } from './writing/rewrite-update.js'
import { rewriteWrite } from './writing/rewrite-write.js'
import { normalizeRewriterOptions, type RewriterOptions } from './rewriter-options.js'

/**
 * Makes what the proxy understands of requests: sparse queries in any form become weighted clauses on the fields that
 * splade-bridge wrote.
 *
 * @throws ConfigurationError naming an option that breaks its rule
 */
export function createRewriter(options: RewriterOptions): Rewriter {
  const normalized = normalizeRewriterOptions(options)
  const counts = new RuleCounts()
  const onEvent = (event: RuleEvent): void => {
    counts.add(event)
    normalized.onEvent(event)
  }
  const state = createState({ ...normalized, onEvent })
  return {
    plan: (request) => planFor(state, request),
    ...(normalized.rules.length > 0 && { ruleCounts: () => counts.list() }),
  }
}

function planFor(state: RewriterState, { method, target, headers }: ProxyRequest): RewritePlan | undefined {
  const endpoint = parseEndpoint(method, target)
  if (endpoint === undefined || !isReadable(endpoint, headers['content-type'])) return undefined
  if (!isWrittenTo(state, endpoint)) return undefined
  return {
    rewrite: (request, context) =>
      rewriteRequest(endpoint, request, new RequestLookups(state, request, context)),
  }
}

async function rewriteRequest(
  endpoint: Endpoint,
  request: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | OwnAnswer | undefined> {
  try {
    const { target, body } = request
    const result = await rewriteOf(endpoint.action)(endpoint, request, lookups)
    if (lookups.warnings.size === 0) return result
    return withWarnings(result ?? { kind: 'request', target, body }, [...lookups.warnings])
  } catch (error) {
    throw toRefusal(error)
  }
}

/** An answer made here carries them itself; those of a request are added to the engine's answer. */
function withWarnings(
  result: RewrittenRequest | OwnAnswer,
  texts: readonly string[],
): RewrittenRequest | OwnAnswer {
  if (result.kind === 'request') return { ...result, warnings: [...(result.warnings ?? []), ...texts] }
  const { headers } = result
  const warning = [headers.warning ?? [], texts.map(warningHeader)].flat(2)
  return { ...result, headers: { ...headers, warning } }
}

/** What the engine said to a question of the proxy's is an answer to the client, too. */
function toRefusal(error: unknown): unknown {
  if (error instanceof EngineResponseError)
    return new RefusedRequest(error.status, error.reasonType, error.message, { cause: error })
  if (error instanceof ConfigurationError || error instanceof EngineError)
    return badRequest(error.message, { cause: error })
  return error
}

function rewriteOf(action: Action) {
  switch (action) {
    case 'search':
    case 'asynchronous-search':
      return rewriteSearch
    case 'query':
      return rewriteQueryOnly
    case 'multi-search':
      return rewriteMultiSearch
    case 'template':
      return rewriteTemplate
    case 'multi-template':
      return rewriteMultiTemplate
    case 'open-point-in-time':
      return openPointInTime
    case 'bulk':
      return rewriteBulk
    case 'write':
      return rewriteWrite
    case 'update':
      return rewriteUpdate
  }
}

/** A request without the header has no body, or one that the engine refuses; some need none. */
function isReadable(
  { action, parameters }: Endpoint,
  contentType: string | readonly string[] | undefined,
): boolean {
  if (action === 'open-point-in-time' || parameters.has(EXPLAIN_OPTION)) return true
  return typeof contentType === 'string' && isJsonType(contentType)
}

/** False for documents that stay as they are, whose bodies then need not be held. */
function isWrittenTo({ options }: RewriterState, { action, indices }: Endpoint): boolean {
  // Each line of a bulk may name another index than the path.
  if (action === 'bulk') return options.writeIndices.length > 0
  if (action !== 'write' && action !== 'update') return true
  const index = decodeURIComponent(indices)
  return options.writeIndices.some((pattern) => globMatches(pattern, index))
}
