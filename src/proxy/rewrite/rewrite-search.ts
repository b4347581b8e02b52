import type { RewrittenRequest, WholeRequest } from '../rewriter.js'
import { type Endpoint, expressionOf } from './endpoint.js'
import { explainAnswer } from './explanation/explain-answer.js'
import { asksInAddress, withoutExplainParameter } from './explanation/explain-option.js'
import type { RequestLookups } from './lookups.js'
import { rewriteBody, textOf } from './rewrite-body.js'
import { mayHaveSparseQuery } from './words.js'

/** Rewrites one search, and explains its hits where it asks for that. */
export async function rewriteSearch(
  endpoint: Endpoint,
  request: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | undefined> {
  const explainsAll = asksInAddress(endpoint.parameters)
  const rewritten = await rewriteOne(endpoint, request, lookups)
  const target = withoutExplainParameter(request.target)
  if (rewritten === undefined && target === request.target) return undefined
  const explain = explainsAll || rewritten?.explain === true
  const body = rewritten === undefined ? request.body : Buffer.from(rewritten.text)
  return {
    kind: 'request',
    target,
    body,
    ...(explain && { changeAnswer: (answer) => explainAnswer(answer, rewritten?.clauses ?? [], lookups) }),
  }
}

/** Rewrites the query of a request that finds nothing to explain. */
export async function rewriteQueryOnly(
  endpoint: Endpoint,
  request: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | undefined> {
  const rewritten = await rewriteOne(endpoint, request, lookups)
  return rewritten && { kind: 'request', target: request.target, body: Buffer.from(rewritten.text) }
}

async function rewriteOne(endpoint: Endpoint, { body }: WholeRequest, lookups: RequestLookups) {
  const text = mayHaveSparseQuery(body) ? textOf(body) : undefined
  return text === undefined ? undefined : rewriteBody(text, expressionOf(endpoint), lookups)
}
