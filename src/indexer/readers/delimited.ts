import { pipeline, Readable } from 'node:stream'
import { CsvError, type Info, parse, type Parser } from 'csv-parse'
import { ConfigurationError, InputError } from '../../errors.js'
import type { Input } from './input.js'
import { normalizeMaxRecordBytes, type RecordLimits } from './json-lines.js'
import { checkUtf8 } from './lines.js'
import type { ReadValue } from './raw-record.js'

export interface DelimitedOptions extends RecordLimits {
  /** What stands between two columns: one character. */
  readonly delimiter: string
}

/**
 * Reads comma- or tab-separated values (RFC 4180) whose first row names the columns, as they arrive. Every value is a
 * string; an empty one is null, because an engine refuses an empty string for a number or a date.
 *
 * @param input UTF-8; a byte-order mark is fine
 * @returns a row of another length than the header as a broken one
 * @throws InputError naming file and line for names given twice, quotes that do not close, and what is not UTF-8
 */
export async function* readDelimited(
  input: Input,
  options: DelimitedOptions,
): AsyncGenerator<ReadValue, void, undefined> {
  const maxRecordBytes = normalizeMaxRecordBytes(options)
  const parser = parse({
    bom: true,
    columns: (names: readonly string[]) => nameColumns(names, input.name),
    delimiter: normalizeDelimiter(options.delimiter),
    info: true,
    max_record_size: maxRecordBytes,
    raw: true,
    // Such rows are told of with the error, and the reader goes on.
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
  })
  const blocks = Readable.from(checkUtf8(input, maxRecordBytes), { objectMode: false })
  // The error reaches whoever reads the parser.
  pipeline(blocks, parser, () => undefined)
  yield* readRows(parser, input.name)
}

/** What the parser gives with `info` and `raw`. */
interface ParsedRow {
  readonly record: Readonly<Record<string, string>>
  readonly raw: string
  /** With the error of a row of another length, which the declarations leave out. */
  readonly info: Info & { readonly error?: CsvError }
}

async function* readRows(parser: Parser, file: string): AsyncGenerator<ReadValue, void, undefined> {
  // The parser counts CRLF within quotes as two lines.
  let countedTwice = 0
  try {
    for await (const { record, raw, info } of parser as AsyncIterable<ParsedRow>) {
      const within = raw.trim()
      countedTwice += countMatches(within, /\r\n/g)
      const lastLine = info.lines - countedTwice
      const line = lastLine - countMatches(within, /\r\n|\n|\r/g)
      if (info.error === undefined) yield { value: withoutEmptyStrings(record), line }
      else yield { broken: new InputError(file, line, ruleOf(info.error)), raw: within, line }
    }
  } catch (error) {
    throw error instanceof CsvError ? toInputError(error, file, countedTwice) : error
  }
}

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

function withoutEmptyStrings(record: Readonly<Record<string, string>>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, value === '' ? null : value]),
  )
}

/**
 * A column without a name, as pandas writes its row numbers, is called by its place: `column_1`.
 *
 * @throws InputError for a name given twice
 */
function nameColumns(header: readonly string[], file: string): string[] {
  const names = header.map((name, position) => (name.trim() === '' ? `column_${position + 1}` : name.trim()))
  const twice = names.find((name, position) => names.indexOf(name) !== position)
  if (twice !== undefined) {
    throw new InputError(file, 1, `names the column "${twice}" twice; give each a name of its own`)
  }
  return names
}

/** @throws ConfigurationError naming `delimiter` */
export function normalizeDelimiter(delimiter: string): string {
  const character = delimiter === '\\t' ? '\t' : delimiter
  if (!/^[^"\r\n]$/u.test(character)) {
    throw new ConfigurationError(
      'delimiter',
      'must be one character, not a quote or a line end (\\t for a tab)',
      delimiter,
    )
  }
  return character
}

function toInputError(error: CsvError, file: string, countedTwice: number): InputError {
  const line = typeof error.lines === 'number' ? error.lines - countedTwice : undefined
  return new InputError(file, line, ruleOf(error), { cause: error })
}

const RULES: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'is in a quoted value that the file ends in the middle of',
  INVALID_OPENING_QUOTE:
    'has a quote inside a value that does not begin with one; quote the whole value and double the quote',
  CSV_INVALID_CLOSING_QUOTE:
    'has something between a closing quote and the next column; double a quote that belongs to the value',
  CSV_MAX_RECORD_SIZE:
    'is in a row longer than the limit for one; a quote that does not close can be the reason',
}

function ruleOf(error: CsvError): string {
  if (error.code === 'CSV_RECORD_INCONSISTENT_COLUMNS') {
    return `has ${countOf(error.record)} columns, the header has ${countOf(error.columns)}`
  }
  return RULES[error.code] ?? error.message
}

function countOf(list: unknown): string {
  return Array.isArray(list) ? String(list.length) : 'other'
}
