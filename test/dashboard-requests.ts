/**
 * What the panels of saved objects ask an engine: read from the objects themselves, as the products do, and not from
 * the definition that they are generated from.
 */
import { arrayMember, isObject, type JsonObject, member, stringMember } from '../src/engine/json.js'
import type { FigureRow } from '../src/dashboards/panel-figures.js'
import type { SavedObject } from '../src/dashboards/saved-object.js'

export interface PanelRequest {
  /** Dashboard or object, and panel. */
  readonly name: string
  /** Pattern of the streams that are asked. */
  readonly index: string
  readonly body: JsonObject
  /** Path in the answer of what is drawn. */
  readonly property: string
  /** What its buckets and metrics are called, in their order; undefined for a metric that is the count of events. */
  readonly names?: FigureNames
}

interface FigureNames {
  readonly buckets: readonly string[]
  readonly metrics: readonly (string | undefined)[]
}

/** Groups with their values, as far as a request has buckets and metrics. */
export function readRows({ names }: PanelRequest, answer: unknown): readonly FigureRow[] {
  const { buckets, metrics } = names ?? { buckets: [], metrics: [] }
  const visit = (
    group: unknown,
    keys: readonly (string | number)[],
    events: unknown,
  ): readonly FigureRow[] => {
    const name = buckets[keys.length]
    if (name === undefined)
      return [
        {
          keys,
          values: metrics.map((metric) => toValue(metric === undefined ? events : member(group, metric))),
        },
      ]
    return arrayMember(group, name, 'buckets')
      .filter((bucket) => member(bucket, 'doc_count') !== 0)
      .flatMap((bucket) =>
        visit(bucket, [...keys, member(bucket, 'key') as string | number], member(bucket, 'doc_count')),
      )
  }
  return visit(member(answer, 'aggregations'), [], member(answer, 'hits', 'total', 'value'))
}

/** Of the one event that a shared text is read from, only its field was asked for. */
function toValue(found: unknown): number | string | null {
  if (typeof found === 'number') return found
  if (member(found, 'hits') !== undefined)
    return onlyText(member(arrayMember(found, 'hits', 'hits')[0], '_source'))
  const values = member(found, 'values')
  const value: unknown = isObject(values) ? Object.values(values)[0] : member(found, 'value')
  return typeof value === 'number' ? value : null
}

function onlyText(source: unknown): string | null {
  if (typeof source === 'string') return source
  return isObject(source) ? onlyText(Object.values(source)[0]) : null
}

const ALL = 'logs-splade.*-*'

/** Lens chooses widths of intervals by the values. */
export const LENS_INTERVAL = 1

/** The products choose one by the time range. */
export const INTERVAL_MS = 1_800_000
const INTERVAL = `${INTERVAL_MS}ms`

/** The requests of all panels of Kibana's bundle. */
export function kibanaRequests(objects: readonly SavedObject[]): readonly PanelRequest[] {
  return [
    ...objects.flatMap(searchRequests),
    ...dashboardsOf(objects).flatMap(({ id, attributes }) =>
      parseArray(attributes.panelsJSON).flatMap((panel) => {
        const name = `${id}/${stringMember(panel, 'panelIndex')}`
        const lens = member(panel, 'embeddableConfig', 'attributes', 'state')
        if (lens !== undefined) return [lensRequest(name, lens)]
        return vegaRequests(name, member(panel, 'embeddableConfig', 'savedVis'))
      }),
    ),
  ]
}

/** The requests of all panels of OpenSearch Dashboards' bundle. */
export function openSearchRequests(objects: readonly SavedObject[]): readonly PanelRequest[] {
  return objects.flatMap((object) => {
    if (object.type !== 'visualization') return searchRequests(object)
    const state: unknown = JSON.parse(String(object.attributes.visState))
    const aggs = arrayMember(state, 'aggs')
    return aggs.length > 0 ? [classicRequest(object, aggs)] : vegaRequests(object.id, state)
  })
}

