import { createHash } from 'node:crypto'
import type { Headers } from '../../rewriter.js'

/** Headers that say nothing of who is asking, or for what rights. All others may. */
const NEUTRAL: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'expect',
  'host',
  'origin',
  'pragma',
  'referer',
  'traceparent',
  'tracestate',
  'user-agent',
  'x-elastic-client-meta',
  'x-opaque-id',
])

/**
 * A digest that two requests share only if they come with the same credentials, whatever header carries those.
 * What one caller may see is never answered from what another was told.
 */
export function callerOf(headers: Headers): string {
  const telling = Object.entries(headers)
    .filter(([name]) => !NEUTRAL.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(telling)).digest('base64')
}
