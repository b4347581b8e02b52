import type { EventSource } from '../panel-request.js'

/** What of the events in a rule's window is compared with its threshold. */
export type Measure =
  | { readonly op: 'count' }
  | { readonly op: 'average' | 'sum' | 'min'; readonly field: string }
  | {
      readonly op: 'percentile'
      readonly field: string
      /** Above 0 and below 100. */
      readonly percent: number
      /** Kibana's query rules know no percentiles; there, the rule fires at more events than this above the threshold. */
      readonly eventsAbove: number
    }

/** When to tell somebody. Thresholds are examples: every installation has its own. */
export interface AlertRule extends EventSource {
  /** Unique, in kebab case; also the name of its file. */
  readonly id: string
  readonly name: string
  readonly measure: Measure
  readonly comparator: '>' | '<'
  readonly threshold: number
  /** Events of the last so many minutes count. */
  readonly windowMinutes: number
  /** How often it is looked. */
  readonly everyMinutes: number
}

/** Examples of rules for what the dashboards show. */
export const ALERT_RULES: readonly AlertRule[] = [
  {
    id: 'zero-results',
    name: 'splade-bridge: more than one search in five finds nothing',
    dataset: 'splade.query',
    measure: { op: 'average', field: 'splade.query.zero_result' },
    comparator: '>',
    threshold: 0.2,
    windowMinutes: 30,
    everyMinutes: 5,
  },
  {
    id: 'slow-searches',
    name: 'splade-bridge: searches are slow (95th percentile above one second)',
    dataset: 'splade.query',
    measure: { op: 'percentile', field: 'splade.query.total_ms', percent: 95, eventsAbove: 20 },
    comparator: '>',
    threshold: 1000,
    windowMinutes: 15,
    everyMinutes: 5,
  },
  {
    id: 'dead-letters',
    name: 'splade-bridge: a load refused documents',
    dataset: 'splade.ingest',
    measure: { op: 'sum', field: 'splade.ingest.dead_lettered' },
    comparator: '>',
    threshold: 0,
    windowMinutes: 10,
    everyMinutes: 5,
  },
  {
    id: 'proxy-errors',
    name: 'splade-bridge: requests through the proxy fail',
    dataset: 'splade.proxy',
    only: { field: 'event.outcome', value: 'failure' },
    measure: { op: 'count' },
    comparator: '>',
    threshold: 10,
    windowMinutes: 5,
    everyMinutes: 1,
  },
  {
    id: 'relevance-drop',
    name: 'splade-bridge: sparse search fell below NDCG@10 of 0.8 in an evaluation',
    dataset: 'splade.quality',
    // `eval --hybrid` also records BM25, a baseline that is below the threshold for good.
    only: { field: 'splade.quality.method', value: 'sparse' },
    measure: { op: 'min', field: 'splade.quality.ndcg_10' },
    comparator: '<',
    threshold: 0.8,
    windowMinutes: 1440,
    everyMinutes: 60,
  },
]