/** The dashboards among objects. */
export function dashboardsOf(objects: readonly SavedObject[]): readonly SavedObject[] {
  return objects.filter(({ type }) => type === 'dashboard')
}

export function parseArray(text: unknown): readonly unknown[] {
  return JSON.parse(String(text)) as unknown[]
}

/** Every field that a request names, in aggregations and queries. */
export function requestFields({ body }: PanelRequest): readonly string[] {
  const found: string[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    if (!isObject(value)) return
    if (typeof value.field === 'string') found.push(value.field)
    if (isObject(value.term)) found.push(...Object.keys(value.term))
    Object.values(value).forEach(visit)
  }
  visit(body)
  return found
}

function searchRequests({ type, id, attributes }: SavedObject): readonly PanelRequest[] {
  if (type !== 'search') return []
  const source: unknown = JSON.parse(String(member(attributes, 'kibanaSavedObjectMeta', 'searchSourceJSON')))
  const sort = arrayMember(attributes, 'sort').map((entry) => {
    const [field, order] = entry as readonly [string, string]
    return { [field]: order }
  })
  const body = { size: 10, sort, query: toQuery(stringMember(source, 'query', 'query') ?? '') }
  return [{ name: id, index: ALL, body, property: 'hits.hits' }]
}

/** `field : value and field : value`, all that the dashboards use of the query language. */
function toQuery(kuery: string): JsonObject {
  const filter = kuery.split(' and ').map((part) => {
    const [, field, value] = /^([\w.]+) : (.+)$/.exec(part) ?? []
    if (field === undefined || value === undefined) throw new Error(`not understood: ${part}`)
    return { term: { [field]: JSON.parse(value) as unknown } }
  })
  return { bool: { filter } }
}

function lensRequest(name: string, state: unknown): PanelRequest {
  const [layer] = Object.values(member(state, 'datasourceStates', 'formBased', 'layers') as JsonObject)
  const columns = arrayMember(layer, 'columnOrder').map((id) => {
    return [String(id), member(layer, 'columns', String(id))] as const
  })
  const metrics = columns
    .filter(([, column]) => member(column, 'isBucketed') === false)
    .map(([id, column]) => [id, lensMetric(column)] as const)
    .filter((entry): entry is readonly [string, object] => entry[1] !== undefined)
  const buckets = columns.filter(([, column]) => member(column, 'isBucketed') === true)
  const computed = metrics.map(([id]) => id)
  return {
    name,
    index: ALL,
    body: {
      size: 0,
      track_total_hits: true,
      query: toQuery(stringMember(state, 'query', 'query') ?? ''),
      ...nest(
        buckets.map(([id, column]) => [id, lensBucket(column, computed)]),
        metrics,
      ),
    },
    property: buckets.length > 0 ? 'aggregations.bucket-0.buckets' : 'hits.total.value',
    names: {
      buckets: buckets.map(([id]) => id),
      metrics: columns.flatMap(([id, column]) => {
        if (member(column, 'isBucketed') === true) return []
        return [member(column, 'operationType') === 'count' ? undefined : id]
      }),
    },
  }
}

type NamedAgg = readonly [name: string, agg: object]

/** Each bucket holds the next, and the last one the metrics; buckets that are ordered by a metric hold it too. */
function nest([first, ...others]: readonly NamedAgg[], metrics: readonly NamedAgg[]): JsonObject {
  const own = Object.fromEntries(metrics)
  if (first === undefined) return metrics.length > 0 ? { aggs: own } : {}
  const [name, agg] = first
  const inner = { ...own, ...(nest(others, metrics).aggs as JsonObject | undefined) }
  return { aggs: { [name]: { ...agg, ...(Object.keys(inner).length > 0 && { aggs: inner }) } } }
}

