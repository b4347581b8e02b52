import { engineReason } from '../../engine/failure.js'
import { stringMember } from '../../engine/json.js'
import { type OwnAnswer, RefusedRequest, type RewrittenRequest, type WholeRequest } from '../rewriter.js'
import { type Endpoint, expressionOf, toTarget } from './endpoint.js'
import { memberOf } from './json/read-node.js'
import { SourceEdits } from './json/source-edits.js'
import { readAnswer } from './json/splice-items.js'
import type { RequestLookups } from './lookups.js'
import { readJson, rewriteBody, textOf } from './rewrite-body.js'
import { expressionOfHeader, refusable, searchesOf, toRequest } from './rewrite-multi-search.js'
import { mayHaveSparseQuery } from './words.js'

/** Options beside the template that a rendered search has as its own. */
const SEARCH_OPTIONS = ['explain', 'profile'] as const

/**
 * Has the engine render a template and looks at the search that comes out of it. Only where that has a sparse query of
 * ours does it take the template's place.
 */
export async function rewriteTemplate(
  endpoint: Endpoint,
  { body }: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | undefined> {
  const text = textOf(body)
  const rendered = text === undefined ? undefined : await refusable(render(text, lookups))
  // What the engine cannot render it refuses in its own words.
  if (typeof rendered !== 'string') return undefined
  const rewritten = await rewriteRendered(rendered, expressionOf(endpoint), lookups)
  if (rewritten === rendered) return undefined
  return { kind: 'request', target: searchTarget(endpoint), body: Buffer.from(rewritten) }
}

/** The same for the lines of `_msearch/template`: as soon as one is rewritten, all are sent as they were rendered. */
export async function rewriteMultiTemplate(
  endpoint: Endpoint,
  { body }: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | OwnAnswer | undefined> {
  const text = textOf(body)
  const searches = text === undefined ? undefined : searchesOf(text)
  if (searches === undefined) return undefined
  const rendered = await Promise.all(searches.map((search) => refusable(render(search.body, lookups))))
  const outcomes = await Promise.all(
    searches.map(async ({ header }, place) => {
      const template = rendered[place] ?? ''
      if (typeof template !== 'string') return template
      const rewritten = await refusable(
        rewriteRendered(template, expressionOfHeader(header, endpoint), lookups),
      )
      return typeof rewritten === 'string' ? { header, body: rewritten } : rewritten
    }),
  )
  const isChanged = outcomes.some((outcome, place) => {
    const template = rendered[place]
    return typeof template === 'string' && !('body' in outcome && outcome.body === template)
  })
  return isChanged ? toRequest(searchTarget(endpoint), outcomes, lookups) : undefined
}

async function rewriteRendered(
  rendered: string,
  expression: ReturnType<typeof expressionOf>,
  lookups: RequestLookups,
): Promise<string> {
  if (!mayHaveSparseQuery(Buffer.from(rendered))) return rendered
  return (await rewriteBody(rendered, expression, lookups))?.text ?? rendered
}

/** @throws RefusedRequest with the engine's reason where it renders nothing */
async function render(template: string, { context }: RequestLookups): Promise<string> {
  const answer = await context.ask({
    method: 'POST',
    target: '/_render/template',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(template),
  })
  const source = readAnswer(answer)
  const output = memberOf(source?.root, 'template_output')
  if (source === undefined || output === undefined) throw notRendered(answer.status, source?.text ?? '{}')
  return withOptions(source.text.slice(output.start, output.end), template)
}

function notRendered(status: number, answer: string): RefusedRequest {
  const body: unknown = JSON.parse(answer)
  const type = stringMember(body, 'error', 'type') ?? 'illegal_argument_exception'
  return new RefusedRequest(status >= 400 ? status : 400, type, engineReason(body))
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
function searchTarget({ path, parameters }: Endpoint): string {
  return toTarget(path.replace(/\/template$/, ''), parameters)
}
