import { createHash, randomUUID } from 'node:crypto'
import type { JsonObject } from '../engine/json.js'
import type {
  EncodedCounts,
  IngestEvent,
  ProxyEvent,
  QualityEvent,
  QueryEvent,
  Spread,
  TelemetryEvent,
  WriteEvent,
} from './events.js'
import { type Dataset, DEFAULT_NAMESPACE, STREAM_TYPE } from './streams.js'

/** Version of the Elastic Common Schema that field names follow. */
const ECS_VERSION = '8.11.0'

/** Tokens that are written of one search: a query can have hundreds, of which the lightest say little. */
export const MAX_TOKENS_OF_A_QUERY = 64

const NANOSECONDS_PER_MS = 1e6

/** What is true of all events of a process. */
export interface EventContext {
  readonly service: { readonly name: string; readonly version: string }
  /** Default `default`. */
  readonly namespace?: string
  /** Write queries as they were typed, beside their hash. Default false. */
  readonly queryText?: boolean
}

/** One document of a stream. */
export interface EventDocument {
  readonly dataset: Dataset
  readonly body: JsonObject
}

/**
 * An event in the fields of `mappings/telemetry.json`. A query becomes one document, and one for each of its 64
 * heaviest tokens, since charts cannot look into lists of objects.
 */
export function toDocuments(
  event: TelemetryEvent,
  at: Date,
  context: EventContext,
): readonly EventDocument[] {
  const document = (dataset: Dataset, fields: JsonObject, eventFields: JsonObject): EventDocument => ({
    dataset,
    body: { ...commonFields(dataset, at, context, eventFields), ...fields },
  })
  switch (event.type) {
    case 'query':
      return queryDocuments(event, context, document)
    case 'ingest':
      return [document('splade.ingest', { splade: ingestFields(event) }, ingestEventFields(event))]
    case 'write':
      return [document('splade.ingest', { splade: writeFields(event) }, writeEventFields(event))]
    case 'quality':
      return [document('splade.quality', { splade: qualityFields(event) }, { action: 'evaluate' })]
    case 'proxy':
      return [document('splade.proxy', proxyFields(event), proxyEventFields(event))]
  }
}

type MakeDocument = (dataset: Dataset, fields: JsonObject, eventFields: JsonObject) => EventDocument

function commonFields(
  dataset: Dataset,
  at: Date,
  { service, namespace = DEFAULT_NAMESPACE }: EventContext,
  eventFields: JsonObject,
): JsonObject {
  return {
    '@timestamp': at.toISOString(),
    ecs: { version: ECS_VERSION },
    data_stream: { type: STREAM_TYPE, dataset, namespace },
    service,
    event: { kind: 'event', module: 'splade', dataset, outcome: 'success', ...eventFields },
  }
}

function queryDocuments(
  event: QueryEvent,
  context: EventContext,
  document: MakeDocument,
): readonly EventDocument[] {
  const { index, model, text, tokens, timings } = event
  const id = randomUUID()
  const query = text === undefined ? {} : textFields(text, context)
  const whole = document(
    'splade.query',
    { splade: { index, model, query: { ...query, ...queryFields(event) } } },
    {
      action: 'search',
      id,
      duration: Math.round(timings.totalMs * NANOSECONDS_PER_MS),
      ...(event.failed === true && { outcome: 'failure' }),
    },
  )
  const parts = tokens.slice(0, MAX_TOKENS_OF_A_QUERY).map(({ token: name, ...use }, place) => {
    const token = { name, ...use, rank: place + 1 }
    return document('splade.token', { splade: { index, model, query, token } }, { action: 'search', id })
  })
  return [whole, ...parts]
}

function textFields(text: string, { queryText }: EventContext): JsonObject {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32)
  return { hash, ...(queryText === true && { text }) }
}

