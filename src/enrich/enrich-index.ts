import { setTimeout as delay } from 'node:timers/promises'
import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { indexPath } from '../engine/index-path.js'
import type { NewIndexMeta } from '../engine/index-setup.js'
import { ConfigurationError } from '../errors.js'
import { AdaptiveLimit, type ConcurrencyOptions } from '../indexer/adaptive-limit.js'
import { type BulkLimits, normalizeBulkLimits, toBulkBodies } from '../indexer/bulk.js'
import { type BodyWriting, writeBodies } from '../indexer/bulk-writer.js'
import { DeadLetterFile } from '../indexer/dead-letters.js'
import { normalizePartition, type Partition } from '../indexer/partition.js'
import { inBatches, prefetch, STAGE_DEPTH } from '../indexer/prefetch.js'
import type { RetryOptions } from '../indexer/retry.js'
import { countMatching } from './count-matching.js'
import { neededFields } from './enrichment.js'
import { EnrichRun } from './enrich-run.js'
import type { EnrichEvent, EnrichResult } from './events.js'
import { patienceOf } from './patience.js'
import { IndexPreparer } from './prepare-index.js'
import {
  type FoundShard,
  readChanges,
  type ReadDocument,
  type ReadOptions,
  readShard,
  readShardPositions,
} from './read-shards.js'

