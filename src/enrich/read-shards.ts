import type { EngineClient, EngineResponse } from '../engine/client.js'
import { EngineResponseError } from '../engine/failure.js'
import { indexPath } from '../engine/index-path.js'
import { arrayMember, isObject, type JsonObject, member, numberMember, stringMember } from '../engine/json.js'
import { atLeast } from '../engine/version.js'
import { isTemporaryFailure } from '../indexer/retry.js'
import { type ScannedDocument, toScannedDocument } from '../indexer/scan-index.js'

/** One shard, and how far its writes go. */
export interface ShardPosition {
  readonly index: string
  readonly shard: number
  /** Sequence number up to which every write is searchable; -1 for a shard without any. */
  readonly checkpoint: number
}

/** A shard that is there now. */
export interface FoundShard extends ShardPosition {
  /** What tells its index from another one of the same name that was created later. */
  readonly uuid: string
}

/** A document as the engine has it. */
export interface ReadDocument extends ScannedDocument {
  readonly source: JsonObject
}

export interface ReadOptions {
  /** Restricts what is read. Default: all documents. */
  readonly query?: object | undefined
  /** Fields of the source that are wanted; none leaves the source out. */
  readonly fields: readonly string[]
  /** Documents of a batch, at most 10,000. */
  readonly batchDocuments: number
}

/** Sequence numbers read, `after` exclusive and `upTo` inclusive. */
export interface SequenceRange {
  readonly after: number
  readonly upTo?: number
}

/** Longest that a view is kept between two batches, which may take a slow encoder minutes. */
const KEEP_ALIVE = '15m'
/** Statuses by which an engine says that it knows no such view, or no longer. */
const NO_VIEW: readonly number[] = [400, 404, 405]

/** The primary shards behind a name. Everything that their positions cover is searchable by the time they are returned. */
export async function readShardPositions(
  client: EngineClient,
  index: string,
): Promise<readonly FoundShard[]> {
  const positions = await requestPositions(client, index)
  await client.request({ method: 'POST', path: indexPath(index, '_refresh') })
  return positions
}

async function requestPositions(client: EngineClient, index: string): Promise<readonly FoundShard[]> {
  const { body } = await client.request({
    method: 'GET',
    path: indexPath(index, '_stats'),
    query: {
      level: 'shards',
      filter_path: 'indices.*.uuid,indices.*.shards.*.routing.primary,indices.*.shards.*.seq_no',
    },
  })
  return Object.entries(objectOf(member(body, 'indices'))).flatMap(([name, stats]) =>
    Object.entries(objectOf(member(stats, 'shards'))).map(([shard, copies]) => {
      const primary = [copies].flat().find((copy) => member(copy, 'routing', 'primary') === true)
      const checkpoint = numberMember(primary, 'seq_no', 'global_checkpoint') ?? -1
      return { index: name, uuid: stringMember(stats, 'uuid') ?? '', shard: Number(shard), checkpoint }
    }),
  )
}

/** The documents of a shard as they are at the beginning; those that change meanwhile are read in their old state. */
export async function* readShard(
  client: EngineClient,
  position: ShardPosition,
  options: ReadOptions,
): AsyncGenerator<readonly ReadDocument[], void, undefined> {
  const rest = yield* readView(client, position, options)
  if (rest !== undefined) yield* readScroll(client, position, rest, options)
}

/**
 * The documents of a shard as they are at the beginning, in the order of their last changes. Sequence numbers are
 * unique within a shard, so that one number says where to go on, even after the engine lost the view.
 *
 * @returns the sequence number after which to go on by other means, where the engine keeps no views; else undefined
 */
async function* readView(
  client: EngineClient,
  { index, shard }: ShardPosition,
  options: ReadOptions,
): AsyncGenerator<readonly ReadDocument[], number | undefined, undefined> {
  let after = -1
  let view = await openView(client, index, shard)
  try {
    while (view !== undefined) {
      const batch = await searchView(client, view, { after }, options)
      if (batch?.length === 0) return undefined
      if (batch === undefined) {
        view = await openView(client, index, shard)
        continue
      }
      yield batch
      after = batch.at(-1)?.seqNo ?? after
    }
    return after
  } finally {
    if (view !== undefined) await closeView(client, view)
  }
}

/** The same by scrolling. */
async function* readScroll(
  client: EngineClient,
  position: ShardPosition,
  start: number,
  options: ReadOptions,
): AsyncGenerator<readonly ReadDocument[], void, undefined> {
  let after = start
  let answer = await openScroll(client, position, after, options)
  try {
    for (let batch = toDocuments(answer); batch.length > 0; batch = toDocuments(answer)) {
      yield batch
      after = batch.at(-1)?.seqNo ?? after
      answer = (await scrollOn(client, answer)) ?? (await openScroll(client, position, after, options))
    }
  } finally {
    const close = { scroll_id: [stringMember(answer, '_scroll_id')] }
    await client.request({ method: 'DELETE', path: '/_search/scroll', body: close }).catch(() => undefined)
  }
}

async function openScroll(
  client: EngineClient,
  { index, shard }: ShardPosition,
  after: number,
  options: ReadOptions,
): Promise<unknown> {
  const query = { scroll: KEEP_ALIVE, preference: `_shards:${shard}`, allow_partial_search_results: false }
  // A scroll counts all hits, and refuses to be told not to.
  const body = { ...searchBody({ after }, options), track_total_hits: true }
  return (await client.request({ method: 'POST', path: indexPath(index, '_search'), query, body })).body
}

