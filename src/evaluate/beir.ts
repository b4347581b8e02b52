import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../errors.js'
import { fileInput } from '../indexer/readers/input.js'
import { decodeUtf8, DEFAULT_MAX_RECORD_BYTES, splitLines } from '../indexer/readers/lines.js'
import type { Judgements } from './metrics.js'

/** A record of `corpus.jsonl`. */
export interface BeirDocument {
  readonly id: string
  /** Empty where the record has none. */
  readonly title: string
  readonly text: string
}

/** A record of `queries.jsonl`. */
export interface BeirQuery {
  readonly id: string
  readonly text: string
}

/** Query id -> judged documents. */
export type Qrels = ReadonlyMap<string, Judgements>

/**
 * The documents of a BEIR folder, one by one.
 *
 * @throws InputError naming file, line and field
 */
export async function* readCorpus(directory: string): AsyncGenerator<BeirDocument> {
  for await (const record of readRecords(join(directory, 'corpus.jsonl'))) {
    yield { id: record.id, title: record.string('title', ''), text: record.string('text') }
  }
}

/**
 * All queries of a BEIR folder, judged or not.
 *
 * @throws InputError naming file, line and field
 */
export async function readQueries(directory: string): Promise<readonly BeirQuery[]> {
  const queries: BeirQuery[] = []
  for await (const record of readRecords(join(directory, 'queries.jsonl'))) {
    queries.push({ id: record.id, text: record.string('text') })
  }
  return queries
}

/**
 * The judgements of a BEIR folder, `qrels/SPLIT.tsv`: a header line, then query id, document id and an integer
 * grade between tabs.
 *
 * @param split name of the file without `.tsv`. Default: `test`, or the only file that there is
 * @throws InputError naming file and line, or the splits that there are
 */
export async function readQrels(directory: string, split?: string): Promise<Qrels> {
  const folder = join(directory, 'qrels')
  const file = join(folder, `${split ?? (await defaultSplit(folder))}.tsv`)
  const qrels = new Map<string, Map<string, number>>()
  for await (const { number, text } of readLines(file)) {
    if (number === 1 && isHeader(text)) continue
    const [query, document, grade] = parseQrel(file, number, text)
    const judgements = qrels.get(query)
    if (judgements === undefined) qrels.set(query, new Map([[document, grade]]))
    else judgements.set(document, grade)
  }
  if (qrels.size === 0) throw new InputError(file, undefined, 'has no judgements')
  return qrels
}

interface Line {
  /** 1-based. */
  readonly number: number
  readonly text: string
}

class JsonRecord {
  readonly id: string

  /** @param lines of the ids so far, which this one joins: a document found twice would count twice */
  constructor(
    private readonly file: string,
    private readonly line: number,
    private readonly fields: Readonly<Record<string, unknown>>,
    lines: Map<string, number>,
  ) {
    this.id = this.string('_id')
    const first = lines.get(this.id)
    if (first !== undefined)
      throw new InputError(file, line, `id ${JSON.stringify(this.id)} is that of line ${first} already`)
    lines.set(this.id, line)
  }

  /** @param absent what a missing field means; without it the field is required */
  string(field: string, absent?: string): string {
    const value = this.fields[field] ?? absent
    if (typeof value === 'string') return value
    const found = value === undefined ? 'missing' : JSON.stringify(value)
    throw new InputError(this.file, this.line, `field "${field}" must be a string, is ${found}`)
  }
}

async function* readRecords(file: string): AsyncGenerator<JsonRecord> {
  const lines = new Map<string, number>()
  for await (const { number, text } of readLines(file)) {
    yield new JsonRecord(file, number, parseObject(file, number, text), lines)
  }
}

/** Lines that are not blank, read as files to be indexed are. */
async function* readLines(file: string): AsyncGenerator<Line> {
  for await (const { bytes, line } of splitLines(fileInput(file), DEFAULT_MAX_RECORD_BYTES)) {
    const text = decodeUtf8(bytes, file, line, 'convert the file first').replace(/\r$/, '')
    if (text.trim() !== '') yield { number: line, text }
  }
}

function parseObject(file: string, line: number, text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new InputError(file, line, `must be a JSON object: ${messageOf(cause)}`, { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(file, line, 'must be a JSON object')
  }
  return value as Readonly<Record<string, unknown>>
}

function isHeader(text: string): boolean {
  return text.startsWith('query-id\t')
}

function parseQrel(
  file: string,
  line: number,
  text: string,
): [query: string, document: string, grade: number] {
  const [query, document, grade, ...rest] = text.split('\t')
  if (query === undefined || document === undefined || grade === undefined || rest.length > 0) {
    throw new InputError(file, line, 'must be a query id, a document id and a grade between tabs')
  }
  if (!/^-?\d+$/.test(grade.trim())) {
    throw new InputError(file, line, `grade must be an integer, is ${JSON.stringify(grade)}`)
  }
  return [query, document, Number(grade)]
}

async function defaultSplit(folder: string): Promise<string> {
  const files = await readdir(folder).catch((cause: unknown) => {
    const layout = 'a folder in BEIR layout has corpus.jsonl, queries.jsonl and qrels/*.tsv'
    throw new InputError(folder, undefined, `cannot be read: ${messageOf(cause)}; ${layout}`, { cause })
  })
  const splits = files.filter((name) => name.endsWith('.tsv')).map((name) => name.slice(0, -'.tsv'.length))
  if (splits.includes('test')) return 'test'
  const [only, ...others] = splits
  if (only === undefined) throw new InputError(folder, undefined, 'has no .tsv file')
  if (others.length > 0) {
    throw new InputError(folder, undefined, `choose one of its splits: ${splits.sort().join(', ')}`)
  }
  return only
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
