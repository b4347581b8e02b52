import type { Dataset } from '../telemetry/streams.js'
import type { Figures, VegaPanel } from './definition.js'
import { bucketName, datasetPattern, figureAggregations, metricName } from './panel-request.js'

/** What a Vega panel is but its place. */
export type VegaDrawing = Pick<VegaPanel, 'shape' | 'spec' | 'dataset' | 'buckets' | 'metrics'>

const TIME_BUCKETS = 60

/** A request that the products fill in with the filters and the time range of the dashboard. */
function request(dataset: Dataset, figures: Figures): object {
  const time = { auto_date_histogram: { field: '@timestamp', buckets: TIME_BUCKETS } }
  return {
    url: {
      '%context%': true,
      '%timefield%': '@timestamp',
      index: datasetPattern(dataset),
      body: { size: 0, aggs: figureAggregations(figures, time) },
    },
    format: { property: `aggregations.${bucketName(0)}.buckets` },
  }
}

/** The value of a metric of the bucket that `datum` is. */
function value(place: number, datum = 'datum'): string {
  return `${datum}.${metricName(place)}.value`
}

const LITE_SCHEMA = 'https://vega.github.io/schema/vega-lite/v5.json'

/** Readable on white and on the dark ground of both products. */
const GIVEN_COLOUR = '#3185c5'
const ADDED_COLOUR = '#c9631a'

const CLOUD: Figures = {
  buckets: [{ by: 'value', field: 'splade.token.name', size: 60, label: 'token' }],
  metrics: [
    { op: 'sum', field: 'splade.token.weight', label: 'sum of weights' },
    { op: 'average', field: 'splade.token.expansion', label: 'share added by the model' },
    { op: 'count', label: 'uses' },
  ],
}

/** The most used query tokens, larger the more weight they had in all; those that the model added are orange. */
export const TOKEN_CLOUD: VegaDrawing = {
  ...CLOUD,
  dataset: 'splade.token',
  shape: 'cloud',
  spec: {
    $schema: 'https://vega.github.io/schema/vega/v5.json',
    padding: 5,
    autosize: { type: 'fit', contains: 'padding' },
    data: [
      {
        name: 'tokens',
        ...request('splade.token', CLOUD),
        transform: [
          { type: 'formula', as: 'text', expr: "'' + datum.key" },
          { type: 'formula', as: 'total', expr: value(0) },
          { type: 'formula', as: 'isAdded', expr: `${value(1)} > 0.5` },
          {
            type: 'wordcloud',
            size: [{ signal: 'width' }, { signal: 'height' }],
            text: { field: 'text' },
            font: 'sans-serif',
            fontSize: { field: 'total' },
            fontSizeRange: [13, 46],
            padding: 3,
            rotate: 0,
          },
        ],
      },
    ],
    scales: [
      {
        name: 'origin',
        type: 'ordinal',
        domain: ['in the query', 'added by the model'],
        range: [GIVEN_COLOUR, ADDED_COLOUR],
      },
    ],
    legends: [{ fill: 'origin', orient: 'bottom', direction: 'horizontal', symbolType: 'square' }],
    marks: [
      {
        type: 'text',
        from: { data: 'tokens' },
        encode: {
          enter: {
            text: { field: 'text' },
            align: { value: 'center' },
            baseline: { value: 'alphabetic' },
            x: { field: 'x' },
            y: { field: 'y' },
            font: { value: 'sans-serif' },
            fontSize: { field: 'fontSize' },
            fill: { signal: `datum.isAdded ? '${ADDED_COLOUR}' : '${GIVEN_COLOUR}'` },
            tooltip: {
              signal:
                "{token: datum.text, uses: datum.doc_count, 'sum of weights': format(datum.total, '.2f'), 'added by the model': datum.isAdded ? 'yes' : 'no'}",
            },
          },
        },
      },
    ],
  },
}

const CONTRIBUTIONS: Figures = {
  buckets: [{ by: 'value', field: 'splade.token.name', size: 20, label: 'token' }],
  metrics: [
    { op: 'average', field: 'splade.token.contribution', label: 'part of the score of the best hit' },
    { op: 'average', field: 'splade.token.weight', label: 'query weight' },
    { op: 'count', label: 'uses' },
    { op: 'average', field: 'splade.token.expansion', label: 'share added by the model' },
  ],
}

