import { type Dataset, STREAM_TYPE } from '../telemetry/streams.js'

/** A request that the products fill in with the filters and the time range of the dashboard. */
function request(dataset: Dataset, aggs: object, property: string): object {
  return {
    url: {
      '%context%': true,
      '%timefield%': '@timestamp',
      index: `${STREAM_TYPE}-${dataset}-*`,
      body: { size: 0, aggs },
    },
    format: { property },
  }
}

const LITE_SCHEMA = 'https://vega.github.io/schema/vega-lite/v5.json'
const AVERAGE = (field: string): object => ({ avg: { field } })

/** The most used query tokens, larger the more weight they had in all; those that the model added are orange. */
export const TOKEN_CLOUD: object = {
  $schema: 'https://vega.github.io/schema/vega/v5.json',
  padding: 5,
  autosize: { type: 'fit', contains: 'padding' },
  data: [
    {
      name: 'tokens',
      ...request(
        'splade.token',
        {
          tokens: {
            terms: { field: 'splade.token.name', size: 80, order: { weight: 'desc' } },
            aggs: {
              weight: { sum: { field: 'splade.token.weight' } },
              added: { avg: { field: 'splade.token.expansion' } },
            },
          },
        },
        'aggregations.tokens.buckets',
      ),
      transform: [
        { type: 'formula', as: 'text', expr: "'' + datum.key" },
        { type: 'formula', as: 'total', expr: 'datum.weight.value' },
        { type: 'formula', as: 'isAdded', expr: 'datum.added.value > 0.5' },
        {
          type: 'wordcloud',
          size: [{ signal: 'width' }, { signal: 'height' }],
          text: { field: 'text' },
          font: 'sans-serif',
          fontSize: { field: 'total' },
          fontSizeRange: [14, 64],
          padding: 3,
          rotate: 0,
        },
      ],
    },
  ],
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
          fill: { signal: "datum.isAdded ? '#c05a12' : '#1f6fb2'" },
          tooltip: {
            signal:
              "{token: datum.text, searches: datum.doc_count, 'sum of weights': format(datum.total, '.2f'), 'added by the model': datum.isAdded ? 'yes' : 'no'}",
          },
        },
      },
    },
  ],
}

/** What each token gave to the best hits, of the queries that filters leave. */
export const TOKEN_CONTRIBUTIONS: object = {
  $schema: LITE_SCHEMA,
  autosize: { type: 'fit', contains: 'padding' },
  data: request(
    'splade.token',
    {
      tokens: {
        terms: { field: 'splade.token.name', size: 25, order: { contribution: 'desc' } },
        aggs: {
          contribution: AVERAGE('splade.token.contribution'),
          weight: AVERAGE('splade.token.weight'),
          added: AVERAGE('splade.token.expansion'),
        },
      },
    },
    'aggregations.tokens.buckets',
  ),
  transform: [
    { filter: 'isValid(datum.contribution.value)' },
    { calculate: "datum.added.value > 0.5 ? 'added by the model' : 'in the query'", as: 'origin' },
    { calculate: 'datum.contribution.value', as: 'contribution' },
    { calculate: 'datum.weight.value', as: 'queryWeight' },
  ],
  mark: 'bar',
  encoding: {
    y: { field: 'key', type: 'nominal', sort: '-x', title: null },
    x: { field: 'contribution', type: 'quantitative', title: 'part of the score of the best hit' },
    color: {
      field: 'origin',
      type: 'nominal',
      title: null,
      scale: { domain: ['in the query', 'added by the model'], range: ['#1f6fb2', '#c05a12'] },
      legend: { orient: 'bottom' },
    },
    tooltip: [
      { field: 'key', title: 'token' },
      { field: 'contribution', type: 'quantitative', format: '.3f' },
      { field: 'queryWeight', type: 'quantitative', format: '.3f', title: 'query weight' },
      { field: 'doc_count', type: 'quantitative', title: 'searches' },
    ],
  },
}

/** Where the time of a search goes, over time. */
export const LATENCY_BY_STAGE: object = {
  $schema: LITE_SCHEMA,
  autosize: { type: 'fit', contains: 'padding' },
  data: request(
    'splade.query',
    {
      times: {
        auto_date_histogram: { field: '@timestamp', buckets: 60 },
        aggs: {
          encode: AVERAGE('splade.query.encode_ms'),
          engine: AVERAGE('splade.query.engine_ms'),
          other: AVERAGE('splade.query.other_ms'),
        },
      },
    },
    'aggregations.times.buckets',
  ),
  transform: [
    { filter: 'datum.doc_count > 0' },
    { calculate: 'datum.encode.value', as: 'encoding' },
    { calculate: 'datum.engine.value', as: 'the engine' },
    { calculate: 'datum.other.value', as: 'the rest' },
    { fold: ['encoding', 'the engine', 'the rest'], as: ['stage', 'ms'] },
  ],
  mark: { type: 'area', point: true },
  encoding: {
    x: { field: 'key', type: 'temporal', title: null },
    y: { field: 'ms', type: 'quantitative', stack: 'zero', title: 'mean milliseconds' },
    color: { field: 'stage', type: 'nominal', title: null, legend: { orient: 'bottom' } },
    tooltip: [
      { field: 'key', type: 'temporal', title: 'time', format: '%Y-%m-%d %H:%M' },
      { field: 'stage' },
      { field: 'ms', type: 'quantitative', format: '.1f' },
      { field: 'doc_count', type: 'quantitative', title: 'searches' },
    ],
  },
}

/** NDCG@10 of each evaluation, a line for each model and a facet for each collection. */
export const NDCG_OVER_RUNS: object = {
  $schema: LITE_SCHEMA,
  data: request(
    'splade.quality',
    {
      collections: {
        terms: { field: 'splade.quality.dataset', size: 12 },
        aggs: {
          models: {
            terms: { field: 'splade.model', size: 8 },
            aggs: {
              times: {
                auto_date_histogram: { field: '@timestamp', buckets: 100 },
                aggs: { ndcg: AVERAGE('splade.quality.ndcg_10') },
              },
            },
          },
        },
      },
    },
    'aggregations.collections.buckets',
  ),
  transform: [
    { calculate: 'datum.key', as: 'collection' },
    { flatten: ['models.buckets'], as: ['byModel'] },
    { calculate: 'datum.byModel.key', as: 'model' },
    { flatten: ['byModel.times.buckets'], as: ['run'] },
    { filter: 'datum.run.doc_count > 0' },
    { calculate: 'datum.run.key', as: 'time' },
    { calculate: 'datum.run.ndcg.value', as: 'ndcg' },
  ],
  facet: { field: 'collection', type: 'nominal', columns: 3, title: null },
  spec: {
    width: 260,
    height: 150,
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'time', type: 'temporal', title: null },
      y: { field: 'ndcg', type: 'quantitative', title: 'NDCG@10', scale: { domain: [0, 1] } },
      color: { field: 'model', type: 'nominal', title: null },
      tooltip: [
        { field: 'model' },
        { field: 'ndcg', type: 'quantitative', format: '.4f', title: 'NDCG@10' },
        { field: 'time', type: 'temporal', format: '%Y-%m-%d %H:%M' },
      ],
    },
  },
}
