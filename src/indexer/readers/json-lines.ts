import { ConfigurationError, InputError } from '../../errors.js'
import type { Input } from './input.js'
import { decodeUtf8, DEFAULT_MAX_RECORD_BYTES, type RawLine, splitLines } from './lines.js'
import type { BrokenValue } from './raw-record.js'

/** One JSON value, or what was to be one, with the line that it begins on (1-based). */
export type JsonLine = { readonly line: number } & (
  | {
      readonly value: unknown
      /** As it is written. */
      readonly raw: string
    }
  | BrokenValue
)

export interface RecordLimits {
  /** Longest record in bytes, so that a file without line ends cannot fill the memory. Default 16 MiB. */
  readonly maxRecordBytes?: number
}

/**
 * Reads newline-delimited JSON as it arrives. A byte-order mark, CRLF and blank lines are fine, and so is a
 * last line without a line end.
 *
 * @returns a line that is not UTF-8 or not JSON as a broken one
 * @throws InputError naming file and line for a line that is too long
 */
export async function* readJsonLines(
  input: Input,
  limits: RecordLimits = {},
): AsyncGenerator<JsonLine, void, undefined> {
  for await (const { bytes, line } of splitLines(input, normalizeMaxRecordBytes(limits))) {
    const value = toJsonLine({ bytes, line }, input.name)
    if (value !== undefined) yield value
  }
}

/** @throws ConfigurationError naming the option */
export function normalizeMaxRecordBytes({ maxRecordBytes = DEFAULT_MAX_RECORD_BYTES }: RecordLimits): number {
  if (!(Number.isInteger(maxRecordBytes) && maxRecordBytes > 0)) {
    throw new ConfigurationError('maxRecordBytes', 'must be an integer > 0', maxRecordBytes)
  }
  return maxRecordBytes
}

/**
 * Bytes as a JSON value, or a broken one.
 *
 * @returns undefined for white space
 */
export function toJsonLine({ bytes, line }: RawLine, file: string): JsonLine | undefined {
  let raw: string | undefined
  try {
    raw = decodeUtf8(bytes, file, line).trim()
    return raw === '' ? undefined : { value: parseJson(raw, file, line), line, raw }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { broken: error, raw: raw ?? Buffer.from(bytes).toString(), line }
  }
}

function parseJson(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new InputError(file, line, `is not JSON: ${reason}`, { cause: error })
  }
}
