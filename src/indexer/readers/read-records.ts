import { ConfigurationError, InputError } from '../../errors.js'
import { isBulkAction, readBulkLines } from './bulk-lines.js'
import { countBytes, peek } from './byte-stream.js'
import { decompress } from './compression.js'
import { readDeadLetterLines } from './dead-letter-lines.js'
import { normalizeDelimiter, readDelimited } from './delimited.js'
import { detectFormat, INPUT_FORMATS, type InputFormat } from './format.js'
import type { Input } from './input.js'
import { type JsonLine, readJsonLines, type RecordLimits } from './json-lines.js'
import { readJsonValues } from './json-values.js'
import type { RawBroken, RawRecord, ReadValue } from './raw-record.js'
import { detectEncoding, ENCODING_SAMPLE_BYTES, normalizeEncoding, toUtf8 } from './text-encoding.js'

export interface ReadOptions extends RecordLimits {
  /** Default: by the first bytes, then by the extension; JSON lines where neither tells. */
  readonly format?: InputFormat
  /** Encoding of texts, for example `euc-kr`. Default: byte-order mark, else UTF-8; CSV may turn out to be Korean. */
  readonly encoding?: string
  /** What stands between two columns. Default: a comma, a tab for `tsv`. */
  readonly delimiter?: string
  /** Told what was guessed about an input. */
  readonly onNotice?: (notice: string) => void
}

/**
 * Reads an input of any format, compressed or not, as a stream of records.
 *
 * @throws InputError naming file, line or row, and rule
 * @throws ConfigurationError naming an option
 */
export async function* readRecords(
  input: Input,
  options: ReadOptions = {},
): AsyncGenerator<RawRecord, void, undefined> {
  for await (const record of readAllRecords(input, options)) {
    if ('broken' in record) throw record.broken
    yield record
  }
}

/**
 * The same with those that cannot be read, as far as they can be told from the ones behind them.
 *
 * @throws InputError naming file, line and rule for a file that cannot be read on
 * @throws ConfigurationError naming an option
 */
export async function* readAllRecords(
  input: Input,
  options: ReadOptions = {},
): AsyncGenerator<RawRecord | RawBroken, void, undefined> {
  const reading = new Reading(input, normalizeReadOptions(options))
  for await (const read of reading.values()) {
    const { line, row, target } = read
    const place = { ...(line !== undefined && { line }), ...(row !== undefined && { row }) }
    yield {
      ...('broken' in read ? { broken: read.broken, raw: read.raw } : { value: read.value }),
      origin: { file: input.name, ...place },
      ...(target !== undefined && { target }),
      bytesRead: reading.bytesRead,
    }
  }
}

/** @throws ConfigurationError naming the option */
export function normalizeReadOptions(options: ReadOptions): Readonly<ReadOptions> {
  const { format, encoding, delimiter } = options
  if (format !== undefined && !INPUT_FORMATS.includes(format)) {
    throw new ConfigurationError('format', `must be one of ${INPUT_FORMATS.join(', ')}`, format)
  }
  return Object.freeze({
    ...options,
    ...(encoding !== undefined && { encoding: normalizeEncoding(encoding) }),
    ...(delimiter !== undefined && { delimiter: normalizeDelimiter(delimiter) }),
  })
}

/** One input while it is read. */
class Reading {
  /** Bytes of the input, as it is stored, that were taken in so far. */
  bytesRead = 0

  constructor(
    private readonly input: Input,
    private readonly options: Readonly<ReadOptions>,
  ) {}

  async *values(): AsyncGenerator<ReadValue, void, undefined> {
    const { name } = this.input
    const counted = countBytes(this.input.bytes, (total) => (this.bytesRead = total))
    const plain = await decompress(counted, name)
    const { head, bytes } = await peek(plain.bytes, ENCODING_SAMPLE_BYTES)
    const format = this.options.format ?? detectFormat(name, head)
    if (format !== 'parquet') {
      yield* this.readText(format, this.decoded(format, head, bytes))
    } else if (plain.compression === undefined && this.input.path !== undefined) {
      await bytes.return()
      yield* this.readTable(this.input)
    } else yield* this.readTable({ name, bytes })
  }

  private async *readTable(input: Input): AsyncGenerator<ReadValue, void, undefined> {
    // Its codecs take every command longer to start than most inputs are worth.
    const { readParquet } = await import('./parquet.js')
    for await (const { value, row, bytesRead } of readParquet(input)) {
      this.bytesRead = Math.max(this.bytesRead, bytesRead)
      yield { value, row }
    }
  }

  /** The input as UTF-8. */
  private decoded(format: InputFormat, head: Uint8Array, bytes: AsyncIterable<Uint8Array>): Input {
    const input = { name: this.input.name, bytes }
    if (this.options.encoding !== undefined) {
      return { ...input, bytes: toUtf8(input, this.options.encoding) }
    }
    const { encoding, isGuess } = detectEncoding(head, format === 'csv' || format === 'tsv')
    if (isGuess) {
      this.options.onNotice?.(`${input.name} is not UTF-8: read as ${encoding}; --encoding names another`)
    }
    return { ...input, bytes: toUtf8(input, encoding) }
  }

  private readText(format: Exclude<InputFormat, 'parquet'>, input: Input): AsyncIterable<ReadValue> {
    const { delimiter } = this.options
    switch (format) {
      case 'jsonl':
        return this.readLines(input)
      case 'bulk':
        return readBulkLines(readJsonLines(input, this.options), input.name)
      case 'dead-letters':
        return readDeadLetterLines(readJsonLines(input, this.options), input.name)
      case 'json':
        return readJsonValues(input, this.options)
      case 'csv':
        return readDelimited(input, { ...this.options, delimiter: delimiter ?? ',' })
      case 'tsv':
        return readDelimited(input, { ...this.options, delimiter: delimiter ?? '\t' })
    }
  }

  /** JSON lines, or a bulk file, which the first line tells unless a format is named. */
  private async *readLines(input: Input): AsyncGenerator<ReadValue, void, undefined> {
    const lines = readJsonLines(input, this.options)
    if (this.options.format !== undefined) {
      yield* lines
      return
    }
    const first = await lines.next()
    if (first.done === true) return
    if ('broken' in first.value) throw withoutFormat(first.value.broken)
    const all = withFirst(first.value, lines)
    yield* isBulkAction(first.value.value) ? readBulkLines(all, input.name) : all
  }
}

/** Nobody knows then whether the file is a bulk file, and actions must not be taken for documents. */
function withoutFormat({ file, line, rule, cause }: InputError): InputError {
  const wayOut = 'the first line tells JSON lines from a bulk file, unless --format names one'
  return new InputError(file, line, `${rule}; ${wayOut}`, { cause })
}

async function* withFirst(
  first: JsonLine,
  others: AsyncIterable<JsonLine>,
): AsyncGenerator<JsonLine, void, undefined> {
  yield first
  yield* others
}
