import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { engineReason } from '../engine/failure.js'
import { ensureCompatible, readIndexMeta, type IndexMeta } from '../engine/index-meta.js'
import { indexPath } from '../engine/index-path.js'
import { arrayMember, member } from '../engine/json.js'
import { readHits, STABLE_ORDER } from '../engine/ranking.js'
import { ConfigurationError, EngineError } from '../errors.js'
import { MAX_CLAUSES } from '../rank-features/query.js'
import { toDocumentQuery } from '../search/document-query.js'
import type { SparseVector } from '../sparse-vector.js'
import type { BeirQuery } from './beir.js'
import type { RankedDocument } from './exact-scorer.js'

/** Query id -> its documents, best first. */
export type Run = ReadonlyMap<string, readonly RankedDocument[]>

export interface EngineRunOptions {
  readonly index: string
  readonly queries: readonly BeirQuery[]
  /** Documents a query, 1-10,000. Default 100. */
  readonly size?: number
  /** Queries that are encoded and sent together. Default 32. */
  readonly batchQueries?: number
  /** Told after each batch how many queries are answered. */
  readonly onProgress?: (answered: number) => void
}

/**
 * Ranks documents for every query with the real engine, as `search` would: same queries, same order of ties.
 *
 * @throws EngineError if the index is missing, was written by another model, or a query fails
 */
export async function runOnEngine(
  client: EngineClient,
  encoder: Encoder,
  options: EngineRunOptions,
): Promise<Run> {
  const { index, queries, size = 100, batchQueries = 32, onProgress } = options
  for (const [option, value] of Object.entries({ size, batchQueries })) {
    if (!(Number.isInteger(value) && value > 0))
      throw new ConfigurationError(option, 'must be an integer > 0', value)
  }
  const meta = await readIndexMeta(client, index)
  if (meta === undefined) throw new EngineError(`there is no index "${index}"`, 404)
  ensureCompatible(index, meta, encoder.identity)
  const run = new Map<string, readonly RankedDocument[]>()
  for (let start = 0; start < queries.length; start += batchQueries) {
    const batch = queries.slice(start, start + batchQueries)
    const vectors = await encodeBatch(encoder, batch)
    const rankings = await searchBatch(client, index, meta, vectors, size)
    for (const [position, { id }] of batch.entries()) run.set(id, rankings[position] ?? [])
    onProgress?.(run.size)
  }
  return run
}

async function encodeBatch(encoder: Encoder, batch: readonly BeirQuery[]): Promise<readonly SparseVector[]> {
  const encodings = await encoder.encodeQueries(batch.map(({ text }) => text))
  // Heaviest first, so what does not fit into one query is the least of it.
  return encodings.map(({ vector }) => new Map([...vector].slice(0, MAX_CLAUSES)))
}

async function searchBatch(
  client: EngineClient,
  index: string,
  meta: IndexMeta,
  vectors: readonly SparseVector[],
  size: number,
): Promise<readonly (readonly RankedDocument[])[]> {
  const lines = vectors.flatMap((vector) => [
    { allow_partial_search_results: false },
    {
      query: toDocumentQuery(vector, meta),
      size,
      sort: STABLE_ORDER,
      track_total_hits: false,
      _source: false,
    },
  ])
  const ndjson = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  const { body, status } = await client.request({
    method: 'POST',
    path: indexPath(index, '_msearch'),
    ndjson,
  })
  const responses = arrayMember(body, 'responses')
  if (responses.length !== vectors.length) {
    throw new EngineError(`the engine answered ${responses.length} of ${vectors.length} queries`, status)
  }
  return responses.map(toRanking)
}

function toRanking(response: unknown): readonly RankedDocument[] {
  if (member(response, 'error') !== undefined) {
    const status = member(response, 'status')
    throw new EngineError(
      `a query of an msearch failed: ${engineReason(response)}`,
      typeof status === 'number' ? status : 0,
    )
  }
  return readHits(response).map(({ id, score }) => ({ id, score }))
}
