import { isUtf8 } from 'node:buffer'
import type { RewriteContext, RewrittenRequest, WholeRequest } from '../rewriter.js'
import { type Endpoint, expressionOf } from './endpoint.js'
import { JsonSyntaxError, type JsonSource, parseJsonSource } from './json/json-source.js'
import { SourceEdits } from './json/source-edits.js'
import { RequestLookups, type RewriterState } from './lookups.js'
import { rewriteQueries } from './query/rewrite-queries.js'
import { badQuery } from './refuse.js'
import { mayHaveSparseQuery } from './words.js'

/** Rewrites the queries of one search, or of a request with a query like a search's. */
export async function rewriteSearch(
  state: RewriterState,
  endpoint: Endpoint,
  request: WholeRequest,
  context: RewriteContext,
): Promise<RewrittenRequest | undefined> {
  if (!mayHaveSparseQuery(request.body)) return undefined
  const source = readBody(request.body)
  if (source === undefined) return undefined
  const lookups = new RequestLookups(state, request, context)
  const edits = new SourceEdits(source.text)
  await rewriteQueries(source, edits, lookups.scopeOf(expressionOf(endpoint)))
  if (edits.isEmpty) return undefined
  requireDistinctKeys(source)
  return { kind: 'request', target: request.target, body: Buffer.from(edits.render()) }
}

/** @returns undefined for what is no JSON in UTF-8: the engine says so in its own words */
export function readBody(body: Buffer): JsonSource | undefined {
  if (!isUtf8(body)) return undefined
  try {
    return parseJsonSource(body.toString())
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined
    throw error
  }
}

/** Engines refuse keys that come twice; a rewrite would hide one of them. */
export function requireDistinctKeys({ duplicate }: JsonSource): void {
  if (duplicate !== undefined) throw badQuery(`Duplicate field '${duplicate}'`)
}
