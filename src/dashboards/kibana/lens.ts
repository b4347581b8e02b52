import {
  type Bucket,
  type ChartPanel,
  chartQuery,
  type Metric,
  orderingMetric,
  type Shape,
} from '../definition.js'
import { DATA_VIEW_ID, type SavedObjectReference, toDataView } from '../saved-object.js'

/** A chart of Kibana, as a dashboard holds it by value. */
export interface LensAttributes {
  readonly title: string
  readonly type: 'lens'
  readonly visualizationType: string
  readonly references: readonly SavedObjectReference[]
  readonly state: object
}

const LAYER = 'layer'

/** Names of operations in Lens. */
const OPERATIONS = {
  count: 'count',
  average: 'average',
  sum: 'sum',
  min: 'min',
  max: 'max',
  percentile: 'percentile',
  shared: 'last_value',
} as const satisfies Readonly<Record<Metric['op'], string>>

const SERIES = { line: 'line', area: 'area_stacked', bar: 'bar_stacked', 'horizontal-bar': 'bar_horizontal' }

/** @returns the chart with its query and columns, in the form of Kibana 8.8 */
export function toLens(panel: ChartPanel): LensAttributes {
  const order = metricId(orderingMetric(panel.metrics))
  const buckets = panel.buckets.map(
    (bucket, place) => [`bucket-${place}`, bucketColumn(bucket, order)] as const,
  )
  const metrics = panel.metrics.map((metric, place) => [metricId(place), metricColumn(metric)] as const)
  const columns = [...buckets, ...metrics]
  const layer = {
    columns: Object.fromEntries(columns),
    columnOrder: columns.map(([id]) => id),
    incompleteColumns: {},
  }
  return {
    title: panel.title,
    type: 'lens',
    visualizationType: visualizationType(panel.shape),
    references: [toDataView(`indexpattern-datasource-layer-${LAYER}`)],
    state: {
      datasourceStates: { formBased: { layers: { [LAYER]: layer } } },
      visualization: visualization(
        panel,
        buckets.map(([id]) => id),
        metrics.map(([id]) => id),
      ),
      query: { query: chartQuery(panel), language: 'kuery' },
      filters: [],
      internalReferences: [],
      adHocDataViews: {},
    },
  }
}

/** An options list above a dashboard. */
export function toControl(field: string, label: string, order: number): object {
  return {
    order,
    width: 'medium',
    grow: true,
    type: 'optionsListControl',
    explicitInput: {
      id: controlId(order),
      fieldName: field,
      title: label,
      dataViewId: DATA_VIEW_ID,
      selectedOptions: [],
      enhancements: {},
    },
  }
}

/** @param order place among the controls of a dashboard */
export function controlId(order: number): string {
  return `control-${order}`
}

function metricId(place: number): string {
  return `metric-${place}`
}

/** @param order id of the column by which values are ranked */
function bucketColumn(bucket: Bucket, order: string): object {
  switch (bucket.by) {
    case 'time':
      return {
        label: '@timestamp',
        dataType: 'date',
        operationType: 'date_histogram',
        sourceField: '@timestamp',
        isBucketed: true,
        scale: 'interval',
        params: { interval: 'auto', includeEmptyRows: true, dropPartials: false },
      }
    case 'value':
      return {
        label: bucket.label,
        customLabel: true,
        dataType: 'string',
        operationType: 'terms',
        sourceField: bucket.field,
        isBucketed: true,
        scale: 'ordinal',
        params: {
          size: bucket.size,
          orderBy: { type: 'column', columnId: order },
          orderDirection: 'desc',
          otherBucket: false,
          missingBucket: false,
          parentFormat: { id: 'terms' },
        },
      }
    case 'interval':
      return {
        label: bucket.label,
        customLabel: true,
        dataType: 'number',
        operationType: 'range',
        sourceField: bucket.field,
        isBucketed: true,
        scale: 'interval',
        params: {
          type: 'histogram',
          maxBars: 'auto',
          ranges: [{ from: 0, to: 1000, label: '' }],
        },
      }
  }
}

function metricColumn(metric: Metric): object {
  const head = {
    label: metric.label,
    customLabel: true,
    operationType: OPERATIONS[metric.op],
    sourceField: metric.op === 'count' ? '___records___' : metric.field,
    isBucketed: false,
  }
  if (metric.op === 'shared')
    return {
      ...head,
      dataType: 'string',
      scale: 'ordinal',
      filter: { query: `${metric.field} : *`, language: 'kuery' },
      params: { sortField: '@timestamp', showArrayValues: false },
    }
  return {
    ...head,
    dataType: 'number',
    scale: 'ratio',
    params: metric.op === 'percentile' ? { percentile: metric.percent } : { emptyAsNull: true },
  }
}

function visualizationType(shape: Shape): string {
  if (shape === 'metric') return 'lnsMetric'
  return shape === 'table' ? 'lnsDatatable' : 'lnsXY'
}

function visualization(panel: ChartPanel, buckets: readonly string[], metrics: readonly string[]): object {
  const { shape } = panel
  const layer = { layerId: LAYER, layerType: 'data' }
  if (shape === 'metric') return { ...layer, metricAccessor: metrics[0] }
  if (shape === 'table') {
    const groups = buckets.map((columnId, place) => {
      return { columnId, oneClickFilter: isClickable(panel, panel.buckets[place]) }
    })
    return { ...layer, columns: [...groups, ...metrics.map((columnId) => ({ columnId }))] }
  }
  const [xAccessor, splitAccessor] = buckets
  const series = { seriesType: SERIES[shape], xAccessor, accessors: metrics }
  return {
    preferredSeriesType: SERIES[shape],
    layers: [{ ...layer, ...series, ...(splitAccessor !== undefined && { splitAccessor }) }],
    legend: { isVisible: true, position: 'bottom' },
    valueLabels: 'hide',
    fittingFunction: 'Linear',
    axisTitlesVisibilitySettings: { x: false, yLeft: false, yRight: false },
  }
}

/** In a table that leads elsewhere, only a value that the other dashboard can be narrowed down by. */
function isClickable({ drillDown }: ChartPanel, bucket: Bucket | undefined): boolean {
  return bucket?.by === 'value' && (drillDown === undefined || bucket.field === drillDown.field)
}
