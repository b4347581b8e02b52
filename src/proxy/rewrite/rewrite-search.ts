import type { OwnAnswer, RewrittenRequest, WholeAnswer, WholeRequest } from '../rewriter.js'
import { type Endpoint, expressionOf, withoutParameter } from './endpoint.js'
import { explainAnswer } from './explanation/explain-answer.js'
import { asksInAddress, EXPLAIN_OPTION } from './explanation/explain-option.js'
import { withEngineExplanation } from './explanation/whole-score.js'
import { answerHybrid } from './hybrid/answer-hybrid.js'
import { completeFused } from './hybrid/complete-fused.js'
import type { RequestLookups } from './lookups.js'
import { rewriteBody, type RewrittenBody, textOf } from './rewrite-body.js'

/** Rewrites one search, fuses what the engine cannot, and explains hits where that is asked for. */
export async function rewriteSearch(
  asked: Endpoint,
  request: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | OwnAnswer | undefined> {
  const { endpoint, target } = withoutParameter(asked, request.target, EXPLAIN_OPTION)
  const text = lookups.mayConcern(request.body) ? textOf(request.body) : undefined
  const rewritten = text === undefined ? undefined : await rewriteOne(asked, text, lookups, true)
  const isExplained = rewritten?.explain ?? asksInAddress(asked.parameters)
  if (isExplained) lookups.requireJsonAnswer('[splade_explain]')
  if (text !== undefined && canFuse(endpoint)) {
    const sent = { text: rewritten?.text ?? text, isRewritten: rewritten !== undefined }
    const fused = await answerHybrid(endpoint, sent, lookups)
    if (fused !== undefined) return completeFused(fused, rewritten, lookups, isExplained)
  }
  if (rewritten === undefined && target === request.target) return undefined
  const { warnings = [] } = rewritten ?? {}
  const body = rewritten === undefined ? request.body : Buffer.from(rewritten.text)
  if (!isExplained) return { kind: 'request', target, body, warnings }
  const sent = withEngineExplanation(body.toString(), rewritten?.clauses ?? [], endpoint.parameters)
  const changeAnswer = (answer: WholeAnswer) => explainAnswer(answer, sent, lookups)
  return { kind: 'request', target, body: Buffer.from(sent.text), warnings, changeAnswer }
}

/** Rewrites the query of a request that finds nothing to explain. */
export async function rewriteQueryOnly(
  endpoint: Endpoint,
  { target, body }: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | undefined> {
  const original = lookups.mayConcern(body) ? textOf(body) : undefined
  const rewritten = original === undefined ? undefined : await rewriteOne(endpoint, original, lookups, false)
  if (rewritten === undefined) return undefined
  const { text, warnings } = rewritten
  return { kind: 'request', target, body: Buffer.from(text), warnings }
}

/** Hits that come later are beyond the proxy's reach. */
function canFuse({ action }: Endpoint): boolean {
  return action === 'search'
}

function rewriteOne(
  endpoint: Endpoint,
  text: string,
  lookups: RequestLookups,
  hasHits: boolean,
): Promise<RewrittenBody | undefined> {
  const { parameters } = endpoint
  return rewriteBody(text, expressionOf(endpoint), lookups, {
    parameters,
    hasHits,
    canFuse: canFuse(endpoint),
  })
}
