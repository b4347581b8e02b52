import type { SavedSearch } from './definition.js'

/** Lists of events to begin with, in Discover. */
export const SAVED_SEARCHES: readonly SavedSearch[] = [
  {
    id: 'splade-bridge-searches',
    title: '[splade-bridge] Searches',
    dataset: 'splade.query',
    columns: [
      'splade.index',
      'splade.model',
      'splade.query.text',
      'splade.query.hash',
      'splade.query.hits',
      'splade.query.top_score',
      'splade.query.active_tokens',
      'splade.query.total_ms',
    ],
    sortBy: '@timestamp',
  },
  {
    id: 'splade-bridge-loads-with-refusals',
    title: '[splade-bridge] Loads that refused documents',
    dataset: 'splade.ingest',
    only: { field: 'event.outcome', value: 'failure' },
    columns: [
      'splade.index',
      'splade.ingest.run',
      'splade.ingest.dead_lettered',
      'splade.ingest.indexed',
      'splade.ingest.retries',
    ],
    sortBy: '@timestamp',
  },
  {
    id: 'splade-bridge-evaluations',
    title: '[splade-bridge] Evaluations',
    dataset: 'splade.quality',
    columns: [
      'splade.quality.dataset',
      'splade.quality.split',
      'splade.quality.method',
      'splade.model',
      'splade.quality.queries',
      'splade.quality.ndcg_10',
      'splade.quality.recall_100',
      'splade.quality.mrr_10',
    ],
    sortBy: '@timestamp',
  },
  {
    id: 'splade-bridge-failed-requests',
    title: '[splade-bridge] Requests through the proxy that failed',
    dataset: 'splade.proxy',
    only: { field: 'event.outcome', value: 'failure' },
    columns: [
      'http.request.method',
      'http.response.status_code',
      'splade.proxy.kind',
      'splade.proxy.refused',
      'event.duration',
    ],
    sortBy: '@timestamp',
  },
]
