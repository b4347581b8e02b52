import type { JsonObject } from '../../engine/json.js'
import { datasetPattern, metricAggregation } from '../panel-request.js'
import type { AlertRule, Measure } from './alert-rules.js'

const MEASURE = 'measure'

/** @returns the body of `POST _plugins/_alerting/monitors`: a monitor of a query with one trigger, no actions */
export function toOpenSearchMonitor(rule: AlertRule): JsonObject {
  const { name, dataset, everyMinutes, measure } = rule
  const search = {
    indices: [datasetPattern(dataset)],
    query: { size: 0, track_total_hits: true, query: queryOf(rule), ...aggregationsOf(measure) },
  }
  const condition = { script: { source: conditionOf(rule), lang: 'painless' } }
  return {
    type: 'monitor',
    monitor_type: 'query_level_monitor',
    name,
    enabled: true,
    schedule: { period: { interval: everyMinutes, unit: 'MINUTES' } },
    inputs: [{ search }],
    triggers: [{ query_level_trigger: { name, severity: '2', condition, actions: [] } }],
  }
}

/** The plugin puts the time of its run in the place of `{{period_end}}`. */
function queryOf({ dataset, only, windowMinutes }: AlertRule): JsonObject {
  const time = { gte: `{{period_end}}||-${windowMinutes}m`, lte: '{{period_end}}', format: 'epoch_millis' }
  return {
    bool: {
      filter: [
        { term: { 'data_stream.dataset': dataset } },
        { range: { '@timestamp': time } },
        ...(only === undefined ? [] : [{ term: { [only.field]: only.value } }]),
      ],
    },
  }
}

function aggregationsOf(measure: Measure): JsonObject {
  if (measure.op === 'count') return {}
  return { aggregations: { [MEASURE]: metricAggregation({ ...measure, label: MEASURE }) } }
}

/** A measure of no events is null, which fires nothing. */
function conditionOf({ measure, comparator, threshold }: AlertRule): string {
  const found = measurePath(measure)
  return `${found} != null && ${found} ${comparator} ${threshold}`
}

function measurePath(measure: Measure): string {
  switch (measure.op) {
    case 'count':
      return 'ctx.results[0].hits.total.value'
    case 'percentile':
      return `ctx.results[0].aggregations.${MEASURE}.values['${measure.percent.toFixed(1)}']`
    case 'average':
    case 'sum':
    case 'min':
      return `ctx.results[0].aggregations.${MEASURE}.value`
  }
}