function queryFields({
  tokens,
  prunedTokens,
  hits,
  totalHits,
  topScore,
  text,
  timings,
}: QueryEvent): JsonObject {
  const { encodeMs, engineMs, totalMs } = timings
  const found = hits ?? totalHits
  const added = tokens.filter(({ expansion }) => expansion === true).length
  return {
    active_tokens: tokens.length,
    // Which tokens were added is known beside the text only.
    ...(text !== undefined && {
      expansion_tokens: added,
      ...(tokens.length > 0 && { expansion_share: added / tokens.length }),
    }),
    pruned_tokens: prunedTokens,
    ...(hits !== undefined && { hits }),
    ...(totalHits !== undefined && { total_hits: totalHits }),
    ...(found !== undefined && { zero_result: found === 0 }),
    ...(topScore !== undefined && { top_score: topScore }),
    encode_ms: encodeMs,
    engine_ms: engineMs,
    other_ms: Math.max(0, totalMs - encodeMs - engineMs),
    total_ms: totalMs,
  }
}

function ingestEventFields({ finished, intervalMs, documents }: IngestEvent): JsonObject {
  return {
    action: finished ? 'load-finished' : 'load',
    duration: Math.round(intervalMs * NANOSECONDS_PER_MS),
    outcome: documents.deadLettered > 0 ? 'failure' : 'success',
  }
}

function ingestFields(event: IngestEvent): JsonObject {
  const { index, model, command, run, intervalMs, documents, retries, encoded, busyMs } = event
  const { deadLettered, ...others } = documents
  const processed = documents.indexed + documents.unchanged
  return {
    index,
    model,
    ingest: {
      command,
      run,
      ...others,
      dead_lettered: deadLettered,
      retries,
      ...encodedFields(encoded),
      ...(intervalMs > 0 && { documents_per_second: (processed * 1000) / intervalMs }),
      encoding_ms: busyMs.encoding,
      writing_ms: busyMs.writing,
    },
  }
}

function writeEventFields({ intervalMs }: WriteEvent): JsonObject {
  return { action: 'write', duration: Math.round(intervalMs * NANOSECONDS_PER_MS) }
}

function writeFields({ index, model, run, encoded }: WriteEvent): JsonObject {
  return { index, model, ingest: { command: 'proxy', run, ...encodedFields(encoded) } }
}

function encodedFields(encoded: EncodedCounts): JsonObject {
  const { documents, chunked, truncated, fragmented, tokens, activeTokens } = encoded
  return {
    encoded: documents,
    chunked,
    truncated,
    fragmented,
    ...(documents > 0 && {
      tokens: meanAndMax(tokens, documents),
      active_tokens: meanAndMax(activeTokens, documents),
    }),
  }
}

function meanAndMax({ sum, max }: Spread, documents: number): JsonObject {
  return { mean: sum / documents, max }
}

function qualityFields(event: QualityEvent): JsonObject {
  const { index, model, dataset, split, method, queries, ndcg, recall100, mrr10 } = event
  return {
    index,
    model,
    quality: {
      dataset,
      split,
      method,
      queries,
      ...Object.fromEntries(Object.entries(ndcg).map(([depth, value]) => [`ndcg_${depth}`, value])),
      recall_100: recall100,
      mrr_10: mrr10,
    },
  }
}

function proxyEventFields({ status, durationMs }: ProxyEvent): JsonObject {
  return {
    action: 'request',
    duration: Math.round(durationMs * NANOSECONDS_PER_MS),
    outcome: status === 0 || status >= 500 ? 'failure' : 'success',
  }
}

function proxyFields({ kind, method, status, refused, timings }: ProxyEvent): JsonObject {
  const statusClass = status === 0 ? 'cancelled' : `${Math.floor(status / 100)}xx`
  const times = timings && {
    encode_ms: timings.encodeMs,
    engine_ms: timings.engineMs,
    own_ms: timings.ownMs,
  }
  return {
    http: { request: { method }, response: { status_code: status } },
    splade: {
      proxy: { kind, status_class: statusClass, ...times, ...(refused !== undefined && { refused }) },
    },
  }
}
