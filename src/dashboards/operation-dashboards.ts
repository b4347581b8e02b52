import type { Bucket, ChartPanel, Dashboard, DrillDown, Metric, PanelSize } from './definition.js'
import { NDCG_OVER_RUNS } from './vega-specs.js'

const NUMBER: PanelSize = { width: 12, height: 7 }
const HALF: PanelSize = { width: 24, height: 14 }
const WHOLE: PanelSize = { width: 48, height: 16 }

function searchesOf(field: string): DrillDown {
  return { field, dashboard: 'splade-bridge-search-overview', label: 'Its searches' }
}

function sum(field: string, label: string): Metric {
  return { op: 'sum', field: `splade.ingest.${field}`, label }
}

function average(field: string, label: string): Metric {
  return { op: 'average', field: `splade.ingest.${field}`, label }
}

function max(field: string, label: string): Metric {
  return { op: 'max', field: `splade.ingest.${field}`, label }
}

function ingestNumber(id: string, title: string, metric: Metric): ChartPanel {
  const panel = { ...NUMBER, id, title, dataset: 'splade.ingest', type: 'chart', shape: 'metric' } as const
  return { ...panel, buckets: [], metrics: [metric] }
}

function ingestOverTime(id: string, title: string, metrics: readonly Metric[]): ChartPanel {
  const panel = { ...HALF, id, title, dataset: 'splade.ingest', type: 'chart', shape: 'line' } as const
  return { ...panel, buckets: [{ by: 'time' }], metrics }
}

/** Loads: pace, refusals, lengths. */
export const INGEST: Dashboard = {
  id: 'splade-bridge-ingest',
  title: '[splade-bridge] Ingest',
  description: 'Loads: throughput, what was refused or cut off, lengths of documents and of their vectors',
  controls: [
    { field: 'splade.index', label: 'Index' },
    { field: 'splade.model', label: 'Model' },
    { field: 'splade.ingest.command', label: 'Command' },
    { field: 'splade.ingest.run', label: 'Load' },
  ],
  panels: [
    ingestNumber('indexed', 'Documents indexed', sum('indexed', 'documents')),
    ingestNumber('refused', 'Documents refused', sum('dead_lettered', 'documents')),
    ingestNumber('retries', 'Requests sent again', sum('retries', 'requests')),
    ingestNumber('truncated', 'Documents cut off', sum('truncated', 'documents')),
    ingestOverTime('throughput', 'Documents a second', [average('documents_per_second', 'documents/s')]),
    ingestOverTime('stages', 'Busy with, ms in an event', [
      average('encoding_ms', 'encoding'),
      average('writing_ms', 'bulk requests'),
    ]),
    ingestOverTime('lengths', 'Tokens of a document', [
      average('tokens.mean', 'mean'),
      max('tokens.max', 'longest'),
    ]),
    ingestOverTime('sparsity', 'Tokens with a weight', [
      average('active_tokens.mean', 'mean'),
      max('active_tokens.max', 'most'),
    ]),
    ingestOverTime('trouble', 'Trouble', [
      sum('dead_lettered', 'refused'),
      sum('retries', 'sent again'),
      sum('truncated', 'cut off'),
      sum('fragmented', 'of unknown words'),
    ]),
    {
      ...HALF,
      type: 'chart',
      id: 'indices',
      title: 'By index',
      dataset: 'splade.ingest',
      shape: 'table',
      buckets: [{ by: 'value', field: 'splade.index', size: 20, label: 'index' }],
      metrics: [
        sum('indexed', 'indexed'),
        sum('unchanged', 'unchanged'),
        sum('skipped', 'skipped'),
        sum('dead_lettered', 'refused'),
      ],
      drillDown: searchesOf('splade.index'),
    },
    {
      ...HALF,
      type: 'chart',
      id: 'commands',
      title: 'By command',
      dataset: 'splade.ingest',
      shape: 'table',
      buckets: [{ by: 'value', field: 'splade.ingest.command', size: 8, label: 'command' }],
      metrics: [
        sum('encoded', 'encoded'),
        sum('indexed', 'indexed'),
        sum('dead_lettered', 'refused'),
        sum('truncated', 'cut off'),
      ],
    },
  ],
}

/** Evaluations of another model or method are never averaged into the same figure. */
const MODEL: Bucket = { by: 'value', field: 'splade.model', size: 20, label: 'model' }
const METHOD: Bucket = { by: 'value', field: 'splade.quality.method', size: 3, label: 'method' }

function quality(field: string, label: string): Metric {
  return { op: 'average', field: `splade.quality.${field}`, label }
}

