import { createHash } from 'node:crypto'
import type { Figures, Metric } from '../src/dashboards/definition.js'
import type { FigureRow } from '../src/dashboards/panel-figures.js'
import type { EventSource } from '../src/dashboards/panel-request.js'
import type { TelemetryEvent } from '../src/telemetry/events.js'
import type { Dataset } from '../src/telemetry/streams.js'

type Value = string | number | boolean

/** An event as a panel may look at it: written by hand from what happened, apart from the code that writes documents. */
export interface LedgerEntry {
  readonly dataset: Dataset
  readonly atMs: number
  readonly fields: Readonly<Record<string, Value | undefined>>
}

const MAX_TOKENS = 64

/** @returns one entry for the event, and one for each of a query's heaviest tokens */
export function toLedger(event: TelemetryEvent, atMs: number): readonly LedgerEntry[] {
  const entry = (dataset: Dataset, fields: LedgerEntry['fields']): LedgerEntry => ({ dataset, atMs, fields })
  switch (event.type) {
    case 'query': {
      const { index, model, tokens, timings, hits, text } = event
      const hash = text && createHash('sha256').update(text).digest('hex').slice(0, 32)
      const head = { 'splade.index': index, 'splade.model': model, 'splade.query.hash': hash }
      const added = tokens.filter(({ expansion }) => expansion).length
      const whole = entry('splade.query', {
        ...head,
        'splade.query.text': text,
        'splade.query.active_tokens': tokens.length,
        'splade.query.expansion_tokens': added,
        'splade.query.expansion_share': tokens.length > 0 ? float(added / tokens.length) : undefined,
        'splade.query.pruned_tokens': event.prunedTokens,
        'splade.query.zero_result': hits === 0,
        'splade.query.top_score': float(event.topScore),
        'splade.query.encode_ms': float(timings.encodeMs),
        'splade.query.engine_ms': float(timings.engineMs),
        'splade.query.other_ms': float(Math.max(0, timings.totalMs - timings.encodeMs - timings.engineMs)),
        'splade.query.total_ms': float(timings.totalMs),
      })
      const parts = tokens.slice(0, MAX_TOKENS).map(({ token, weight, expansion, contribution }) =>
        entry('splade.token', {
          ...head,
          'splade.token.name': token,
          'splade.token.weight': float(weight),
          'splade.token.expansion': expansion,
          'splade.token.contribution': float(contribution),
        }),
      )
      return [whole, ...parts]
    }
    case 'ingest': {
      const { documents, encoded, busyMs, intervalMs } = event
      const mean = (sum: number): number | undefined =>
        float(encoded.documents > 0 ? sum / encoded.documents : undefined)
      const processed = documents.indexed + documents.unchanged
      return [
        entry('splade.ingest', {
          'splade.index': event.index,
          'event.outcome': documents.deadLettered > 0 ? 'failure' : 'success',
          'splade.ingest.command': event.command,
          'splade.ingest.encoded': encoded.documents,
          'splade.ingest.indexed': documents.indexed,
          'splade.ingest.unchanged': documents.unchanged,
          'splade.ingest.skipped': documents.skipped,
          'splade.ingest.dead_lettered': documents.deadLettered,
          'splade.ingest.retries': event.retries,
          'splade.ingest.truncated': encoded.truncated,
          'splade.ingest.fragmented': encoded.fragmented,
          'splade.ingest.documents_per_second': float(
            intervalMs > 0 ? (processed * 1000) / intervalMs : undefined,
          ),
          'splade.ingest.encoding_ms': float(busyMs.encoding),
          'splade.ingest.writing_ms': float(busyMs.writing),
          'splade.ingest.tokens.mean': mean(encoded.tokens.sum),
          'splade.ingest.tokens.max': encoded.documents > 0 ? encoded.tokens.max : undefined,
          'splade.ingest.active_tokens.mean': mean(encoded.activeTokens.sum),
          'splade.ingest.active_tokens.max': encoded.documents > 0 ? encoded.activeTokens.max : undefined,
        }),
      ]
    }
    case 'write': {
      const { documents, truncated, fragmented, tokens, activeTokens } = event.encoded
      return [
        entry('splade.ingest', {
          'splade.index': event.index,
          'event.outcome': 'success',
          'splade.ingest.command': 'proxy',
          'splade.ingest.encoded': documents,
          'splade.ingest.truncated': truncated,
          'splade.ingest.fragmented': fragmented,
          'splade.ingest.tokens.mean': float(tokens.sum / documents),
          'splade.ingest.tokens.max': tokens.max,
          'splade.ingest.active_tokens.mean': float(activeTokens.sum / documents),
          'splade.ingest.active_tokens.max': activeTokens.max,
        }),
      ]
    }
    case 'quality':
      return [
        entry('splade.quality', {
          'splade.model': event.model,
          'splade.quality.dataset': event.dataset,
          'splade.quality.method': event.method,
          ...Object.fromEntries(
            Object.entries(event.ndcg).map(([depth, ndcg]) => [`splade.quality.ndcg_${depth}`, float(ndcg)]),
          ),
          'splade.quality.recall_100': float(event.recall100),
          'splade.quality.mrr_10': float(event.mrr10),
        }),
      ]
    case 'proxy':
      return [
        entry('splade.proxy', {
          'http.request.method': event.method,
          'splade.proxy.kind': event.kind,
          'splade.proxy.refused': event.refused,
          'splade.proxy.status_class': `${String(event.status)[0] ?? ''}xx`,
          'event.outcome': event.status >= 500 ? 'failure' : 'success',
          'event.duration': Math.round(event.durationMs * 1e6),
          'splade.proxy.encode_ms': float(event.timings?.encodeMs),
          'splade.proxy.engine_ms': float(event.timings?.engineMs),
          'splade.proxy.own_ms': float(event.timings?.ownMs),
        }),
      ]
  }
}

