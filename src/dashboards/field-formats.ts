import { DATA_VIEW_ID } from './saved-object.js'

/** Where a query leads to, from any table or list: its tokens. */
const TOKEN_EXPLORER_ID = 'splade-bridge-token-explorer'
const QUERY_FIELD = 'splade.query.hash'

/** The products put the encoded value in the place of `{{value}}`. */
const QUERY_FILTER =
  `(meta:(alias:!n,disabled:!f,index:${DATA_VIEW_ID},key:${QUERY_FIELD},negate:!f,` +
  `params:(query:'{{value}}'),type:phrase),query:(match_phrase:(${QUERY_FIELD}:'{{value}}')))`

interface FieldFormat {
  readonly id: 'duration' | 'number' | 'percent' | 'url'
  readonly params: Readonly<Record<string, string | number | boolean>>
}

function number(pattern: string): FieldFormat {
  return { id: 'number', params: { pattern } }
}

const MILLISECONDS = number('0,0.0')
const WEIGHT = number('0,0.000')
const QUALITY = number('0.0000')

/** Field -> how Kibana and OpenSearch Dashboards write its values. */
export const FIELD_FORMATS: Readonly<Record<string, FieldFormat>> = {
  'event.duration': {
    id: 'duration',
    params: { inputFormat: 'nanoseconds', outputFormat: 'asMilliseconds', outputPrecision: 1 },
  },
  [QUERY_FIELD]: {
    id: 'url',
    params: {
      urlTemplate: `/app/dashboards#/view/${TOKEN_EXPLORER_ID}?_g=(time:(from:now-7d,to:now))&_a=(filters:!(${QUERY_FILTER}))`,
      labelTemplate: '{{value}}',
      openLinkInCurrentTab: true,
    },
  },
  'splade.query.expansion_share': { id: 'percent', params: { pattern: '0,0.0%' } },
  'splade.query.encode_ms': MILLISECONDS,
  'splade.query.engine_ms': MILLISECONDS,
  'splade.query.other_ms': MILLISECONDS,
  'splade.query.total_ms': MILLISECONDS,
  'splade.query.top_score': WEIGHT,
  'splade.token.weight': WEIGHT,
  'splade.token.contribution': WEIGHT,
  'splade.proxy.encode_ms': MILLISECONDS,
  'splade.proxy.engine_ms': MILLISECONDS,
  'splade.proxy.own_ms': MILLISECONDS,
  'splade.ingest.documents_per_second': number('0,0.0'),
  'splade.ingest.encoding_ms': number('0,0'),
  'splade.ingest.writing_ms': number('0,0'),
  'splade.ingest.tokens.mean': number('0,0.0'),
  'splade.ingest.active_tokens.mean': number('0,0.0'),
  'splade.quality.ndcg_1': QUALITY,
  'splade.quality.ndcg_3': QUALITY,
  'splade.quality.ndcg_5': QUALITY,
  'splade.quality.ndcg_10': QUALITY,
  'splade.quality.recall_100': QUALITY,
  'splade.quality.mrr_10': QUALITY,
}
