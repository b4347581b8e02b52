import type { OwnAnswer, RewrittenRequest, WholeAnswer, WholeRequest } from '../rewriter.js'
import { type Endpoint, expressionOf, toTarget, withoutParameter } from './endpoint.js'
import { explainAnswer } from './explanation/explain-answer.js'
import { asksInAddress, EXPLAIN_OPTION } from './explanation/explain-option.js'
import { withEngineExplanation } from './explanation/whole-score.js'
import { answerHybrid } from './hybrid/answer-hybrid.js'
import { answerHybridOfSeveral } from './hybrid/answer-hybrid-of-several.js'
import { completeFused } from './hybrid/complete-fused.js'
import { memberOf } from './json/read-node.js'
import { SourceEdits } from './json/source-edits.js'
import { readAnswer } from './json/splice-items.js'
import { refusalOf } from './upstream/engine-refusal.js'
import { jsonHeaders } from './upstream/upstream-client.js'
import type { RequestLookups } from './lookups.js'
import { readJson, rewriteBody, type RewrittenBody, textOf, withTarget } from './rewrite-body.js'
import {
  bodyContextOf,
  concerns,
  eachSearch,
  expressionOfHeader,
  refusable,
  type Search,
  searchesOf,
  toRequest,
  toSent,
} from './rewrite-multi-search.js'
import type { IndexExpression } from './upstream/index-targets.js'

/** Options beside the template that a rendered search has as its own. */
const SEARCH_OPTIONS = ['explain', 'profile'] as const

/**
 * Has the engine render a template and looks at the search that comes out of it. Only where that has a sparse query of
 * ours does it take the template's place.
 */
export async function rewriteTemplate(
  asked: Endpoint,
  request: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | OwnAnswer | undefined> {
  const { endpoint, target: ownTarget } = withoutParameter(asked, request.target, EXPLAIN_OPTION)
  const text = textOf(request.body)
  const rendered = text === undefined ? undefined : await refusable(render(text, lookups))
  // What the engine cannot render it refuses in its own words.
  if (typeof rendered !== 'string') return withTarget(request, ownTarget)
  const rewritten = await rewriteRendered(rendered, asked, expressionOf(asked), lookups)
  const sentTo = searchEndpoint(endpoint)
  const body = { text: rewritten?.text ?? rendered, isRewritten: rewritten !== undefined }
  const fused = await answerHybrid(sentTo, body, lookups)
  const isExplained = rewritten?.explain ?? asksInAddress(asked.parameters)
  if (fused !== undefined) return completeFused(fused, rewritten, lookups, isExplained)
  if (rewritten === undefined) return withTarget(request, ownTarget)
  const { text: search, clauses, warnings, explain } = rewritten
  const target = toTarget(sentTo.path, sentTo.parameters)
  if (!explain) return { kind: 'request', target, body: Buffer.from(search), warnings }
  const sent = withEngineExplanation(search, clauses, endpoint.parameters)
  const changeAnswer = (answer: WholeAnswer) => explainAnswer(answer, sent, lookups)
  return { kind: 'request', target, body: Buffer.from(sent.text), warnings, changeAnswer }
}

/** The same for the lines of `_msearch/template`: as soon as one is rewritten, all are sent as they were rendered. */
export async function rewriteMultiTemplate(
  asked: Endpoint,
  request: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | OwnAnswer | undefined> {
  const { endpoint, target } = withoutParameter(asked, request.target, EXPLAIN_OPTION)
  const text = textOf(request.body)
  const searches = text === undefined ? undefined : searchesOf(text)
  if (searches === undefined) return withTarget(request, target)
  const outcomes = await eachSearch(searches, (search) => rewriteOne(search, asked, lookups))
  // Where nothing was rewritten, the engine renders the templates again, and refuses in its own words.
  if (!outcomes.some(({ isRewritten }) => isRewritten)) return withTarget(request, target)
  return toRequest(
    toTarget(searchPath(endpoint), endpoint.parameters),
    outcomes.map(({ outcome }) => outcome),
    lookups,
  )
}

async function rewriteOne({ header, body }: Search, endpoint: Endpoint, lookups: RequestLookups) {
  const rendered = await refusable(render(body, lookups))
  if (typeof rendered !== 'string') return { outcome: rendered, isRewritten: false }
  const expression = expressionOfHeader(header, endpoint)
  const outcome = await refusable(rewriteOrFuse({ header, body: rendered }, endpoint, expression, lookups))
  return { outcome: outcome ?? { header, body: rendered }, isRewritten: outcome !== undefined }
}

/** @returns undefined where nothing is to change */
async function rewriteOrFuse(
  { header, body }: Search,
  endpoint: Endpoint,
  expression: IndexExpression,
  lookups: RequestLookups,
) {
  const rewritten = await rewriteRendered(body, endpoint, expression, lookups)
  const one = { header, body, rewritten, indices: expression.path }
  const answered = await answerHybridOfSeveral(endpoint, one, lookups)
  if (answered !== undefined) return { answered }
  return rewritten && toSent(header, rewritten)
}

/** @returns undefined where nothing is to change */
async function rewriteRendered(
  rendered: string,
  endpoint: Endpoint,
  expression: IndexExpression,
  lookups: RequestLookups,
): Promise<RewrittenBody | undefined> {
  if (!concerns(Buffer.from(rendered), endpoint, lookups)) return undefined
  return rewriteBody(rendered, expression, lookups, bodyContextOf(endpoint))
}

/** @throws RefusedRequest with the engine's reason where it renders nothing */
async function render(template: string, { context }: RequestLookups): Promise<string> {
  const answer = await context.ask({
    method: 'POST',
    target: '/_render/template',
    headers: jsonHeaders(),
    body: Buffer.from(template),
  })
  const source = readAnswer(answer)
  const output = memberOf(source?.root, 'template_output')
  if (source === undefined || output === undefined) throw refusalOf(answer)
  return withOptions(source.text.slice(output.start, output.end), template)
}

function withOptions(rendered: string, template: string): string {
  const source = readJson(rendered)
  if (source?.root.kind !== 'object') return rendered
  const edits = new SourceEdits(rendered)
  const asked = readJson(template)
  for (const name of SEARCH_OPTIONS) {
    const option = memberOf(asked?.root, name)
    if (option?.kind === 'scalar' && !source.root.members.has(name))
      edits.append(source.root, `"${name}":${String(option.value)}`)
  }
  return edits.render()
}

/** `/logs/_search/template` is `/logs/_search` for what has been rendered. */
function searchPath({ path }: Endpoint): string {
  return path.replace(/\/template$/, '')
}

function searchEndpoint(endpoint: Endpoint): Endpoint {
  return { ...endpoint, action: 'search', path: searchPath(endpoint) }
}
