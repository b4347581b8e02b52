import type { JsonObject } from '../engine/json.js'
import { type Dataset, STREAM_TYPE } from '../telemetry/streams.js'
import {
  type Bucket,
  type EventCondition,
  type Figures,
  type Metric,
  orderingMetric,
  type Panel,
} from './definition.js'

/** Pattern of the streams that hold the events of a dataset, in every namespace. */
export function datasetPattern(dataset: Dataset): string {
  return `${STREAM_TYPE}-${dataset}-*`
}

/**
 * The aggregations of a panel: each bucket holds the next one, and every bucket the metrics, so that it can be ordered
 * by the first number of them.
 *
 * @param time the aggregation for buckets of time, which depends on who asks
 */
export function figureAggregations(figures: Figures, time: JsonObject): JsonObject {
  const metrics = figures.metrics.flatMap((metric, place): [string, JsonObject][] =>
    metric.op === 'count' ? [] : [[metricName(place), metricAggregation(metric)]],
  )
  const ordering = orderingMetric(figures.metrics)
  const order = figures.metrics[ordering]?.op === 'count' ? '_count' : metricName(ordering)
  const nest = (depth: number): JsonObject => {
    const bucket = figures.buckets[depth]
    if (bucket === undefined) return {}
    const aggs = { ...Object.fromEntries(metrics), ...nest(depth + 1) }
    const own = bucketAggregation(bucket, time, order)
    return { [bucketName(depth)]: { ...own, ...(Object.keys(aggs).length > 0 && { aggs }) } }
  }
  return figures.buckets.length > 0 ? nest(0) : Object.fromEntries(metrics)
}

/** Name of a bucket in a request and its answer. */
export function bucketName(place: number): string {
  return `bucket${place}`
}

/** Name of a metric in a request and its answer. */
export function metricName(place: number): string {
  return `metric${place}`
}

/** Which events a request is about. */
export interface Scope {
  /** Milliseconds since 1970. */
  readonly fromMs: number
  readonly toMs: number
  /** Field -> values, one of which it has to have. */
  readonly filters: Readonly<Record<string, readonly string[]>>
}

/** Buckets of time over a scope, at most. */
const TIME_BUCKETS = 60
const MINUTE_MS = 60_000
const INTERVALS_MS = [1, 5, 15, 30, 60, 180, 360, 720, 1440, 10_080].map((minutes) => minutes * MINUTE_MS)

/** Length of a bucket of time that cuts a scope into 60 or fewer. */
export function timeIntervalMs({ fromMs, toMs }: Pick<Scope, 'fromMs' | 'toMs'>): number {
  const least = (toMs - fromMs) / TIME_BUCKETS
  return INTERVALS_MS.find((interval) => interval >= least) ?? Math.ceil(least / MINUTE_MS) * MINUTE_MS
}

/** Events of a list. */
const LISTED = 20

/** Body of the `_search` that brings all that a panel shows, for engines that have no other plugin or module. */
export function panelSearch(panel: Panel, scope: Scope): JsonObject {
  const query = scopeQuery(panel, scope)
  if (panel.type === 'events') {
    const sort = [{ [panel.sortBy]: { order: 'desc', unmapped_type: 'double' } }]
    return { query, size: LISTED, sort, _source: ['@timestamp', ...panel.columns] }
  }
  const fixedInterval = `${timeIntervalMs(scope)}ms`
  const time = {
    date_histogram: { field: '@timestamp', fixed_interval: fixedInterval, min_doc_count: 1 },
  }
  return { query, size: 0, track_total_hits: true, aggs: figureAggregations(panel, time) }
}

/** Where events come from, and which of them count. */
export interface EventSource {
  readonly dataset: Dataset
  readonly only?: EventCondition
}

/** The events of a source that a scope leaves. */
export function scopeQuery({ dataset, only }: EventSource, { fromMs, toMs, filters }: Scope): JsonObject {
  const terms = Object.entries(filters).map(([field, values]) => ({ terms: { [field]: values } }))
  return {
    bool: {
      filter: [
        { term: { 'data_stream.dataset': dataset } },
        { range: { '@timestamp': { gte: fromMs, lte: toMs, format: 'epoch_millis' } } },
        ...(only === undefined ? [] : [{ term: { [only.field]: only.value } }]),
        ...terms,
      ],
    },
  }
}

function bucketAggregation(bucket: Bucket, time: JsonObject, order: string): JsonObject {
  switch (bucket.by) {
    case 'time':
      return time
    case 'value':
      return { terms: { field: bucket.field, size: bucket.size, order: { [order]: 'desc' } } }
    case 'interval':
      return { histogram: { field: bucket.field, interval: bucket.width, min_doc_count: 1 } }
  }
}

/** An aggregation that is called otherwise than the operation. */
const AGGREGATIONS = { average: 'avg', sum: 'sum', min: 'min', max: 'max' } as const

/** The aggregation of a metric that is not the count of events. */
export function metricAggregation(metric: Exclude<Metric, { readonly op: 'count' }>): JsonObject {
  const { field } = metric
  if (metric.op === 'shared') return { terms: { field, size: 1 } }
  if (metric.op === 'percentile') return { percentiles: { field, percents: [metric.percent] } }
  return { [AGGREGATIONS[metric.op]]: { field } }
}
