import type {
  IngestEvent,
  ProxyEvent,
  QualityEvent,
  QueryEvent,
  WriteEvent,
} from '../src/telemetry/events.js'

/** A query of two tokens, one of them added by the model, with one hit. */
export const QUERY_EVENT: QueryEvent = {
  type: 'query',
  index: 'articles',
  model: 'ko-en-mini',
  text: '심근경색 증상',
  tokens: [
    { token: '심근경색', weight: 2.5, expansion: false, contribution: 3.5 },
    { token: '심장', weight: 0.5, expansion: true, contribution: 0 },
  ],
  prunedTokens: 3,
  hits: 1,
  topScore: 3.5,
  timings: { encodeMs: 2, engineMs: 5, totalMs: 10 },
}

/** Ten seconds of a load, in which one of four documents was refused. */
export const INGEST_EVENT: IngestEvent = {
  type: 'ingest',
  command: 'index',
  index: 'articles',
  model: 'ko-en-mini',
  run: 'a-run',
  finished: true,
  intervalMs: 10_000,
  documents: { read: 4, indexed: 2, unchanged: 1, deadLettered: 1, skipped: 0 },
  retries: 1,
  encoded: {
    documents: 2,
    chunked: 1,
    truncated: 0,
    fragmented: 0,
    tokens: { sum: 300, max: 200 },
    activeTokens: { sum: 100, max: 60 },
  },
  busyMs: { encoding: 8_000, writing: 3_000 },
}

/** Ten seconds in which clients wrote three documents through the proxy. */
export const WRITE_EVENT: WriteEvent = {
  type: 'write',
  index: 'articles',
  model: 'ko-en-mini',
  run: 'a-proxy',
  intervalMs: 10_000,
  encoded: {
    documents: 3,
    chunked: 0,
    truncated: 1,
    fragmented: 0,
    tokens: { sum: 90, max: 50 },
    activeTokens: { sum: 60, max: 30 },
  },
}

export const QUALITY_EVENT: QualityEvent = {
  type: 'quality',
  index: 'eval-ko',
  model: 'ko-en-mini',
  dataset: 'ko',
  split: 'test',
  method: 'sparse',
  queries: 30,
  ndcg: { 1: 0.8, 3: 0.85, 5: 0.87, 10: 0.9 },
  recall100: 1,
  mrr10: 0.88,
}

export const PROXY_EVENT: ProxyEvent = {
  type: 'proxy',
  kind: 'rewritten',
  method: 'POST',
  status: 200,
  durationMs: 12.5,
}
