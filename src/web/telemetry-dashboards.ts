import { DASHBOARDS } from '../dashboards/bundle.js'
import type { Bucket, Dashboard, Metric, Panel } from '../dashboards/definition.js'
import { readEvents, readFigures } from '../dashboards/panel-figures.js'
import {
  datasetPattern,
  panelSearch,
  type Scope,
  scopeQuery,
  timeIntervalMs,
} from '../dashboards/panel-request.js'
import type { EngineRequester } from '../engine/client.js'
import { engineReason } from '../engine/failure.js'
import { arrayMember, type JsonObject, member } from '../engine/json.js'
import { ConfigurationError } from '../errors.js'
import type { Dataset } from '../telemetry/streams.js'
import {
  type DashboardsAnswer,
  type FiguresAnswer,
  type FiguresRequest,
  type Range,
  type ShownBucket,
  type ShownFigures,
  type ShownMetric,
  type ShownPanel,
  type Unit,
} from './dashboards-api.js'

const HOUR_MS = 3_600_000
const RANGES_MS: Readonly<Record<Range, number>> = {
  '15m': HOUR_MS / 4,
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  '30d': 30 * 24 * HOUR_MS,
  '90d': 90 * 24 * HOUR_MS,
}

/** Values of a control that can be chosen from. */
const CHOICES = 100

/** The dashboards of the bundles, for people without Kibana and OpenSearch Dashboards. */
export function listDashboards(): DashboardsAnswer {
  return {
    dashboards: DASHBOARDS.map(({ id, title, controls, panels }) => {
      return { id, title, controls, panels: panels.map(shownPanel) }
    }),
  }
}

/**
 * Asks the engine for all figures of a dashboard, in one request that is made here from the definition: a caller chooses
 * dashboard, time and values of its controls, and nothing else.
 *
 * @param nowMs the end of the range, in milliseconds since 1970
 * @throws ConfigurationError for a dashboard that there is not, or a filter that is none of its controls
 * @throws EngineError if the engine does not answer; a panel that it refuses carries its reason
 */
export async function readDashboard(
  client: EngineRequester,
  request: FiguresRequest,
  nowMs = Date.now(),
): Promise<FiguresAnswer> {
  const dashboard = findDashboard(request)
  const scope = { fromMs: nowMs - RANGES_MS[request.range], toMs: nowMs, filters: request.filters ?? {} }
  const searches = [
    ...dashboard.panels.map((panel) => ({ dataset: panel.dataset, body: panelSearch(panel, scope) })),
    ...dashboard.controls.map((control) => choicesSearch(dashboard, control.field, scope)),
  ]
  const answers = await searchAll(client, searches)
  const { panels, controls } = dashboard
  return {
    fromMs: scope.fromMs,
    toMs: scope.toMs,
    intervalMs: timeIntervalMs(scope),
    panels: Object.fromEntries(panels.map((panel, place) => [panel.id, shownFigures(panel, answers[place])])),
    choices: Object.fromEntries(
      controls.map(({ field }, place) => [field, readChoices(answers[panels.length + place])]),
    ),
  }
}

function findDashboard({ dashboard: id, filters = {} }: FiguresRequest): Dashboard {
  const dashboard = DASHBOARDS.find((candidate) => candidate.id === id)
  if (dashboard === undefined)
    throw new ConfigurationError(
      'dashboard',
      `must be one of ${DASHBOARDS.map((known) => known.id).join(', ')}`,
      id,
    )
  const fields = dashboard.controls.map(({ field }) => field)
  const stray = Object.keys(filters).find((field) => !fields.includes(field))
  if (stray !== undefined) throw new ConfigurationError('filters', `must be of ${fields.join(', ')}`, stray)
  return dashboard
}

interface Search {
  readonly dataset: Dataset
  readonly body: JsonObject
}

/** What a control offers is narrowed down by the others, not by itself. */
function choicesSearch({ panels }: Dashboard, field: string, scope: Scope): Search {
  const others = Object.entries(scope.filters).filter(([name]) => name !== field)
  const dataset = panels[0]?.dataset ?? 'splade.query'
  const query = scopeQuery({ dataset }, { ...scope, filters: Object.fromEntries(others) })
  return { dataset, body: { query, size: 0, aggs: { choices: { terms: { field, size: CHOICES } } } } }
}

/** One answer a search, in the same order. Streams that do not exist yet hold no events. */
async function searchAll(client: EngineRequester, searches: readonly Search[]): Promise<readonly unknown[]> {
  const lines = searches.flatMap(({ dataset, body }) => [
    { index: datasetPattern(dataset), ignore_unavailable: true, allow_no_indices: true },
    body,
  ])
  const ndjson = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  const { body } = await client.request({ method: 'POST', path: '/_msearch', ndjson })
  return arrayMember(body, 'responses')
}

function shownFigures(panel: Panel, answer: unknown): ShownFigures {
  const error = member(answer, 'error')
  if (error !== undefined) return { rows: [], error: engineReason(error) }
  if (panel.type === 'events')
    return { rows: readEvents(panel, answer).map((values) => ({ keys: [], values })) }
  return { rows: readFigures(panel, answer) }
}

function readChoices(answer: unknown): readonly string[] {
  return arrayMember(answer, 'aggregations', 'choices', 'buckets').map((bucket) =>
    String(member(bucket, 'key')),
  )
}

function shownPanel(panel: Panel): ShownPanel {
  const { id, title, width } = panel
  const drillDown = panel.type === 'vega' ? undefined : panel.drillDown?.dashboard
  const head = { id, title, width, ...(drillDown !== undefined && { drillDown }) }
  if (panel.type === 'events') {
    const metrics = panel.columns.map((field): ShownMetric => ({ label: field, unit: unitOf(field) }))
    return { ...head, shape: 'events', buckets: [], metrics }
  }
  const { shape, buckets, metrics } = panel
  return {
    ...head,
    shape,
    buckets: buckets.map(shownBucket),
    metrics: metrics.map((metric) => ({ label: metric.label, unit: metricUnit(metric) })),
  }
}

function shownBucket(bucket: Bucket): ShownBucket {
  if (bucket.by === 'time') return { by: 'time', field: '@timestamp', label: 'time' }
  const { by, field, label } = bucket
  return { by, field, label }
}

function metricUnit(metric: Metric): Unit {
  return metric.op === 'count' ? 'count' : unitOf(metric.field)
}

function unitOf(field: string): Unit {
  if (field === 'event.duration') return 'ns'
  if (field.endsWith('_ms')) return 'ms'
  if (field === 'splade.query.expansion_share' || field === 'splade.token.expansion') return 'part'
  return 'number'
}