/** @returns undefined where the engine has lost its place, or may have gone on without an answer */
async function scrollOn(client: EngineClient, answer: unknown): Promise<unknown> {
  const body = { scroll: KEEP_ALIVE, scroll_id: stringMember(answer, '_scroll_id') }
  const scrolled = client.request({ method: 'POST', path: '/_search/scroll', body })
  return orUndefined(scrolled).catch((error: unknown) => {
    if (!isTemporaryFailure(error)) throw error
  })
}

/** What has changed in a shard within a range of sequence numbers; what changes meanwhile moves out of it. */
export async function* readChanges(
  client: EngineClient,
  { index, shard }: ShardPosition,
  { after, upTo }: SequenceRange,
  options: ReadOptions,
): AsyncGenerator<readonly ReadDocument[], void, undefined> {
  for (let last = after; ;) {
    const { body } = await client.request({
      method: 'POST',
      path: indexPath(index, '_search'),
      query: { preference: `_shards:${shard}`, allow_partial_search_results: false },
      body: searchBody({ after: last, ...(upTo !== undefined && { upTo }) }, options),
    })
    const batch = toDocuments(body)
    if (batch.length === 0) return
    yield batch
    last = batch.at(-1)?.seqNo ?? last
  }
}

/** Documents by their ids, as they are after a refresh; those that are gone, or not found by the query, are left out. */
export async function readByIds(
  client: EngineClient,
  index: string,
  ids: readonly string[],
  { query, fields }: Pick<ReadOptions, 'query' | 'fields'>,
): Promise<readonly ReadDocument[]> {
  if (ids.length === 0) return []
  const { body } = await client.request({
    method: 'POST',
    path: indexPath(index, '_search'),
    query: { allow_partial_search_results: false },
    body: {
      query: { bool: { filter: [{ ids: { values: ids } }, ...(query === undefined ? [] : [query])] } },
      size: ids.length,
      seq_no_primary_term: true,
      _source: fields.length > 0 && wantedSource(client, fields),
    },
  })
  return toDocuments(body)
}

/** From here on Elasticsearch leaves vectors out of what it returns, unless asked for them. */
function wantedSource({ info }: EngineClient, includes: readonly string[]): object {
  const hides = info.distribution === 'elasticsearch' && atLeast(info.version, '9.2.0')
  return { includes, ...(hides && { exclude_vectors: false }) }
}

function searchBody({ after, upTo }: SequenceRange, { query, fields, batchDocuments }: ReadOptions): object {
  const range = { range: { _seq_no: { gt: after, ...(upTo !== undefined && { lte: upTo }) } } }
  return {
    query: { bool: { filter: query === undefined ? [range] : [query, range] } },
    sort: [{ _seq_no: 'asc' }],
    size: batchDocuments,
    seq_no_primary_term: true,
    track_total_hits: false,
    _source: fields.length > 0 && { includes: fields },
  }
}

/** A point in time of one shard, which the two engines name differently. */
interface View {
  readonly id: string
  /** Path of its removal. */
  readonly path: string
  readonly closing: object
}

async function openView(client: EngineClient, index: string, shard: number): Promise<View | undefined> {
  const query = { keep_alive: KEEP_ALIVE, preference: `_shards:${shard}` }
  const isElasticsearch = client.info.distribution === 'elasticsearch'
  const path = isElasticsearch ? indexPath(index, '_pit') : indexPath(index, '_search', 'point_in_time')
  try {
    const { body } = await client.request({ method: 'POST', path, query })
    const id = stringMember(body, 'id') ?? stringMember(body, 'pit_id')
    if (id === undefined) return undefined
    return isElasticsearch
      ? { id, path: '/_pit', closing: { id } }
      : { id, path: '/_search/point_in_time', closing: { pit_id: [id] } }
  } catch (error) {
    if (error instanceof EngineResponseError && NO_VIEW.includes(error.status)) return undefined
    throw error
  }
}

/** @returns undefined where the view is gone, for example because its node was started again */
async function searchView(
  client: EngineClient,
  { id }: View,
  range: SequenceRange,
  options: ReadOptions,
): Promise<readonly ReadDocument[] | undefined> {
  const answer = await orUndefined(
    client.request({
      method: 'POST',
      path: '/_search',
      query: { allow_partial_search_results: false },
      body: { ...searchBody(range, options), pit: { id, keep_alive: KEEP_ALIVE } },
    }),
  )
  return answer === undefined ? undefined : toDocuments(answer)
}

/** The answer's body; undefined where the engine no longer has what the request speaks of. */
async function orUndefined(request: Promise<EngineResponse>): Promise<unknown> {
  try {
    return (await request).body
  } catch (error) {
    if (error instanceof EngineResponseError && error.status === 404) return undefined
    throw error
  }
}

/** What cannot be closed ends by itself. */
async function closeView(client: EngineClient, { path, closing }: View): Promise<void> {
  await client.request({ method: 'DELETE', path, body: closing }).catch(() => undefined)
}

function toDocuments(answer: unknown): readonly ReadDocument[] {
  return arrayMember(answer, 'hits', 'hits').map((hit) => ({
    ...toScannedDocument(hit),
    source: objectOf(member(hit, '_source')),
  }))
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}
