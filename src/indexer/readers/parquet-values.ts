import type { ParquetParsers } from 'hyparquet'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** How values become JSON that engines read: ISO 8601 dates in UTC, and text that must be UTF-8. */
export const JSON_PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (millis: bigint) => toIsoDate(millis, 3),
  timestampFromMicroseconds: (micros: bigint) => toIsoDate(micros, 6),
  timestampFromNanoseconds: (nanos: bigint) => toIsoDate(nanos, 9),
  dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes),
}

/**
 * @param digits of a second that the unit resolves
 * @returns for example `2024-05-01T09:30:00.123456Z`, without trailing zeros
 */
function toIsoDate(count: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits)
  const fraction = ((count % unit) + unit) % unit
  const seconds = new Date(Number((count - fraction) / unit) * 1000).toISOString().slice(0, 19)
  const decimals = String(fraction).padStart(digits, '0').replace(/0+$/, '')
  return decimals === '' ? `${seconds}Z` : `${seconds}.${decimals}Z`
}

/**
 * A value as JSON has it. Whole numbers beyond 2^53 become strings of all their digits, numbers that JSON has no
 * name for become null, bytes base64.
 */
export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'object' && value !== null) return fromObject(value)
  return value ?? null
}

function fromObject(value: object): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Date) return value.toISOString()
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, toJson)
  if (Array.isArray(value)) return value.map(toJson)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]))
}
