import type { RewrittenRequest, WholeRequest } from '../rewriter.js'
import { type Endpoint, expressionOf } from './endpoint.js'
import type { RequestLookups } from './lookups.js'
import { rewriteBody, textOf } from './rewrite-body.js'
import { mayHaveSparseQuery } from './words.js'

/** Rewrites the queries of one search, or of a request with a query like a search's. */
export async function rewriteSearch(
  endpoint: Endpoint,
  { target, body }: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | undefined> {
  if (!mayHaveSparseQuery(body)) return undefined
  const text = textOf(body)
  const rewritten = text === undefined ? undefined : await rewriteBody(text, expressionOf(endpoint), lookups)
  return rewritten && { kind: 'request', target, body: Buffer.from(rewritten.text) }
}
