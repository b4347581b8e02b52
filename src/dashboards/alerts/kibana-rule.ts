import type { JsonObject } from '../../engine/json.js'
import { datasetPattern } from '../panel-request.js'
import type { AlertRule, Measure } from './alert-rules.js'

/** Kibana's names of what a query rule computes. */
const AGGREGATIONS = { count: 'count', average: 'avg', sum: 'sum', min: 'min' } as const

/** @returns the body of `POST /api/alerting/rule` in Kibana 8.8 and later: a rule of type Elasticsearch query, no actions */
export function toKibanaRule(rule: AlertRule): JsonObject {
  const { name, dataset, only, windowMinutes, everyMinutes } = rule
  const { aggregation, slow, comparator, threshold } = comparisonOf(rule)
  const filter = [
    { term: { 'data_stream.dataset': dataset } },
    ...(only === undefined ? [] : [{ term: { [only.field]: only.value } }]),
    ...slow,
  ]
  return {
    name,
    consumer: 'alerts',
    rule_type_id: '.es-query',
    enabled: true,
    tags: ['splade-bridge'],
    schedule: { interval: `${everyMinutes}m` },
    params: {
      searchType: 'esQuery',
      index: [datasetPattern(dataset)],
      timeField: '@timestamp',
      esQuery: JSON.stringify({ query: { bool: { filter } } }),
      size: 0,
      ...aggregation,
      groupBy: 'all',
      timeWindowSize: windowMinutes,
      timeWindowUnit: 'm',
      thresholdComparator: comparator,
      threshold: [threshold],
      // All events of the window count each time, not only those since the last look.
      excludeHitsFromPreviousRun: false,
    },
    actions: [],
  }
}

interface Comparison {
  readonly aggregation: { readonly aggType: string; readonly aggField?: string }
  /** Filter for events above the threshold, where these are counted in the place of a percentile. */
  readonly slow: readonly JsonObject[]
  readonly comparator: string
  readonly threshold: number
}

function comparisonOf({ measure, comparator, threshold }: AlertRule): Comparison {
  if (measure.op !== 'percentile')
    return { aggregation: aggregationOf(measure), slow: [], comparator, threshold }
  const slow = [{ range: { [measure.field]: { gt: threshold } } }]
  return { aggregation: { aggType: 'count' }, slow, comparator: '>', threshold: measure.eventsAbove }
}

function aggregationOf(measure: Exclude<Measure, { readonly op: 'percentile' }>): Comparison['aggregation'] {
  const aggType = AGGREGATIONS[measure.op]
  return measure.op === 'count' ? { aggType } : { aggType, aggField: measure.field }
}
