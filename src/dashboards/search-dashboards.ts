import type { ChartPanel, Dashboard, DrillDown, Metric, PanelSize } from './definition.js'
import { LATENCY_BY_STAGE, TOKEN_CLOUD, TOKEN_CONTRIBUTIONS } from './vega-specs.js'

/** Hashes are all that is always there; `--telemetry text` writes what was typed beside them. */
const QUERY_TEXT: Metric = { op: 'shared', field: 'splade.query.text', label: 'text' }
const COUNT_SEARCHES: Metric = { op: 'count', label: 'searches' }
const NUMBER: PanelSize = { width: 12, height: 7 }
const HALF: PanelSize = { width: 24, height: 14 }
const WHOLE: PanelSize = { width: 48, height: 14 }
const CONTROLS = [
  { field: 'splade.index', label: 'Index' },
  { field: 'splade.model', label: 'Model' },
]

function tokensOf(field: string): DrillDown {
  return { field, dashboard: 'splade-bridge-token-explorer', label: 'Its tokens' }
}

function queryNumber(id: string, title: string, metric: Metric, only?: ChartPanel['only']): ChartPanel {
  const panel = { ...NUMBER, id, title, dataset: 'splade.query', type: 'chart', shape: 'metric' } as const
  return { ...panel, buckets: [], metrics: [metric], ...(only !== undefined && { only }) }
}

function percentiles(field: string): readonly Metric[] {
  return [50, 95, 99].map((percent) => ({ op: 'percentile', field, percent, label: `p${percent}` }))
}

/** How many searches, how fast, and with what. */
export const SEARCH_OVERVIEW: Dashboard = {
  id: 'splade-bridge-search-overview',
  title: '[splade-bridge] Search overview',
  description: 'Searches: how many, how fast and where the time goes, and those that find nothing',
  controls: CONTROLS,
  panels: [
    queryNumber('searches', 'Searches', COUNT_SEARCHES),
    queryNumber('median', 'Median time, ms', {
      op: 'percentile',
      field: 'splade.query.total_ms',
      percent: 50,
      label: 'ms',
    }),
    queryNumber('p95', '95th percentile, ms', {
      op: 'percentile',
      field: 'splade.query.total_ms',
      percent: 95,
      label: 'ms',
    }),
    queryNumber('zero-results', 'Searches that found nothing', COUNT_SEARCHES, {
      field: 'splade.query.zero_result',
      value: true,
    }),
    {
      ...HALF,
      type: 'chart',
      id: 'rate',
      title: 'Searches over time, by index',
      dataset: 'splade.query',
      shape: 'bar',
      buckets: [{ by: 'time' }, { by: 'value', field: 'splade.index', size: 8, label: 'index' }],
      metrics: [COUNT_SEARCHES],
      drillDown: tokensOf('splade.index'),
    },
    { ...HALF, ...LATENCY_BY_STAGE, type: 'vega', id: 'stages', title: 'Where the time goes' },
    {
      ...HALF,
      type: 'chart',
      id: 'latency',
      title: 'Time of a search, percentiles in ms',
      dataset: 'splade.query',
      shape: 'line',
      buckets: [{ by: 'time' }],
      metrics: percentiles('splade.query.total_ms'),
    },
    {
      ...HALF,
      type: 'chart',
      id: 'encoding-latency',
      title: 'Encoding alone, percentiles in ms',
      dataset: 'splade.query',
      shape: 'line',
      buckets: [{ by: 'time' }],
      metrics: percentiles('splade.query.encode_ms'),
    },
    {
      ...HALF,
      type: 'chart',
      id: 'engine-latency',
      title: 'The engine alone, percentiles in ms',
      dataset: 'splade.query',
      shape: 'line',
      buckets: [{ by: 'time' }],
      metrics: percentiles('splade.query.engine_ms'),
    },
    {
      ...HALF,
      type: 'chart',
      id: 'nothing-found',
      title: 'Queries that find nothing (click one to see its tokens)',
      dataset: 'splade.query',
      shape: 'table',
      only: { field: 'splade.query.zero_result', value: true },
      buckets: [{ by: 'value', field: 'splade.query.hash', size: 20, label: 'query' }],
      metrics: [
        QUERY_TEXT,
        COUNT_SEARCHES,
        { op: 'average', field: 'splade.query.active_tokens', label: 'tokens' },
      ],
      drillDown: tokensOf('splade.query.hash'),
    },
    {
      ...WHOLE,
      type: 'events',
      id: 'slowest',
      title: 'Slowest searches',
      dataset: 'splade.query',
      columns: [
        'splade.query.total_ms',
        'splade.query.encode_ms',
        'splade.query.engine_ms',
        'splade.query.active_tokens',
        'splade.query.text',
        'splade.query.hash',
      ],
      sortBy: 'splade.query.total_ms',
      drillDown: tokensOf('splade.query.hash'),
    },
  ],
}

