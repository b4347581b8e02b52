import { InputError } from '../../errors.js'
import type { Input } from './input.js'
import { type JsonLine, normalizeMaxRecordBytes, type RecordLimits, toJsonLine } from './json-lines.js'
import { joined, type RawLine, tooLong } from './lines.js'

const LINE_FEED = 0x0a
const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const WHITE_SPACE: readonly number[] = [0x20, LINE_FEED, 0x0d, 0x09]
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf]

/**
 * Reads the members of a JSON array, or JSON values that follow each other however they are laid out, as they
 * arrive. The bytes are only cut here, by quotes and brackets; `JSON.parse` judges each piece. That is faster than
 * any parser in JavaScript, and names the line that a record begins on.
 *
 * @returns a value that is not UTF-8 or not JSON between its own brackets as a broken one
 * @throws InputError naming file and line for a value that is too long or does not end, and for what stands between two
 */
export async function* readJsonValues(
  input: Input,
  limits: RecordLimits = {},
): AsyncGenerator<JsonLine, void, undefined> {
  const cutter = new ValueCutter(input.name, normalizeMaxRecordBytes(limits))
  for await (const chunk of input.bytes) {
    for (const piece of cutter.cut(chunk)) {
      const value = toJsonLine(piece, input.name)
      if (value !== undefined) yield value
    }
  }
  const last = cutter.end()
  const value = last && toJsonLine(last, input.name)
  if (value !== undefined) yield value
}

/** Where the cutter stands: between two values (the first five), or inside one. */
type State =
  'start' | 'first member' | 'member' | 'separator' | 'end' | 'container' | 'string' | 'escaped' | 'scalar'

/** Cuts bytes into values. */
class ValueCutter {
  private state: State = 'start'
  private isInside = false
  private isArray = false
  private depth = 0
  private offset = 0
  private line = 1
  private valueLine = 1
  private pieces: Uint8Array[] = []
  private pieceBytes = 0

  constructor(
    private readonly file: string,
    private readonly maxRecordBytes: number,
  ) {}

  /** The values that end in a chunk. */
  *cut(chunk: Uint8Array): Generator<RawLine, void, undefined> {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (!this.isInside) {
        this.passBetween(byte)
        start = at
      } else if (this.state === 'scalar' && endsScalar(byte)) {
        yield this.endValue(chunk.subarray(start, at))
        this.passBetween(byte)
      } else if (this.passInside(byte)) yield this.endValue(chunk.subarray(start, at + 1))
      if (byte === LINE_FEED) this.line += 1
      this.offset += 1
    }
    if (this.isInside) this.keep(chunk.subarray(start))
  }

  /** The value that only the end of the input ends, if there is one. */
  end(): RawLine | undefined {
    if (this.isInside && this.state !== 'scalar') {
      throw new InputError(this.file, this.valueLine, 'begins a record that the file ends in the middle of')
    }
    if (this.isArray && this.state !== 'end') {
      throw new InputError(this.file, this.line, 'ends before its JSON array does')
    }
    return this.isInside ? this.endValue(new Uint8Array(0)) : undefined
  }

  /** @returns true if the value ends with this byte */
  private passInside(byte: number): boolean {
    if (this.state === 'escaped') this.state = 'string'
    else if (this.state === 'string') {
      if (byte === BACKSLASH) this.state = 'escaped'
      if (byte !== QUOTE) return false
      this.state = 'container'
      return this.depth === 0
    } else if (this.state === 'container') {
      if (byte === QUOTE) this.state = 'string'
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.depth += 1
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.depth -= 1
      return this.depth === 0
    }
    return false
  }

  private passBetween(byte: number): void {
    if (WHITE_SPACE.includes(byte) || this.isByteOrderMark(byte)) return
    if (this.state === 'end') throw this.unexpected(byte, 'nothing after the end of the array')
    if (this.state === 'start' && byte === OPEN_LIST) {
      this.isArray = true
      this.state = 'first member'
    } else if (this.state === 'separator' && this.isArray) {
      if (byte !== COMMA && byte !== CLOSE_LIST)
        throw this.unexpected(byte, 'a comma or the end of the array')
      this.state = byte === COMMA ? 'member' : 'end'
    } else if (this.state === 'first member' && byte === CLOSE_LIST) this.state = 'end'
    else this.beginValue(byte)
  }

  private isByteOrderMark(byte: number): boolean {
    return this.offset < BYTE_ORDER_MARK.length && byte === BYTE_ORDER_MARK[this.offset]
  }

  private beginValue(byte: number): void {
    if (byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT) throw this.unexpected(byte, 'a value')
    const isContainer = byte === OPEN_OBJECT || byte === OPEN_LIST
    this.state = isContainer ? 'container' : byte === QUOTE ? 'string' : 'scalar'
    this.depth = isContainer ? 1 : 0
    this.valueLine = this.line
    this.isInside = true
  }

  private keep(piece: Uint8Array): void {
    this.pieceBytes += piece.length
    if (this.pieceBytes > this.maxRecordBytes) {
      throw tooLong(this.file, this.valueLine, 'record', this.maxRecordBytes)
    }
    this.pieces.push(piece)
  }

  private endValue(piece: Uint8Array): RawLine {
    this.keep(piece)
    const value = { bytes: joined(this.pieces), line: this.valueLine }
    this.pieces = []
    this.pieceBytes = 0
    this.isInside = false
    this.state = 'separator'
    return value
  }

  private unexpected(byte: number, expected: string): InputError {
    const found = JSON.stringify(String.fromCharCode(byte))
    return new InputError(this.file, this.line, `is not JSON: expected ${expected}, found ${found}`)
  }
}

function endsScalar(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_LIST || WHITE_SPACE.includes(byte)
}
