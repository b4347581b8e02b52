import { isUtf8 } from 'node:buffer'
import type { RewrittenRequest, WholeRequest } from '../rewriter.js'
import { asksInAddress, takeExplainOption } from './explanation/explain-option.js'
import { type JsonSource, JsonSyntaxError, parseJsonSource } from './json/json-source.js'
import { memberOf, stringOf } from './json/read-node.js'
import { SourceEdits } from './json/source-edits.js'
import type { RequestLookups } from './lookups.js'
import { type BodyContext, rewriteQueries } from './query/rewrite-queries.js'
import type { WeighedClause } from './query/weighed-clause.js'
import { badQuery } from './refuse.js'
import type { IndexExpression } from './upstream/index-targets.js'

/** A search's body as it is sent on. */
export interface RewrittenBody {
  readonly text: string
  /** What its sparse queries became. */
  readonly clauses: readonly WeighedClause[]
  /** What the client is told in `Warning` headers. */
  readonly warnings: readonly string[]
  /** Whether each hit is to be explained. */
  readonly explain: boolean
}

/**
 * Rewrites the queries of one search's body.
 *
 * @param expression indices of the request; a body with a point in time has its own
 * @returns undefined where nothing is to change, nor to be explained
 * @throws RefusedRequest naming what cannot be answered
 */
export async function rewriteBody(
  text: string,
  expression: IndexExpression,
  lookups: RequestLookups,
  context: BodyContext,
): Promise<RewrittenBody | undefined> {
  const source = readSearch(text)
  if (source === undefined) return undefined
  const edits = new SourceEdits(text)
  const explain = takeExplainOption(source, edits) ?? (context.hasHits && asksInAddress(context.parameters))
  const scope = lookups.scopeOf(indicesOf(source, expression, lookups))
  const { clauses, warnings } = await rewriteQueries(source, edits, scope, context)
  if (!edits.isEmpty || hasOwnQuery(text)) requireDistinctKeys(source)
  if (edits.isEmpty && !explain) return undefined
  return { text: edits.render(), clauses, warnings, explain }
}

/** A request with the target that it is to have, if that is another; undefined where it can go on as it came. */
export function withTarget(
  request: Pick<WholeRequest, 'target' | 'body'>,
  target: string,
): RewrittenRequest | undefined {
  return target === request.target ? undefined : { kind: 'request', target, body: request.body }
}

/** @returns undefined for bytes that are no UTF-8: the engine says so in its own words */
export function textOf(body: Buffer): string | undefined {
  return isUtf8(body) ? body.toString() : undefined
}

/** @returns undefined for what is no JSON: the engine says so in its own words */
export function readJson(text: string): JsonSource | undefined {
  try {
    return parseJsonSource(text)
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined
    throw error
  }
}

/**
 * The body of a search.
 *
 * @returns undefined for what is no JSON and none of the proxy's business: the engine says so in its own words
 * @throws RefusedRequest for what is no JSON and has a query that the engine has never heard of, which is all that it
 *   would say
 */
function readSearch(text: string): JsonSource | undefined {
  try {
    return parseJsonSource(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    if (!hasOwnQuery(text)) return undefined
    throw badQuery(`[splade] query: the body around it cannot be read: ${error.message}`)
  }
}

function hasOwnQuery(text: string): boolean {
  return /"splade(?:_hybrid)?"\s*:\s*\{/.test(text)
}

/** Engines refuse keys that come twice; a rewrite would hide one of them. */
function requireDistinctKeys({ duplicate }: JsonSource): void {
  if (duplicate !== undefined) throw badQuery(`Duplicate field '${duplicate}'`)
}

/** A search in a point in time names no index: it was opened on one. */
function indicesOf(
  { root }: JsonSource,
  expression: IndexExpression,
  { pointsInTime }: RequestLookups,
): IndexExpression {
  const id = stringOf(memberOf(root, 'pit', 'id'))
  return (id === undefined ? undefined : pointsInTime.indicesOf(id)) ?? expression
}
