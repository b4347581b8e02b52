import { writeFile } from 'node:fs/promises'
import { Option } from 'commander'
import { type LoadEvent, settledOf } from '../indexer/events.js'
import type { ReportCounts, Row } from './report-counts.js'
import { escape, histogram, linePlot } from './svg-plot.js'
import { note, type Terminal } from './terminal.js'

/** Points of the throughput plot at most; then every other one is left out. */
const MAX_SAMPLES = 1_000
const FIRST_SAMPLE_MS = 500

/** What a report speaks of beside the run. */
export interface ReportHeading {
  readonly title: string
  readonly model: string
  /** Names of what the documents came from. */
  readonly from: readonly string[]
}

/** `--report FILE`. */
export function reportOption(): Option {
  return new Option('--report <file>', 'write a report with plots as an HTML file that needs nothing else')
}

/** Writes a report; a failure is only told, since what the load has done is done. */
export async function writeReport(terminal: Terminal, file: string, html: string): Promise<void> {
  await writeFile(file, html).catch((error: unknown) => {
    note(terminal, `warning: the report could not be written: ${(error as Error).message}`)
  })
}

/** Collects what a report shows, in memory that does not grow with the run. */
export class LoadRecorder {
  private readonly startedAt: number
  private samples: (readonly [seconds: number, documents: number])[] = [[0, 0]]
  private sampleEveryMs = FIRST_SAMPLE_MS
  private lastSampleAt = 0
  private first: number | undefined
  private readonly tokens = new Map<number, number>()
  private readonly active = new Map<number, number>()
  private readonly refusals = new Map<string, number>()
  private retries = 0
  private truncated = 0

  /** @param now milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.startedAt = now()
  }

  see(event: LoadEvent): void {
    if (event.type === 'progress') this.sample(settledOf(event.counts))
    if (event.type === 'retry') this.retries += 1
    if (event.type === 'dead-letter') count(this.refusals, event.reason)
    if (event.type !== 'encoded') return
    this.truncated += event.truncated
    for (const value of event.tokenCounts) count(this.tokens, value)
    for (const value of event.activeTokens) count(this.active, value)
  }

  /** A page that shows itself: no request goes out from it. */
  toHtml(heading: ReportHeading, counts: ReportCounts): string {
    const rates = ratesOf(this.samples)
    const plots = [
      linePlot({ title: 'Throughput', labels: { x: 'seconds', y: 'documents/s' }, points: rates }),
      histogram('Lengths of documents', 'tokens', this.tokens),
      histogram('Tokens with a weight', 'active tokens of a document', this.active),
    ]
    return page(heading, [
      ...countTables(counts, [
        ['ends left out', this.truncated],
        ['seconds', (counts.elapsedMs / 1000).toFixed(1)],
        ['retries', this.retries],
      ]),
      ...plots,
      table([
        ...statisticsOf('tokens of a document', this.tokens),
        ...statisticsOf('active tokens', this.active),
      ]),
      ...(this.refusals.size > 0 ? ['<h2>Refused, by reason</h2>', table(mostFrequent(this.refusals))] : []),
    ])
  }

  private sample(settled: number): void {
    // A run that goes on begins with what was settled before.
    this.first ??= settled
    const at = this.now() - this.startedAt
    if (at - this.lastSampleAt < this.sampleEveryMs) return
    this.lastSampleAt = at
    this.samples.push([at / 1000, settled - this.first])
    if (this.samples.length < MAX_SAMPLES) return
    this.samples = this.samples.filter((_, position) => position % 2 === 0)
    this.sampleEveryMs *= 2
  }
}

const REASONS_SHOWN = 20

function mostFrequent(counts: ReadonlyMap<string, number>): readonly Row[] {
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, REASONS_SHOWN)
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** Documents a second between one sample and the next. */
function ratesOf(samples: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  return samples.slice(1).map(([seconds, documents], position) => {
    const [before, documentsBefore] = samples[position] ?? [0, 0]
    return [seconds, (documents - documentsBefore) / Math.max(seconds - before, 1e-3)]
  })
}

/** Of a run that went on, the whole load first, then itself: plots and all that follows speak of it alone. */
function countTables({ load, run }: ReportCounts, more: readonly Row[]): readonly string[] {
  const own = table([...run, ...more])
  return load === undefined ? [own] : ['<h2>The whole load</h2>', table(load), '<h2>This run</h2>', own]
}

/** Mean, median and 95th percentile. */
function statisticsOf(name: string, counts: ReadonlyMap<number, number>): readonly Row[] {
  const sorted = [...counts].sort(([a], [b]) => a - b)
  const total = sorted.reduce((sum, [, many]) => sum + many, 0)
  if (total === 0) return []
  const at = (share: number): number => {
    let seen = 0
    return sorted.find(([, many]) => (seen += many) >= share * total)?.[0] ?? 0
  }
  const mean = sorted.reduce((sum, [value, many]) => sum + value * many, 0) / total
  return [
    [`${name}, mean`, mean.toFixed(1)],
    [`${name}, median`, at(0.5)],
    [`${name}, 95th percentile`, at(0.95)],
    [`${name}, largest`, sorted.at(-1)?.[0] ?? 0],
  ]
}

function table(rows: readonly Row[]): string {
  const cells = rows.map(
    ([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(String(value))}</td></tr>`,
  )
  return `<table>${cells.join('')}</table>`
}

const STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}' +
  'svg{width:100%;height:auto;margin:1rem 0}table{border-collapse:collapse}' +
  'th,td{text-align:left;font-weight:normal;padding:.15rem 1rem .15rem 0;border-bottom:1px solid #8884}' +
  'td{text-align:right;font-variant-numeric:tabular-nums}'

function page({ title, model, from }: ReportHeading, parts: readonly string[]): string {
  const named = from.length > 3 ? [...from.slice(0, 3), `${from.length - 3} more`] : from
  return (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<title>${escape(title)}</title><style>${STYLE}</style></head><body>\n<h1>${escape(title)}</h1>\n` +
    `<p>Model ${escape(model)}, from ${escape(named.join(', '))}.</p>\n${parts.join('\n')}\n</body></html>\n`
  )
}
