import type { RewrittenRequest, WholeRequest } from '../rewriter.js'
import { type Endpoint, expressionOf } from './endpoint.js'
import { explainAnswer } from './explanation/explain-answer.js'
import { asksInAddress, withoutExplainParameter } from './explanation/explain-option.js'
import type { RequestLookups } from './lookups.js'
import { rewriteBody, textOf } from './rewrite-body.js'

/** Rewrites one search, and explains its hits where it asks for that. */
export async function rewriteSearch(
  endpoint: Endpoint,
  request: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | undefined> {
  const explainsAll = asksInAddress(endpoint.parameters)
  const rewritten = await rewriteWhole(endpoint, request, lookups, true)
  const target = withoutExplainParameter(request.target)
  if (rewritten === undefined && target === request.target) return undefined
  const { clauses = [], warnings = [], explain = false } = rewritten ?? {}
  return {
    kind: 'request',
    target,
    body: rewritten === undefined ? request.body : Buffer.from(rewritten.text),
    warnings,
    ...((explainsAll || explain) && { changeAnswer: (answer) => explainAnswer(answer, clauses, lookups) }),
  }
}

/** Rewrites the query of a request that finds nothing to explain. */
export async function rewriteQueryOnly(
  endpoint: Endpoint,
  request: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | undefined> {
  const rewritten = await rewriteWhole(endpoint, request, lookups, false)
  if (rewritten === undefined) return undefined
  const { text, warnings } = rewritten
  return { kind: 'request', target: request.target, body: Buffer.from(text), warnings }
}

async function rewriteWhole(
  endpoint: Endpoint,
  { body }: WholeRequest,
  lookups: RequestLookups,
  hasHits: boolean,
) {
  const text = lookups.mayConcern(body) ? textOf(body) : undefined
  if (text === undefined) return undefined
  const { parameters } = endpoint
  return rewriteBody(text, expressionOf(endpoint), lookups, { parameters, hasHits })
}