/** The engine keeps such fields in 32 bits. */
function float(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.fround(value)
}

/** A group of events, with the values that percentiles are judged by. */
export interface ExpectedRow extends FigureRow {
  /** Values of each percentile's field, in order; of other metrics, none. */
  readonly sorted: readonly (readonly number[])[]
}

/** What a panel has to show, all groups and in no order: its `size` is not looked at. */
export function expectedRows(
  ledger: readonly LedgerEntry[],
  { dataset, only, buckets, metrics }: Figures & EventSource,
  timeIntervalMs: number,
): readonly ExpectedRow[] {
  const events = ledger.filter(
    (event) => event.dataset === dataset && (only === undefined || event.fields[only.field] === only.value),
  )
  const groups = new Map<string, { keys: (string | number)[]; events: LedgerEntry[] }>()
  for (const event of events) {
    const keys = buckets.map((bucket) => {
      if (bucket.by === 'time') return Math.floor(event.atMs / timeIntervalMs) * timeIntervalMs
      const value = event.fields[bucket.field]
      if (bucket.by === 'value') return value as string | undefined
      return Math.floor(Number(value) / bucket.width) * bucket.width
    })
    if (keys.some((key) => key === undefined)) continue
    const name = JSON.stringify(keys)
    const group = groups.get(name) ?? { keys: keys as (string | number)[], events: [] }
    groups.set(name, group)
    group.events.push(event)
  }
  return [...groups.values()].map(({ keys, events: own }) => ({
    keys,
    values: metrics.map((metric) => valueOf(metric, own)),
    sorted: metrics.map((metric) => (metric.op === 'percentile' ? numbersOf(metric.field, own) : [])),
  }))
}

function numbersOf(field: string, events: readonly LedgerEntry[]): readonly number[] {
  return events
    .flatMap(({ fields: { [field]: value } }) => (value === undefined ? [] : [Number(value)]))
    .sort((a, b) => a - b)
}

function valueOf(metric: Metric, events: readonly LedgerEntry[]): number | string | null {
  if (metric.op === 'count') return events.length
  if (metric.op === 'shared') return String(events[0]?.fields[metric.field])
  const numbers = numbersOf(metric.field, events)
  const sum = numbers.reduce((a, b) => a + b, 0)
  if (metric.op === 'sum') return sum
  if (numbers.length === 0) return null
  switch (metric.op) {
    case 'average':
      return sum / numbers.length
    case 'min':
      return numbers[0] ?? null
    case 'max':
      return numbers.at(-1) ?? null
    case 'percentile':
      return numbers[Math.ceil((metric.percent / 100) * numbers.length) - 1] ?? null
  }
}

/** The engine's percentiles are those of a sketch, which is off in rank by so much of all, and mixes neighbours. */
const PERCENTILE_SLACK = 0.01
const PERCENTILE_ERROR = 0.02
const RELATIVE_ERROR = 1e-5

/**
 * Compares what a panel shows with what it has to show.
 *
 * @returns what differs, in words; empty where all is equal
 */
export function differences(
  figures: Figures,
  shown: readonly FigureRow[],
  expected: readonly ExpectedRow[],
): readonly string[] {
  const known = new Map(expected.map((row) => [JSON.stringify(row.keys), row]))
  const wrong = shown.flatMap(({ keys, values }) => {
    const name = JSON.stringify(keys)
    const row = known.get(name)
    if (row === undefined) return [`${name} is not among the events`]
    return figures.metrics.flatMap((metric, place) =>
      isRight(metric, values[place] ?? null, row, place)
        ? []
        : [`${name}: ${metric.label} is ${values[place]}, counted ${row.values[place]}`],
    )
  })
  const size = Math.min(expected.length, sizeOf(figures))
  return shown.length === size ? wrong : [...wrong, `${shown.length} groups, counted ${size}`]
}

function isRight(metric: Metric, shown: number | string | null, row: ExpectedRow, place: number): boolean {
  const counted = row.values[place] ?? null
  if (typeof shown !== 'number' || typeof counted !== 'number') return shown === counted
  if (metric.op !== 'percentile')
    return Math.abs(shown - counted) <= RELATIVE_ERROR * Math.max(1, Math.abs(counted))
  const sorted = row.sorted[place] ?? []
  const at = (part: number): number => sorted[Math.max(0, Math.min(sorted.length - 1, part))] ?? 0
  const rank = (metric.percent / 100) * sorted.length
  const slack = Math.max(1, PERCENTILE_SLACK * sorted.length)
  return (
    shown >= at(Math.floor(rank - slack) - 1) * (1 - PERCENTILE_ERROR) &&
    shown <= at(Math.ceil(rank + slack)) * (1 + PERCENTILE_ERROR)
  )
}

/** Groups that a panel shows at most: one bucket's size; with buckets in buckets none of ours is ever full. */
function sizeOf({ buckets: [first, ...others] }: Figures): number {
  return first?.by === 'value' && others.length === 0 ? first.size : Infinity
}