const AVERAGE_WEIGHT: Metric = { op: 'average', field: 'splade.token.weight', label: 'mean weight' }
const AVERAGE_CONTRIBUTION: Metric = {
  op: 'average',
  field: 'splade.token.contribution',
  label: 'mean part of the best score',
}
const COUNT_USES: Metric = { op: 'count', label: 'uses' }

/** What queries are made of. */
export const TOKEN_EXPLORER: Dashboard = {
  id: 'splade-bridge-token-explorer',
  title: '[splade-bridge] Token explorer',
  description: 'Tokens of queries: the most frequent, the heaviest, those the model adds, and what they give',
  controls: [
    ...CONTROLS,
    { field: 'splade.query.text', label: 'Query text' },
    { field: 'splade.query.hash', label: 'Query' },
  ],
  panels: [
    { ...HALF, ...TOKEN_CLOUD, type: 'vega', id: 'cloud', title: 'Tokens' },
    {
      ...HALF,
      ...TOKEN_CONTRIBUTIONS,
      type: 'vega',
      id: 'contributions',
      title: 'What tokens give to the best hits',
    },
    {
      ...HALF,
      type: 'chart',
      id: 'frequent',
      title: 'Most frequent tokens',
      dataset: 'splade.token',
      shape: 'table',
      buckets: [{ by: 'value', field: 'splade.token.name', size: 50, label: 'token' }],
      metrics: [COUNT_USES, AVERAGE_WEIGHT, AVERAGE_CONTRIBUTION],
    },
    {
      ...HALF,
      type: 'chart',
      id: 'heaviest',
      title: 'Heaviest tokens',
      dataset: 'splade.token',
      shape: 'horizontal-bar',
      buckets: [{ by: 'value', field: 'splade.token.name', size: 15, label: 'token' }],
      metrics: [AVERAGE_WEIGHT],
    },
    {
      ...HALF,
      type: 'chart',
      id: 'added',
      title: 'Tokens that the model adds',
      dataset: 'splade.token',
      shape: 'table',
      only: { field: 'splade.token.expansion', value: true },
      buckets: [{ by: 'value', field: 'splade.token.name', size: 50, label: 'token' }],
      metrics: [COUNT_USES, AVERAGE_WEIGHT, AVERAGE_CONTRIBUTION],
    },
    {
      ...HALF,
      type: 'chart',
      id: 'expansion-share',
      title: 'Part of the tokens that the model added',
      dataset: 'splade.query',
      shape: 'line',
      buckets: [{ by: 'time' }],
      metrics: [{ op: 'average', field: 'splade.query.expansion_share', label: 'added by the model' }],
    },
    {
      ...HALF,
      type: 'chart',
      id: 'query-lengths',
      title: 'Tokens of a query, and those of them that the model added',
      dataset: 'splade.query',
      shape: 'line',
      buckets: [{ by: 'time' }],
      metrics: [
        { op: 'average', field: 'splade.query.active_tokens', label: 'tokens' },
        { op: 'average', field: 'splade.query.expansion_tokens', label: 'added' },
        { op: 'average', field: 'splade.query.pruned_tokens', label: 'left out' },
      ],
    },
    {
      ...HALF,
      type: 'chart',
      id: 'weights',
      title: 'Weights of tokens',
      dataset: 'splade.token',
      shape: 'bar',
      buckets: [{ by: 'interval', field: 'splade.token.weight', width: 0.25, label: 'weight' }],
      metrics: [COUNT_USES],
    },
    {
      ...WHOLE,
      type: 'chart',
      id: 'queries',
      title: 'Queries (click one to see its tokens)',
      dataset: 'splade.query',
      shape: 'table',
      buckets: [{ by: 'value', field: 'splade.query.hash', size: 20, label: 'query' }],
      metrics: [
        QUERY_TEXT,
        COUNT_SEARCHES,
        { op: 'average', field: 'splade.query.top_score', label: 'best score' },
      ],
    },
  ],
}
