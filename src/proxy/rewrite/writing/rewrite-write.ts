import { RefusedRequest, type RewrittenRequest, type WholeRequest } from '../../rewriter.js'
import type { Endpoint } from '../endpoint.js'
import type { RequestLookups } from '../lookups.js'
import { textOf } from '../rewrite-body.js'
import { encodeSources } from './encode-sources.js'
import { writeTargetOf } from './write-targets.js'

/** Encodes the document of a `_doc` or `_create`. */
export async function rewriteWrite(
  { indices, id }: Endpoint,
  { target, body }: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | undefined> {
  const text = textOf(body)
  const write = await writeTargetOf(indices, lookups)
  if (text === undefined || write === undefined) return undefined
  const source = { text, ...write, ...(id !== undefined && { id: decodeURIComponent(id) }) }
  const [encoded] = await encodeSources([source], lookups.context.observed)
  if (encoded instanceof RefusedRequest) throw encoded
  if (encoded === undefined || encoded === text) return undefined
  return { kind: 'request', target, body: Buffer.from(encoded) }
}