export interface EnrichOptions extends BulkLimits, ConcurrencyOptions, RetryOptions {
  /** An index, an alias or a data stream. */
  readonly index: string
  /** Vector fields to be, the texts that they are made of, and the encoder's identity. */
  readonly meta: NewIndexMeta
  /** Query that restricts which documents are read. Default: all. */
  readonly query?: object
  /** Documents read and encoded at a time, 1-10,000. Default 64. */
  readonly batchDocuments?: number
  /** Encode documents even if they have the vectors of their text. Default false. */
  readonly force?: boolean
  /** The share of this worker, where several enrich the same index. Default: all. */
  readonly partition?: Partition
  /** Settings beside the model that change a vector, for example pruning. */
  readonly encodingSettings?: object
  /** File that dead letters are appended to; without it only events tell of them. */
  readonly deadLetterFile?: string | undefined
  /** Follow changes until the signal says stop, looking this often, in milliseconds, > 0. Default: end with the last document. */
  readonly watchMs?: number
  /** Ends reading; what was read is still written. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: EnrichEvent) => void
}

/** Most documents of a batch, which is what engines return at a time. */
export const MAX_BATCH = 10_000
const DEFAULT_BATCH = 64

/**
 * Adds vectors to the documents of an index that exists, in place. A document that someone else changes meanwhile is
 * read and encoded again, never overwritten; one that has the vectors of its text is left alone. An engine that is busy
 * or away is waited for, without end unless `maxRetries` gives one.
 *
 * @throws ConfigurationError naming an option
 * @throws EngineError if the index cannot take vectors, has those of another model, or the engine stays away
 */
export async function enrichIndex(
  direct: EngineClient,
  encoder: Encoder,
  options: EnrichOptions,
): Promise<EnrichResult> {
  const startedAt = performance.now()
  const limits = normalizeBulkLimits(options)
  const limit = new AdaptiveLimit(options)
  const failing = new AbortController()
  const { policy, onRetry, client } = patienceOf(direct, options, failing.signal)
  checkOptions(options)
  const partition = normalizePartition(options.partition)
  const preparer = new IndexPreparer(client, options.meta)
  await preparer.prepareAll(options.index)
  const deadLetters =
    options.deadLetterFile === undefined ? undefined : new DeadLetterFile(options.deadLetterFile, 'enrich')
  const run = new EnrichRun({
    client,
    encoder,
    fields: options.meta,
    policy,
    onRetry,
    limit,
    deadLetters,
    encodingSettings: { ...options.encodingSettings, ...encoder.longTexts },
    force: options.force ?? false,
    partition,
    total: Math.ceil((await countMatching(client, options.index, options.query)) / partition.of),
    onEvent: options.onEvent ?? (() => undefined),
  })
  try {
    await runRounds(client, run, preparer, options, { limits, limit, failing })
  } finally {
    await deadLetters?.close()
  }
  const refresh = client.request({ method: 'POST', path: indexPath(options.index, '_refresh') })
  await unlessStopped(refresh, options.signal)
  return { ...run.counts(), ...run.longTexts(), elapsedMs: Math.round(performance.now() - startedAt) }
}

function checkOptions({ batchDocuments = DEFAULT_BATCH, watchMs }: EnrichOptions): void {
  if (!(Number.isInteger(batchDocuments) && batchDocuments >= 1 && batchDocuments <= MAX_BATCH))
    throw new ConfigurationError(
      'batchDocuments',
      `must be an integer from 1 to ${MAX_BATCH}`,
      batchDocuments,
    )
  if (watchMs !== undefined && !(watchMs > 0 && Number.isFinite(watchMs)))
    throw new ConfigurationError('watchMs', 'must be a finite number > 0', watchMs)
}

/** How documents are written. */
interface Writing extends Pick<BodyWriting<unknown>, 'limit' | 'failing'> {
  readonly limits: Readonly<Required<BulkLimits>>
}

/** Everything that is there, then what changes, as long as that is asked for. */
async function runRounds(
  client: EngineClient,
  run: EnrichRun,
  preparer: IndexPreparer,
  options: EnrichOptions,
  writing: Writing,
): Promise<void> {
  const { index, query, batchDocuments = DEFAULT_BATCH, watchMs, signal, onEvent } = options
  const reading: ReadOptions = { query, fields: neededFields(options.meta), batchDocuments }
  let positions = await readShardPositions(client, index)
  await preparer.prepareNew(positions)
  const shards = positions.map((position) => readShard(client, position, reading))
  await runStages(untilStopped(shards, signal), run, batchDocuments, writing)
  if (watchMs === undefined) return
  onEvent?.({ type: 'watching', counts: run.counts() })
  while (await waited(watchMs, signal)) {
    const now = await unlessStopped(readShardPositions(client, index), signal)
    if (now === undefined) return
    const changed = changedShards(positions, now)
    // An index without any document may have no texts in its mapping yet.
    await preparer.prepareNew(changed.map(([shard]) => shard))
    const changes = changed.map(([position, after]) =>
      readChanges(client, position, { after, upTo: position.checkpoint }, reading),
    )
    await runStages(untilStopped(changes, signal), run, batchDocuments, writing)
    positions = stillKnown(positions, now)
  }
}

/** Reading, encoding and writing overlap; all that was read is written in the end. */
async function runStages(
  documents: AsyncIterable<readonly ReadDocument[]>,
  run: EnrichRun,
  batchDocuments: number,
  { limits, limit, failing }: Writing,
): Promise<void> {
  const batches = prefetch(inBatches(run.select(documents), batchDocuments), STAGE_DEPTH)
  const updates = prefetch(run.encode(batches), STAGE_DEPTH)
  await writeBodies(toBulkBodies(updates, limits), { write: (body) => run.write(body), limit, failing })
}

async function* untilStopped(
  shards: readonly AsyncIterable<readonly ReadDocument[]>[],
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ReadDocument[], void, undefined> {
  try {
    for (const shard of shards) {
      for await (const batch of shard) {
        if (isStopped(signal)) return
        yield batch
      }
    }
  } catch (error) {
    // Nobody waits any longer for an engine that is away; what was read is still written.
    if (!isStopped(signal)) throw error
  }
}

/** @returns undefined where the signal said stop, and the engine was not waited for any longer */
async function unlessStopped<Result>(
  request: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result | undefined> {
  try {
    return await request
  } catch (error) {
    if (isStopped(signal)) return undefined
    throw error
  }
}

/** Shards that were written to, each with the position up to which it has been read. */
function changedShards(
  before: readonly FoundShard[],
  now: readonly FoundShard[],
): readonly (readonly [shard: FoundShard, after: number])[] {
  return now
    .map((shard) => [shard, before.find((known) => isSame(known, shard))?.checkpoint ?? -1] as const)
    .filter(([{ checkpoint }, after]) => checkpoint > after)
}

/** The newest position of each shard: one that is away while its node starts again need not be read anew. */
function stillKnown(before: readonly FoundShard[], now: readonly FoundShard[]): readonly FoundShard[] {
  return [...before.filter((known) => !now.some((shard) => isSame(known, shard))), ...now]
}

function isSame(one: FoundShard, other: FoundShard): boolean {
  return one.uuid === other.uuid && one.shard === other.shard
}

/** @returns false once the signal says stop */
async function waited(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  await delay(ms, undefined, { signal }).catch(() => undefined)
  return !isStopped(signal)
}

function isStopped(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
