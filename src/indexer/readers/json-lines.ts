import { ConfigurationError, InputError } from '../../errors.js'
import type { Input } from './input.js'
import { decodeUtf8, DEFAULT_MAX_RECORD_BYTES, splitLines } from './lines.js'

/** One JSON value with the line that it begins on. */
export interface JsonLine {
  readonly value: unknown
  /** 1-based. */
  readonly line: number
}

export interface RecordLimits {
  /** Longest record in bytes, so that a file without line ends cannot fill the memory. Default 16 MiB. */
  readonly maxRecordBytes?: number
}

/**
 * Reads newline-delimited JSON as it arrives. A byte-order mark, CRLF and blank lines are fine, and so is a
 * last line without a line end.
 *
 * @throws InputError naming file and line for a line that is too long, is not UTF-8 or is not JSON
 */
export async function* readJsonLines(
  input: Input,
  limits: RecordLimits = {},
): AsyncGenerator<JsonLine, void, undefined> {
  for await (const { bytes, line } of splitLines(input, normalizeMaxRecordBytes(limits))) {
    const text = decodeUtf8(bytes, input.name, line).trim()
    if (text !== '') yield { value: parseJson(text, input.name, line), line }
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
 * @param line line that the text begins on
 * @throws InputError naming file and line
 */
export function parseJson(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new InputError(file, line, `is not JSON: ${reason}`, { cause: error })
  }
}
