/**
 * Headers in the two forms that the proxy needs: flat lists that keep case, order and repetition for bytes that
 * only pass, and lower-case records for whoever rewrites.
 */
import type { Headers } from '../rewriter.js'

/** Headers of one connection only (RFC 9110, 7.6.1, with the older ones that are still seen). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Of a request, what the connection to the upstream has of its own: its name, and the wait for `100 Continue`. */
const OF_REQUEST_CONNECTION: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'host', 'expect'])

/** Framing and coding of a body, which a body with other bytes needs anew. */
export const OF_BODY: ReadonlySet<string> = new Set([
  'content-length',
  'content-encoding',
  'content-md5',
  'digest',
  'trailer',
])

const USUAL_CONNECTION = /^(?:keep-alive|close)$/i

/** A flat list: name, value, name, value. */
export type FlatHeaders = readonly string[]

/** The headers of a client's request that go on to the upstream, without those named in `dropped`. */
export function requestHeaders(raw: FlatHeaders, dropped?: ReadonlySet<string>): string[] {
  return endToEnd(raw, OF_REQUEST_CONNECTION, dropped)
}

/** The headers of an upstream's answer that go on to the client. */
export function answerHeaders(raw: readonly Buffer[]): string[] {
  return endToEnd(
    raw.map((text) => text.toString('latin1')),
    HOP_BY_HOP,
  )
}

/** One pass: that `Connection` names others than the usual ones is rare, and then they are taken out of what was kept. */
function endToEnd(raw: FlatHeaders, hops: ReadonlySet<string>, dropped?: ReadonlySet<string>): string[] {
  const kept: string[] = []
  let options: string | undefined
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name, value] = [raw[at] ?? '', raw[at + 1] ?? '']
    const key = name.toLowerCase()
    if (key === 'connection') options = options === undefined ? value : `${options},${value}`
    if (!hops.has(key) && dropped?.has(key) !== true) kept.push(name, value)
  }
  const named = options === undefined ? undefined : namedByConnection(options)
  return named === undefined ? kept : without(kept, named)
}

/**
 * The headers that the value of `Connection` says are of this connection only; in lower case.
 *
 * @returns undefined where it names none but the usual ones
 */
function namedByConnection(value: string): ReadonlySet<string> | undefined {
  if (USUAL_CONNECTION.test(value)) return undefined
  return new Set(value.split(',').map((option) => option.trim().toLowerCase()))
}

/** Lower-case names; a header that came several times has a list of values. */
export function toRecord(flat: FlatHeaders): Headers {
  const record: Record<string, string | string[]> = {}
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = (flat[at] ?? '').toLowerCase()
    const value = flat[at + 1] ?? ''
    const before = Object.hasOwn(record, name) ? record[name] : undefined
    if (before === undefined) defineHeader(record, name, value)
    else record[name] = typeof before === 'string' ? [before, value] : [...before, value]
  }
  return record
}

/** `__proto__` is a name like any other. */
function defineHeader(record: Record<string, string | string[]>, name: string, value: string): void {
  Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true })
}

/** The inverse of {@link toRecord}, without the names in `dropped`. */
export function toFlat(headers: Headers, dropped?: ReadonlySet<string>): string[] {
  const flat: string[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || dropped?.has(name.toLowerCase()) === true) continue
    for (const one of typeof value === 'string' ? [value] : value) flat.push(name, one)
  }
  return flat
}

/** The first value of a header in a flat list; `name` in lower case. */
export function valueOf(flat: FlatHeaders, name: string): string | undefined {
  for (let at = 0; at + 1 < flat.length; at += 2) {
    if (flat[at]?.length === name.length && flat[at]?.toLowerCase() === name) return flat[at + 1]
  }
  return undefined
}

/** How often a header is in a flat list; `name` in lower case. */
export function countOf(flat: FlatHeaders, name: string): number {
  let count = 0
  for (let at = 0; at + 1 < flat.length; at += 2) {
    if (flat[at]?.length === name.length && flat[at]?.toLowerCase() === name) count++
  }
  return count
}

/** `flat` without the headers named in `dropped` (lower case). */
export function without(flat: FlatHeaders, dropped: ReadonlySet<string>): string[] {
  return flat.filter((_, at) => !dropped.has((flat[at - (at % 2)] ?? '').toLowerCase()))
}

/**
 * A `Warning` header with code 299, in the form that the engines use: quoted, characters beyond printable ASCII
 * percent-encoded as UTF-8 (RFC 7234, 5.5; `HeaderWarning` of both engines).
 */
export function warningHeader(text: string): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replace(/[^\x20-\x7e]+/gu, (characters) =>
      Array.from(
        Buffer.from(characters),
        (byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`,
      ).join(''),
    )
  return `299 splade-bridge "${escaped}"`
}
