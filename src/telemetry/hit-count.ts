import { constants, gunzipSync, inflateSync } from 'node:zlib'

/** Bytes at the beginning of an answer that are looked at: the total stands before the hits. */
export const HEAD_BYTES = 4_096

/** A head of that size which decodes to more than this is no answer of an engine. */
const MAX_DECODED = 1_048_576

/**
 * Hits in all, from the first bytes of a search's answer: engines write `hits.total` before the hits themselves, so
 * that no answer has to be parsed.
 *
 * @param head up to {@link HEAD_BYTES} bytes
 * @param coding value of `Content-Encoding`
 * @returns undefined where it does not stand there: another format or coding, several searches, `track_total_hits: false`
 */
export function hitCount(head: Buffer, coding?: string): number | undefined {
  const text = decoded(head, coding)
  if (text === undefined) return undefined
  // Quotes within JSON strings are escaped, so no text can look like this.
  const hits = /"hits"\s*:\s*\{/.exec(text)
  if (hits === null) return undefined
  const before = text.slice(0, hits.index)
  if (/"responses"\s*:\s*\[|"is_partial"\s*:\s*true/.test(before)) return undefined
  const rest = text.slice(hits.index + hits[0].length)
  const [, nested, plain] = /^\s*"total"\s*:\s*(?:\{\s*"value"\s*:\s*(\d+)|(\d+))\s*[,}]/.exec(rest) ?? []
  const digits = nested ?? plain
  return digits === undefined ? undefined : Number(digits)
}

function decoded(head: Buffer, coding: string | undefined): string | undefined {
  // A beginning has no end, which is no error here.
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_DECODED }
  try {
    switch (coding?.toLowerCase()) {
      case undefined:
      case 'identity':
        return head.toString()
      case 'gzip':
        return gunzipSync(head, options).toString()
      case 'deflate':
        return inflateSync(head, options).toString()
      default:
        return undefined
    }
  } catch {
    return undefined
  }
}