function lensBucket(column: unknown, computed: readonly string[]): object {
  const field = stringMember(column, 'sourceField')
  const operation = stringMember(column, 'operationType') ?? ''
  switch (operation) {
    case 'date_histogram':
      return { date_histogram: { field, fixed_interval: INTERVAL } }
    case 'terms': {
      const orderBy = stringMember(column, 'params', 'orderBy', 'columnId') ?? ''
      const order = { [computed.includes(orderBy) ? orderBy : '_count']: 'desc' }
      return { terms: { field, size: member(column, 'params', 'size'), order } }
    }
    case 'range':
      return { histogram: { field, interval: LENS_INTERVAL } }
    default:
      throw new Error(`an unknown operation: ${operation}`)
  }
}

function lensMetric(column: unknown): object | undefined {
  const field = stringMember(column, 'sourceField')
  const operation = stringMember(column, 'operationType') ?? ''
  switch (operation) {
    case 'count':
      return undefined
    case 'average':
      return { avg: { field } }
    case 'last_value':
      return newest(field, stringMember(column, 'params', 'sortField'))
    case 'unique_count':
      return { cardinality: { field } }
    case 'percentile':
      return { percentiles: { field, percents: [member(column, 'params', 'percentile')] } }
    case 'sum':
    case 'max':
      return { [operation]: { field } }
    default:
      throw new Error(`an unknown operation: ${operation}`)
  }
}

/** What a text is read from: the newest event that has it. */
function newest(field: string | undefined, sortField: unknown): object {
  return { top_hits: { size: 1, _source: [field], sort: [{ [String(sortField)]: 'desc' }] } }
}

function classicRequest({ id, attributes }: SavedObject, aggs: readonly unknown[]): PanelRequest {
  const source: unknown = JSON.parse(String(member(attributes, 'kibanaSavedObjectMeta', 'searchSourceJSON')))
  const metrics = aggs
    .filter((agg) => member(agg, 'schema') === 'metric' && member(agg, 'type') !== 'count')
    .map((agg) => [String(member(agg, 'id')), classicAgg(agg, [])] as const)
  const buckets = aggs
    .filter((agg) => member(agg, 'schema') !== 'metric')
    .map((agg) => [String(member(agg, 'id')), classicAgg(agg, metrics)] as const)
  return {
    name: id,
    index: ALL,
    body: {
      size: 0,
      track_total_hits: true,
      query: toQuery(stringMember(source, 'query', 'query') ?? ''),
      ...nest(buckets, metrics),
    },
    property: buckets.length > 0 ? `aggregations.${buckets[0]?.[0]}.buckets` : 'hits.total.value',
    names: {
      buckets: buckets.map(([id]) => id),
      metrics: aggs
        .filter((agg) => member(agg, 'schema') === 'metric')
        .map((agg) => (member(agg, 'type') === 'count' ? undefined : String(member(agg, 'id')))),
    },
  }
}

/** Classic aggregations are the engine's own, but for what only the page knows. */
function classicAgg(agg: unknown, metrics: readonly NamedAgg[]): object {
  const type = stringMember(agg, 'type') ?? ''
  const params = member(agg, 'params') as JsonObject
  const { field } = params
  switch (type) {
    case 'date_histogram':
      return { date_histogram: { field, fixed_interval: INTERVAL } }
    case 'terms': {
      const orderBy = String(params.orderBy)
      const order = metrics.some(([id]) => id === orderBy) ? orderBy : '_count'
      return { terms: { field, size: params.size, order: { [order]: params.order } } }
    }
    case 'histogram':
      return { histogram: { field, interval: params.interval } }
    case 'top_hits':
      return newest(String(field), params.sortField)
    case 'percentiles':
      return { percentiles: { field, percents: params.percents } }
    default:
      return { [type]: { field } }
  }
}

function vegaRequests(name: string, vis: unknown): readonly PanelRequest[] {
  if (member(vis, 'type') !== 'vega') return []
  const spec: unknown = JSON.parse(String(member(vis, 'params', 'spec')))
  const data = member(spec, 'data')
  return (Array.isArray(data) ? (data as unknown[]) : [data]).map((set) => ({
    name,
    index: stringMember(set, 'url', 'index') ?? '',
    body: member(set, 'url', 'body') as JsonObject,
    property: stringMember(set, 'format', 'property') ?? '',
  }))
}
