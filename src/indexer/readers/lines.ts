import { isUtf8 } from 'node:buffer'
import { InputError } from '../../errors.js'
import type { Input } from './input.js'

/** Longest record in bytes where nobody says otherwise, so that a file without line ends cannot fill the memory. */
export const DEFAULT_MAX_RECORD_BYTES = 16 * 1024 * 1024

const LINE_FEED = 0x0a
const BYTE_ORDER_MARK = '\ufeff'

export interface RawLine {
  /** Without its line feed. */
  readonly bytes: Uint8Array
  /** 1-based. */
  readonly line: number
}

/**
 * Cuts bytes at line feeds, as they arrive.
 *
 * @throws InputError for a line beyond the limit, without reading it whole
 */
export async function* splitLines(
  input: Input,
  maxRecordBytes: number,
): AsyncGenerator<RawLine, void, undefined> {
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let line = 1
  const take = (piece: Uint8Array): void => {
    pendingBytes += piece.length
    if (pendingBytes > maxRecordBytes) throw tooLong(input.name, line, 'line', maxRecordBytes)
    if (piece.length > 0) pending.push(piece)
  }
  for await (const chunk of input.bytes) {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, end))
      yield { bytes: joined(pending), line }
      line += 1
      pending = []
      pendingBytes = 0
      start = end + 1
    }
    take(chunk.subarray(start))
  }
  if (pendingBytes > 0) yield { bytes: joined(pending), line }
}

/**
 * Passes UTF-8 on in blocks of whole lines, and nothing that is not UTF-8.
 *
 * @throws InputError naming the line that is not UTF-8, or longer than the limit
 */
export async function* checkUtf8(
  input: Input,
  maxRecordBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let line = 1
  for await (const chunk of input.bytes) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1
    if (end > 0) {
      const block = joined([...pending, chunk.subarray(0, end)])
      yield requireUtf8(block, input.name, line)
      line += countLineFeeds(block)
      pending = []
      pendingBytes = 0
    }
    pending.push(chunk.subarray(end))
    pendingBytes += chunk.length - end
    if (pendingBytes > maxRecordBytes) throw tooLong(input.name, line, 'line', maxRecordBytes)
  }
  yield requireUtf8(joined(pending), input.name, line)
}

// Fatal, because a replacement character would be indexed as if the author had written it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What a person can do about a file that is not UTF-8, of commands that read other encodings as well. */
const OTHER_ENCODING = 'convert the file first, or name its encoding with --encoding, for example euc-kr'

/**
 * The text of one record, without a byte-order mark on the first line.
 *
 * @param line line that it begins on
 * @param wayOut told where it is not UTF-8. Default: convert the file, or name its encoding
 * @throws InputError naming the line that is not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array, file: string, line: number, wayOut = OTHER_ENCODING): string {
  try {
    const text = decoder.decode(bytes)
    return line === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
  } catch (error) {
    throw notUtf8(bytes, file, line, wayOut, error)
  }
}

/** How many lines a piece of text ends. */
export function countLineFeeds(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1
  return count
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  return first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces)
}

export function tooLong(file: string, line: number, what: string, maxRecordBytes: number): InputError {
  return new InputError(file, line, `${what} is longer than ${maxRecordBytes} bytes, the limit for one`)
}

function requireUtf8(block: Uint8Array, file: string, line: number): Uint8Array {
  if (!isUtf8(block)) throw notUtf8(block, file, line, OTHER_ENCODING)
  return block
}

function notUtf8(
  bytes: Uint8Array,
  file: string,
  firstLine: number,
  wayOut: string,
  cause?: unknown,
): InputError {
  return new InputError(
    file,
    firstLine + linesBeforeDamage(bytes),
    `is not valid UTF-8; ${wayOut}`,
    cause === undefined ? {} : { cause },
  )
}

function linesBeforeDamage(bytes: Uint8Array): number {
  let lines = 0
  for (let start = 0; ; lines += 1) {
    const end = bytes.indexOf(LINE_FEED, start)
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return lines
    start = end + 1
  }
}
