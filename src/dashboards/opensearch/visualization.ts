import { type Bucket, type ChartPanel, type Metric, orderingMetric, type Shape } from '../definition.js'

const TYPES = {
  metric: 'metric',
  line: 'line',
  area: 'area',
  bar: 'histogram',
  'horizontal-bar': 'horizontal_bar',
  table: 'table',
} as const satisfies Readonly<Record<Shape, string>>

/** Names of aggregations in classic charts. */
const AGGREGATIONS = {
  count: 'count',
  average: 'avg',
  sum: 'sum',
  min: 'min',
  max: 'max',
  percentile: 'percentiles',
  shared: 'top_hits',
} as const satisfies Readonly<Record<Metric['op'], string>>

/** @returns the `visState` of a classic chart, as OpenSearch Dashboards has kept it since Kibana 7.10 */
export function toVisState({ title, shape, buckets, metrics }: ChartPanel): object {
  const metricAggs = metrics.map(metricAgg)
  const order = metricId(orderingMetric(metrics))
  const bucketAggs = buckets.map((bucket, place) => ({
    id: metricId(metrics.length + place),
    ...bucketAgg(bucket, shape, place, order),
  }))
  return {
    title,
    type: TYPES[shape],
    aggs: [...metricAggs, ...bucketAggs],
    params: paramsOf(shape, metrics),
  }
}

/** @returns the `visState` of a list of values to choose from, one for each field */
export function toControlsVisState(
  title: string,
  controls: readonly { readonly field: string; readonly label: string }[],
): object {
  return {
    title,
    type: 'input_control_vis',
    aggs: [],
    params: {
      controls: controls.map(({ field, label }, place) => ({
        id: `control-${place}`,
        fieldName: field,
        label,
        parent: '',
        type: 'list',
        options: { type: 'terms', multiselect: true, dynamicOptions: true, size: 100, order: 'desc' },
        indexPatternRefName: controlReference(place),
      })),
      updateFiltersOnChange: true,
      useTimeFilter: true,
      pinFilters: false,
    },
  }
}

/** Name by which a control refers to what it reads. */
export function controlReference(place: number): string {
  return `control_${place}_index_pattern`
}

/** Ids count from 1: those of metrics first, then those of buckets. */
function metricId(place: number): string {
  return String(place + 1)
}

/** Takes the text of a group from its newest event. */
const NEWEST = { aggregate: 'concat', size: 1, sortField: '@timestamp', sortOrder: 'desc' }

function metricAgg(metric: Metric, place: number): object {
  const { label: customLabel } = metric
  const field = metric.op === 'count' ? {} : { field: metric.field }
  const percents = metric.op === 'percentile' ? { percents: [metric.percent] } : {}
  const newest = metric.op === 'shared' ? NEWEST : {}
  return {
    id: metricId(place),
    enabled: true,
    type: AGGREGATIONS[metric.op],
    params: { ...field, ...percents, ...newest, customLabel },
    schema: 'metric',
  }
}

/** @param order id of the metric by which values are ranked */
function bucketAgg(bucket: Bucket, shape: Shape, place: number, order: string): object {
  const isAxis = place === 0
  return {
    enabled: true,
    ...aggregationOf(bucket, order),
    schema: shape === 'table' ? 'bucket' : isAxis ? 'segment' : 'group',
  }
}

function aggregationOf(bucket: Bucket, order: string): object {
  switch (bucket.by) {
    case 'time':
      return {
        type: 'date_histogram',
        params: {
          field: '@timestamp',
          interval: 'auto',
          useNormalizedOpenSearchInterval: true,
          drop_partials: false,
          min_doc_count: 1,
          extended_bounds: {},
        },
      }
    case 'value':
      return {
        type: 'terms',
        params: {
          field: bucket.field,
          size: bucket.size,
          orderBy: order,
          order: 'desc',
          otherBucket: false,
          missingBucket: false,
          customLabel: bucket.label,
        },
      }
    case 'interval':
      return {
        type: 'histogram',
        params: {
          field: bucket.field,
          interval: bucket.width,
          min_doc_count: false,
          has_extended_bounds: false,
          customLabel: bucket.label,
        },
      }
  }
}

function paramsOf(shape: Shape, metrics: readonly Metric[]): object {
  if (shape === 'metric') return metricParams()
  if (shape === 'table') return { perPage: 10, showPartialRows: false, showTotal: false, sort: {} }
  return axesParams(shape, metrics)
}

function metricParams(): object {
  return {
    addTooltip: true,
    addLegend: false,
    type: 'metric',
    metric: {
      percentageMode: false,
      useRanges: false,
      colorSchema: 'Green to Red',
      metricColorMode: 'None',
      colorsRange: [{ from: 0, to: 10_000 }],
      labels: { show: true },
      invertColors: false,
      style: { bgFill: '#000', bgColor: false, labelColor: false, subText: '', fontSize: 40 },
    },
  }
}

function axesParams(shape: Exclude<Shape, 'metric' | 'table'>, metrics: readonly Metric[]): object {
  const isLying = shape === 'horizontal-bar'
  const axis = { show: true, style: {}, labels: { show: true, truncate: 100 } }
  return {
    type: TYPES[shape],
    grid: { categoryLines: false },
    categoryAxes: [
      {
        ...axis,
        id: 'CategoryAxis-1',
        type: 'category',
        position: isLying ? 'left' : 'bottom',
        scale: { type: 'linear' },
        title: {},
      },
    ],
    valueAxes: [
      {
        ...axis,
        id: 'ValueAxis-1',
        name: 'LeftAxis-1',
        type: 'value',
        position: isLying ? 'bottom' : 'left',
        scale: { type: 'linear', mode: 'normal' },
        title: { text: '' },
      },
    ],
    seriesParams: metrics.map(({ label }, place) => ({
      show: true,
      type: shape === 'line' || shape === 'area' ? shape : 'histogram',
      mode: shape === 'line' ? 'normal' : 'stacked',
      data: { label, id: String(place + 1) },
      valueAxis: 'ValueAxis-1',
      drawLinesBetweenPoints: true,
      showCircles: true,
    })),
    addTooltip: true,
    addLegend: true,
    legendPosition: 'bottom',
    times: [],
    addTimeMarker: false,
  }
}
