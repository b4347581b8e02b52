import { RefusedRequest, type RewrittenRequest, type WholeRequest } from '../../rewriter.js'
import { type Endpoint, toTarget } from '../endpoint.js'
import type { RequestLookups } from '../lookups.js'
import { badRequest } from '../refuse.js'
import { textOf } from '../rewrite-body.js'
import { readCurrent } from './current-documents.js'
import { encodeSources } from './encode-sources.js'
import { planUpdate, readUpdate, SCRIPT_WARNING, touchesText, type UpdateWrite } from './plan-update.js'
import { writeTargetOf } from './write-targets.js'

/** Parameters of `_update` that writing a whole document has not. */
const RETURNING = ['_source', '_source_includes', '_source_excludes'] as const

/**
 * An `_update` that changes encoded text becomes a write of the whole document with its new vector, which fails with a
 * version conflict if somebody else wrote in between: merged into the old vector by the engine, tokens that are gone
 * from the text would stay.
 */
export async function rewriteUpdate(
  endpoint: Endpoint,
  { target, body }: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | undefined> {
  const text = textOf(body)
  const update = text === undefined ? undefined : readUpdate(text)
  const write = update && (await writeTargetOf(endpoint.indices, lookups))
  if (update === undefined || write === undefined) return undefined
  const unchanged = update.hasScript
    ? ({ kind: 'request', target, body, warnings: [SCRIPT_WARNING] } as const)
    : undefined
  if (!touchesText(update, write)) return unchanged
  const routing = endpoint.parameters.get('routing')
  const index = decodeURIComponent(endpoint.indices)
  const id = decodeURIComponent(endpoint.id ?? '')
  const [current] = await readCurrent([{ index, id, ...(routing !== null && { routing }) }], lookups)
  const planned = planUpdate(update, write, current)
  if (planned === undefined) return unchanged
  const { observed } = lookups.context
  const [encoded] = await encodeSources([{ text: planned.text, id, ...write }], observed)
  if (encoded instanceof RefusedRequest) throw encoded
  return {
    kind: 'request',
    target: writeTarget(endpoint, planned),
    body: Buffer.from(encoded ?? planned.text),
  }
}

function writeTarget({ indices, id = '', parameters }: Endpoint, { replaces }: UpdateWrite): string {
  const asked = RETURNING.find((name) => parameters.has(name))
  if (asked !== undefined)
    throw badRequest(
      `[${asked}] cannot be combined with an update of encoded text: get the document afterwards`,
    )
  const kept = new URLSearchParams([...parameters].filter(([name]) => name !== 'retry_on_conflict'))
  if (replaces === undefined) return toTarget(`/${indices}/_create/${id}`, kept)
  if (!kept.has('if_seq_no')) {
    kept.set('if_seq_no', String(replaces.seqNo))
    kept.set('if_primary_term', String(replaces.primaryTerm))
  }
  return toTarget(`/${indices}/_doc/${id}`, kept)
}
