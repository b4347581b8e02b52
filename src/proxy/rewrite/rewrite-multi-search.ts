import {
  type OwnAnswer,
  RefusedRequest,
  type RewrittenRequest,
  type WholeAnswer,
  type WholeRequest,
} from '../rewriter.js'
import { type Endpoint, expressionOf, withoutParameter } from './endpoint.js'
import { explainResponses } from './explanation/explain-answer.js'
import { asksInAddress, EXPLAIN_OPTION } from './explanation/explain-option.js'
import { type ExplainedSearch, withEngineExplanation } from './explanation/whole-score.js'
import { answerHybridOfSeveral } from './hybrid/answer-hybrid-of-several.js'
import { joinLines, linesOf } from './json/lines.js'
import { itemsOf, memberOf, stringOf } from './json/read-node.js'
import { mergeItems, spliceItems } from './json/splice-items.js'
import type { RequestLookups } from './lookups.js'
import type { BodyContext } from './query/rewrite-queries.js'
import { readJson, rewriteBody, type RewrittenBody, textOf, withTarget } from './rewrite-body.js'
import { type IndexExpression } from './upstream/index-targets.js'

/** One search of several: its header line and its body. */
export interface Search {
  readonly header: string
  readonly body: string
}

/** A search as it is sent on, why it is not, or its answer. */
type Outcome = SentSearch | { readonly refused: RefusedRequest } | { readonly answered: string }

interface SentSearch extends Search {
  /** What its hits are explained by; absent where it did not ask. */
  readonly explained?: ExplainedSearch
  readonly warnings?: readonly string[]
}

/** Rewrites the searches of an `_msearch`, each by itself: one that is refused leaves the others alone. */
export async function rewriteMultiSearch(
  endpoint: Endpoint,
  request: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | OwnAnswer | undefined> {
  const { target } = withoutParameter(endpoint, request.target, EXPLAIN_OPTION)
  const { body } = request
  const text = concerns(body, endpoint, lookups) ? textOf(body) : undefined
  const searches = text === undefined ? undefined : searchesOf(text)
  if (searches === undefined) return withTarget(request, target)
  const outcomes = await eachSearch(searches, (search) => rewriteOne(search, endpoint, lookups))
  return outcomes.every((outcome, place) => outcome === searches[place])
    ? withTarget(request, target)
    : toRequest(target, outcomes, lookups)
}

/** @returns undefined for lines that do not come in pairs: the engine says so */
export function searchesOf(text: string): readonly Search[] | undefined {
  const lines = linesOf(text)
  if (lines.length % 2 !== 0) return undefined
  return Array.from({ length: lines.length / 2 }, (_, place) => ({
    header: lines[2 * place] ?? '',
    body: lines[2 * place + 1] ?? '',
  }))
}

/** What is sent of these searches; errors and answers of the others are put between those of the engine. */
export function toRequest(
  target: string,
  outcomes: readonly Outcome[],
  lookups: RequestLookups,
): RewrittenRequest | OwnAnswer {
  const own = new Map(
    outcomes.flatMap((outcome, place) => {
      const response = ownResponse(outcome)
      return response === undefined ? [] : [[place, response]]
    }),
  )
  const sent = outcomes.filter((outcome): outcome is SentSearch => 'body' in outcome)
  const explained = sent.map((search) => search.explained)
  const isExplained = explained.some((clauses) => clauses !== undefined)
  if (isExplained || own.size > 0) lookups.requireJsonAnswer('a search that is explained, fused or refused')
  if (sent.length === 0) return ownAnswer(mergeItems([], own))
  const changeAnswer = async (answer: WholeAnswer): Promise<WholeAnswer> => {
    const whole = isExplained ? await explainResponses(answer, explained, lookups) : answer
    return own.size > 0 ? spliceItems(whole, 'responses', own) : whole
  }
  return {
    kind: 'request',
    warnings: [...new Set(sent.flatMap(({ warnings = [] }) => warnings))],
    target,
    body: Buffer.from(joinLines(sent.flatMap(({ header, body }) => [header, body]))),
    ...((isExplained || own.size > 0) && { changeAnswer }),
  }
}

/** Searches that are worked on at a time: thousands in one request are not to crowd out those of others. */
const SEARCHES_AT_A_TIME = 64

/** Does something for every search, in order. */
export async function eachSearch<Search, Result>(
  searches: readonly Search[],
  work: (search: Search) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (let start = 0; start < searches.length; start += SEARCHES_AT_A_TIME)
    results.push(...(await Promise.all(searches.slice(start, start + SEARCHES_AT_A_TIME).map(work))))
  return results
}

/** Does something for one search, and keeps its refusal for it alone. */
export async function refusable<Result>(
  work: Promise<Result>,
): Promise<Result | { refused: RefusedRequest }> {
  try {
    return await work
  } catch (error) {
    if (error instanceof RefusedRequest) return { refused: error }
    throw error
  }
}

/** A search that was rewritten. */
export function toSent(header: string, { text, clauses, warnings, explain }: RewrittenBody): SentSearch {
  if (!explain) return { header, body: text, warnings }
  const explained = withEngineExplanation(text, clauses, new URLSearchParams())
  return { header, body: explained.text, warnings, explained }
}

/** The indices that a header line names, else those of the path. */
export function expressionOfHeader(header: string, endpoint: Endpoint): IndexExpression {
  const source = header.trim() === '' ? undefined : readJson(header)
  const names = itemsOf(memberOf(source?.root, 'index')).flatMap((node) => stringOf(node) ?? [])
  return expressionOf(endpoint, names.length === 0 ? endpoint.indices : encodeURIComponent(names.join(',')))
}

/** Whether a search, or all of several, can be one that is rewritten or explained. */
export function concerns(body: Buffer, { parameters }: Endpoint, lookups: RequestLookups): boolean {
  return asksInAddress(parameters) || lookups.mayConcern(body)
}

/** Of the parameters of the address a search of several takes `splade_explain` for its own. */
export function bodyContextOf({ parameters }: Endpoint): BodyContext {
  return { parameters, hasHits: true, canFuse: true }
}

async function rewriteOne(search: Search, endpoint: Endpoint, lookups: RequestLookups): Promise<Outcome> {
  if (!concerns(Buffer.from(search.body), endpoint, lookups)) return search
  return refusable(rewriteOrFuse(search, endpoint, lookups))
}

async function rewriteOrFuse(
  search: Search,
  endpoint: Endpoint,
  lookups: RequestLookups,
): Promise<SentSearch | { readonly answered: string }> {
  const { header, body } = search
  const expression = expressionOfHeader(header, endpoint)
  const rewritten = await rewriteBody(body, expression, lookups, bodyContextOf(endpoint))
  const one = { header, body, rewritten, indices: expression.path }
  const answered = await answerHybridOfSeveral(endpoint, one, lookups)
  if (answered !== undefined) return { answered }
  return rewritten === undefined ? search : toSent(header, rewritten)
}

/** The item of a search that is not sent on. */
function ownResponse(outcome: Outcome): string | undefined {
  if ('answered' in outcome) return outcome.answered
  return 'refused' in outcome ? toResponse(outcome.refused) : undefined
}

function toResponse({ status, type, message }: RefusedRequest): string {
  const error = { type, reason: message }
  return JSON.stringify({ error: { root_cause: [error], ...error }, status })
}

function ownAnswer(responses: readonly string[]): OwnAnswer {
  const body = Buffer.from(`{"took":0,"responses":[${responses.join(',')}]}`)
  return { kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body }
}
