/**
 * Reads inputs far larger than the memory that reading may take, and prints speed and resident memory on the way.
 *
 *   node --import ./bench/typescript.cjs bench/ingest/readers.ts [--gigabytes 2] [FILE...]
 *
 * Without files, each text format is read from a stream that is made up as it is read. A file can be of any format,
 * Parquet too.
 */
import { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { createGzip } from 'node:zlib'
import { fileInput, type Input, streamInput } from '../../src/indexer/readers/input.js'
import { readRecords } from '../../src/indexer/readers/read-records.js'
import { describeMachine } from '../machine.js'

const BLOCK_RECORDS = 1_000
const MEBIBYTE = 1024 * 1024
const QUARTERS = 4

/** How a format writes its start, one record and what stands between two. */
interface Layout {
  readonly start: string
  readonly record: (number: number) => string
  readonly between: string
  readonly end: string
}

const TEXT =
  '오래된 돌다리는 마차를 건넸다. The stone bridge has carried carts for six hundred years. '.repeat(6)
const LINES: Pick<Layout, 'between' | 'end'> = { between: '\n', end: '\n' }

const LAYOUTS: Readonly<Record<string, Layout>> = {
  'made.jsonl': { start: '', record: (number) => JSON.stringify({ id: number, text: TEXT }), ...LINES },
  'made.json': {
    start: '[\n',
    record: (number) => JSON.stringify({ id: number, text: TEXT }),
    between: ',\n',
    end: '\n]\n',
  },
  'bulk.ndjson': {
    start: '',
    record: (number) => `{"index":{"_id":"${number}"}}\n${JSON.stringify({ text: TEXT })}`,
    ...LINES,
  },
  'made.csv': { start: 'id,text\n', record: (number) => `${number},"${TEXT}"`, ...LINES },
}

async function* make({ start, record, between, end }: Layout, bytes: number): AsyncGenerator<Buffer> {
  yield Buffer.from(start)
  for (let number = 0, made = 0; made < bytes; number += BLOCK_RECORDS) {
    const records = Array.from({ length: BLOCK_RECORDS }, (_, offset) => record(number + offset))
    const block = Buffer.from((number > 0 ? between : '') + records.join(between))
    made += block.length
    yield await Promise.resolve(block)
  }
  yield Buffer.from(end)
}

function madeInputs(bytes: number): readonly Input[] {
  const inputs = Object.entries(LAYOUTS).map(([name, layout]) => streamInput(make(layout, bytes), name))
  const lines = LAYOUTS['made.jsonl']!
  const packed = Readable.from(make(lines, bytes), { objectMode: false }).pipe(createGzip({ level: 1 }))
  return [...inputs, streamInput(packed, 'made.jsonl.gz')]
}

async function measure(input: Input, report: (line: string) => void): Promise<void> {
  const startedAt = performance.now()
  let records = 0
  let textBytes = 0
  let peak = 0
  const samples: number[] = []
  for await (const { value } of readRecords(input)) {
    records += 1
    textBytes += Buffer.byteLength(JSON.stringify(value))
    if (records % 10_000 !== 0) continue
    const resident = process.memoryUsage.rss()
    samples.push(resident)
    peak = Math.max(peak, resident)
  }
  const seconds = (performance.now() - startedAt) / 1000
  const at = (quarter: number): string =>
    megabytes(samples[Math.ceil((samples.length * quarter) / QUARTERS) - 1] ?? peak)
  const quarters = Array.from({ length: QUARTERS }, (_, index) => index + 1)
    .map(at)
    .join(' / ')
  const rate = `${Math.round(records / seconds)} records/s, ${Math.round(textBytes / MEBIBYTE / seconds)} MiB/s`
  report(
    `${input.name}: ${records} records, ${Math.round(textBytes / MEBIBYTE)} MiB of JSON, ${rate}; ` +
      `resident MiB after each quarter ${quarters}, peak ${megabytes(peak)}`,
  )
}

function megabytes(bytes: number): string {
  return String(Math.round(bytes / MEBIBYTE))
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { gigabytes: { type: 'string', default: '2' } },
})
const files = positionals.map((path) => fileInput(path))
const inputs = files.length > 0 ? files : madeInputs(Number(values.gigabytes) * 1024 * MEBIBYTE)
console.log(JSON.stringify(describeMachine()))
for (const input of inputs) await measure(input, console.log)