/** What each token gave to the best hits, of the queries that filters leave. */
export const TOKEN_CONTRIBUTIONS: VegaDrawing = {
  ...CONTRIBUTIONS,
  dataset: 'splade.token',
  shape: 'token-bars',
  spec: {
    $schema: LITE_SCHEMA,
    autosize: { type: 'fit', contains: 'padding' },
    data: request('splade.token', CONTRIBUTIONS),
    transform: [
      { filter: `isValid(${value(0)}) && ${value(0)} > 0` },
      { calculate: `${value(3)} > 0.5 ? 'added by the model' : 'in the query'`, as: 'origin' },
      { calculate: value(0), as: 'contribution' },
      { calculate: value(1), as: 'queryWeight' },
    ],
    mark: 'bar',
    encoding: {
      y: { field: 'key', type: 'nominal', sort: '-x', title: null, axis: { labelLimit: 120 } },
      x: { field: 'contribution', type: 'quantitative', title: 'mean part of the score of the best hit' },
      color: {
        field: 'origin',
        type: 'nominal',
        title: null,
        scale: { domain: ['in the query', 'added by the model'], range: [GIVEN_COLOUR, ADDED_COLOUR] },
        legend: { orient: 'bottom' },
      },
      tooltip: [
        { field: 'key', title: 'token' },
        { field: 'contribution', type: 'quantitative', format: '.3f' },
        { field: 'queryWeight', type: 'quantitative', format: '.3f', title: 'query weight' },
        { field: 'doc_count', type: 'quantitative', title: 'searches' },
      ],
    },
  },
}

const STAGE_NAMES = ['encoding', 'the engine', 'the rest']
const STAGES: Figures = {
  buckets: [{ by: 'time' }],
  metrics: ['encode_ms', 'engine_ms', 'other_ms'].map((field, place) => {
    return { op: 'average', field: `splade.query.${field}`, label: STAGE_NAMES[place] ?? field }
  }),
}

/** Where the time of a search goes, over time. */
export const LATENCY_BY_STAGE: VegaDrawing = {
  ...STAGES,
  dataset: 'splade.query',
  shape: 'stacked-areas',
  spec: {
    $schema: LITE_SCHEMA,
    autosize: { type: 'fit', contains: 'padding' },
    data: request('splade.query', STAGES),
    transform: [
      { filter: 'datum.doc_count > 0' },
      ...STAGE_NAMES.map((name, place) => ({ calculate: value(place), as: name })),
      { fold: STAGE_NAMES, as: ['stage', 'ms'] },
    ],
    mark: { type: 'area', point: { size: 12 } },
    encoding: {
      x: { field: 'key', type: 'temporal', title: null, axis: { labelOverlap: true, labelSeparation: 8 } },
      y: { field: 'ms', type: 'quantitative', stack: 'zero', title: 'mean milliseconds' },
      color: { field: 'stage', type: 'nominal', title: null, legend: { orient: 'bottom' } },
      tooltip: [
        { field: 'key', type: 'temporal', title: 'time', format: '%Y-%m-%d %H:%M' },
        { field: 'stage' },
        { field: 'ms', type: 'quantitative', format: '.1f' },
        { field: 'doc_count', type: 'quantitative', title: 'searches' },
      ],
    },
  },
}

const RUNS: Figures = {
  buckets: [
    { by: 'value', field: 'splade.quality.dataset', size: 12, label: 'collection' },
    { by: 'value', field: 'splade.model', size: 8, label: 'model' },
    { by: 'value', field: 'splade.quality.method', size: 3, label: 'method' },
    { by: 'time' },
  ],
  metrics: [{ op: 'average', field: 'splade.quality.ndcg_10', label: 'NDCG@10' }],
}

/** NDCG@10 of evaluations over time, a facet for each collection and a line for each model and method. */
export const NDCG_OVER_RUNS: VegaDrawing = {
  ...RUNS,
  dataset: 'splade.quality',
  shape: 'small-multiples',
  spec: {
    $schema: LITE_SCHEMA,
    data: request('splade.quality', RUNS),
    transform: [
      { calculate: 'datum.key', as: 'collection' },
      { flatten: [`${bucketName(1)}.buckets`], as: ['of1'] },
      { flatten: [`of1.${bucketName(2)}.buckets`], as: ['of2'] },
      { flatten: [`of2.${bucketName(3)}.buckets`], as: ['of3'] },
      { filter: 'datum.of3.doc_count > 0' },
      { calculate: "datum.of2.key + ', ' + datum.of1.key", as: 'searched' },
      { calculate: 'datum.of3.key', as: 'time' },
      { calculate: value(0, 'datum.of3'), as: 'ndcg' },
    ],
    facet: { field: 'collection', type: 'nominal', columns: 3, title: null },
    spec: {
      width: 260,
      height: 150,
      mark: { type: 'line', point: true },
      encoding: {
        x: { field: 'time', type: 'temporal', title: null, axis: { labelOverlap: true, labelSeparation: 8 } },
        y: { field: 'ndcg', type: 'quantitative', title: 'NDCG@10', scale: { domain: [0, 1] } },
        color: { field: 'searched', type: 'nominal', title: null, legend: { orient: 'bottom', columns: 3 } },
        tooltip: [
          { field: 'searched', title: 'method, model' },
          { field: 'ndcg', type: 'quantitative', format: '.4f', title: 'NDCG@10' },
          { field: 'time', type: 'temporal', format: '%Y-%m-%d %H:%M' },
        ],
      },
    },
  },
}