/** Evaluations over time. */
export const RELEVANCE: Dashboard = {
  id: 'splade-bridge-relevance',
  title: '[splade-bridge] Relevance',
  description: 'Evaluations: NDCG over runs, by collection and model, sparse beside BM25 and hybrid',
  controls: [
    { field: 'splade.quality.dataset', label: 'Collection' },
    { field: 'splade.model', label: 'Model' },
  ],
  panels: [
    { ...WHOLE, ...NDCG_OVER_RUNS, type: 'vega', id: 'runs', title: 'NDCG@10 over runs' },
    {
      ...HALF,
      type: 'chart',
      id: 'methods',
      title: 'NDCG@10 by collection, method and model',
      dataset: 'splade.quality',
      shape: 'table',
      buckets: [
        { by: 'value', field: 'splade.quality.dataset', size: 20, label: 'collection' },
        METHOD,
        MODEL,
      ],
      metrics: [quality('ndcg_10', 'NDCG@10'), quality('recall_100', 'recall@100')],
    },
    {
      ...HALF,
      type: 'chart',
      id: 'models',
      title: 'By model and method, mean of its evaluations',
      dataset: 'splade.quality',
      shape: 'table',
      buckets: [MODEL, METHOD],
      metrics: [
        quality('ndcg_1', 'NDCG@1'),
        quality('ndcg_3', 'NDCG@3'),
        quality('ndcg_5', 'NDCG@5'),
        quality('ndcg_10', 'NDCG@10'),
        quality('mrr_10', 'MRR@10'),
      ],
      drillDown: searchesOf('splade.model'),
    },
  ],
}

const COUNT_REQUESTS: Metric = { op: 'count', label: 'requests' }

function proxyOverTime(id: string, title: string, field: string): ChartPanel {
  const panel = { ...HALF, id, title, dataset: 'splade.proxy', type: 'chart', shape: 'bar' } as const
  return {
    ...panel,
    buckets: [{ by: 'time' }, { by: 'value', field, size: 8, label: title }],
    metrics: [COUNT_REQUESTS],
  }
}

function percentile95(field: string, label: string): Metric {
  return { op: 'percentile', field: `splade.proxy.${field}`, percent: 95, label }
}

/** Requests through the proxy. */
export const PROXY_HEALTH: Dashboard = {
  id: 'splade-bridge-proxy-health',
  title: '[splade-bridge] Proxy health',
  description: 'Requests through the proxy: how many, how they end, how long they take, and where',
  controls: [{ field: 'splade.proxy.kind', label: 'What became of it' }],
  panels: [
    {
      ...NUMBER,
      type: 'chart',
      id: 'requests',
      title: 'Requests',
      dataset: 'splade.proxy',
      shape: 'metric',
      buckets: [],
      metrics: [COUNT_REQUESTS],
    },
    {
      ...NUMBER,
      type: 'chart',
      id: 'failures',
      title: 'Failures',
      dataset: 'splade.proxy',
      shape: 'metric',
      only: { field: 'event.outcome', value: 'failure' },
      buckets: [],
      metrics: [COUNT_REQUESTS],
    },
    {
      ...HALF,
      height: NUMBER.height,
      type: 'chart',
      id: 'refusals',
      title: 'Refused by the proxy',
      dataset: 'splade.proxy',
      shape: 'table',
      buckets: [{ by: 'value', field: 'splade.proxy.refused', size: 20, label: 'why' }],
      metrics: [COUNT_REQUESTS],
    },
    proxyOverTime('kinds', 'What became of requests', 'splade.proxy.kind'),
    proxyOverTime('statuses', 'How requests ended', 'splade.proxy.status_class'),
    {
      ...HALF,
      type: 'chart',
      id: 'latency',
      title: 'Time of a request, percentiles in ms',
      dataset: 'splade.proxy',
      shape: 'line',
      buckets: [{ by: 'time' }],
      metrics: [50, 95, 99].map((percent) => {
        return { op: 'percentile', field: 'event.duration', percent, label: `p${percent}` } as const
      }),
    },
    {
      ...HALF,
      type: 'chart',
      id: 'stages',
      title: 'Stages of a rewritten request, p95 in ms',
      dataset: 'splade.proxy',
      shape: 'line',
      buckets: [{ by: 'time' }],
      metrics: [
        percentile95('encode_ms', 'encoding'),
        percentile95('engine_ms', 'the engine'),
        percentile95('own_ms', 'the proxy itself'),
      ],
    },
    {
      ...HALF,
      type: 'chart',
      id: 'methods',
      title: 'By method and status',
      dataset: 'splade.proxy',
      shape: 'table',
      buckets: [
        { by: 'value', field: 'http.request.method', size: 8, label: 'HTTP method' },
        { by: 'value', field: 'splade.proxy.status_class', size: 8, label: 'status' },
      ],
      metrics: [COUNT_REQUESTS, { op: 'average', field: 'event.duration', label: 'mean ms' }],
    },
  ],
}
