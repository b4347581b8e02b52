import { createReadStream } from 'node:fs'
import { ConfigurationError, InputError } from '../errors.js'

/** Bytes to read records from, and what to call them in errors. */
export interface Input {
  /** File path, or `<stdin>`. */
  readonly name: string
  /** Opened at the first read. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/** One JSON value with the place that it came from. */
export interface JsonLine {
  readonly value: unknown
  /** Name of the input. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** Bytes of the input up to the end of this line. */
  readonly bytesRead: number
}

export interface JsonLinesOptions {
  /** Longest line in bytes, so that a file without line ends cannot fill the memory. Default 16 MiB. */
  readonly maxLineBytes?: number
}

const DEFAULT_MAX_LINE_BYTES = 16 * 1024 * 1024
const LINE_FEED = 0x0a
const BYTE_ORDER_MARK = '\ufeff'

/** A file as an input; a file that cannot be read fails at the first read, by name. */
export function fileInput(path: string): Input {
  return { name: path, bytes: readFileBytes(path) }
}

/** A stream, such as standard input, as an input. */
export function streamInput(stream: AsyncIterable<Uint8Array>, name = '<stdin>'): Input {
  return { name, bytes: stream }
}

/**
 * Reads newline-delimited JSON as it arrives. A byte-order mark, CRLF and blank lines are fine, and so is a
 * last line without a line end.
 *
 * @throws InputError naming file and line for a line that is too long, is not UTF-8 or is not JSON
 */
export async function* readJsonLines(
  input: Input,
  options: JsonLinesOptions = {},
): AsyncGenerator<JsonLine, void, undefined> {
  const { maxLineBytes = DEFAULT_MAX_LINE_BYTES } = options
  if (!(Number.isInteger(maxLineBytes) && maxLineBytes > 0)) {
    throw new ConfigurationError('maxLineBytes', 'must be an integer > 0', maxLineBytes)
  }
  for await (const { bytes, line, bytesRead } of splitLines(input, maxLineBytes)) {
    const text = decodeLine(bytes, input.name, line)
    if (text !== '') yield { value: parseLine(text, input.name, line), file: input.name, line, bytesRead }
  }
}

async function* readFileBytes(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Buffer
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException
    throw new InputError(path, undefined, `cannot be read: ${message}`, { cause: error })
  }
}

interface RawLine {
  readonly bytes: Uint8Array
  readonly line: number
  readonly bytesRead: number
}

async function* splitLines(input: Input, maxLineBytes: number): AsyncGenerator<RawLine, void, undefined> {
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let line = 1
  let bytesRead = 0
  const take = (piece: Uint8Array): void => {
    pendingBytes += piece.length
    bytesRead += piece.length
    if (pendingBytes > maxLineBytes) {
      throw new InputError(input.name, line, `line is longer than ${maxLineBytes} bytes, the limit for one`)
    }
    if (piece.length > 0) pending.push(piece)
  }
  for await (const chunk of input.bytes) {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, end))
      bytesRead += 1
      yield { bytes: joined(pending), line, bytesRead }
      line += 1
      pending = []
      pendingBytes = 0
      start = end + 1
    }
    take(chunk.subarray(start))
  }
  if (pendingBytes > 0) yield { bytes: joined(pending), line, bytesRead }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  return first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces)
}

// Fatal, because a replacement character would be indexed as if the author had written it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeLine(bytes: Uint8Array, file: string, line: number): string {
  try {
    const text = decoder.decode(bytes)
    return (line === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text).trim()
  } catch (error) {
    throw new InputError(file, line, 'is not valid UTF-8; convert the file first', { cause: error })
  }
}

function parseLine(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new InputError(file, line, `is not JSON: ${reason}`, { cause: error })
  }
}
