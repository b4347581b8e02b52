import { setMaxListeners } from 'node:events'
import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { readBackingIndices } from '../engine/data-stream.js'
import { ensureSameLongTexts } from '../engine/index-long-texts.js'
import { ensureCompatible, type IndexMeta, readIndexMeta } from '../engine/index-meta.js'
import { indexPath } from '../engine/index-path.js'
import { readIndexIds } from '../engine/index-settings.js'
import { ConfigurationError, EngineError } from '../errors.js'
import { AdaptiveLimit, type ConcurrencyOptions } from './adaptive-limit.js'
import { type BulkDocument, normalizeBulkLimits, toBulkBodies, type BulkLimits } from './bulk.js'
import { BulkWriter } from './bulk-writer.js'
import { CheckpointFile, readCheckpoint } from './checkpoint.js'
import { countDocuments } from './delete-documents.js'
import { DeadLetterFile } from './dead-letters.js'
import type { IndexResult } from './events.js'
import { normalizeRelaxation, type Relaxation, relaxSettings, restoreSettings } from './load-settings.js'
import { IndexRun, type IndexRunOptions } from './index-run.js'
import type { Settled } from './ledger.js'
import { inBatches, mapStage, prefetch } from './prefetch.js'
import type { DocumentRecord } from './record.js'
import { requireIndex } from './require-index.js'
import { StoredDocuments } from './stored-documents.js'
import {
  normalizeRetryOptions,
  type OnRetry,
  withRetries,
  type RetryOptions,
  type RetryPolicy,
} from './retry.js'

export interface IndexDocumentsOptions extends IndexRunOptions, BulkLimits, ConcurrencyOptions, RetryOptions {
  /** What `readIndexMeta` has just said of the index. Default: it is read. */
  readonly meta?: IndexMeta
  /** Documents encoded at a time. Default 64. */
  readonly batchDocuments?: number
  /** Make the documents searchable at the end. Default true. */
  readonly refresh?: boolean
  /**
   * File that says at any moment how far the run has come; it is gone once the run has ended. Default: none.
   */
  readonly checkpointFile?: string
  /** Go on from the checkpoint, if there is one. Default false: begin anew. */
  readonly resume?: boolean
  /** Whether refreshing and replicas are put off until the end, whatever the end is. Default `never`. */
  readonly relax?: Relaxation
  /** File that dead letters are appended to; without it only events tell of them. */
  readonly deadLetterFile?: string
}

/** Results that wait between two stages: enough to overlap them, few enough to bound memory. */
const STAGE_DEPTH = 2
/** Some ten seconds: a cluster that is away can be given its settings back later. */
const RESTORE_RETRIES = 6

/**
 * Reads, encodes and writes documents; the three overlap. Documents whose content and model are unchanged are
 * not encoded again, and where an id is read twice the last one stays.
 *
 * @returns counts of documents, where `read` is the sum of the others
 * @throws InputError for the first input record that breaks a rule, after what was read before it is written
 * @throws EngineError if the index is missing, was written by another model, or the engine stays away
 */
export async function indexDocuments(
  client: EngineClient,
  encoder: Encoder,
  options: IndexDocumentsOptions,
): Promise<IndexResult> {
  const startedAt = performance.now()
  const { index, batchDocuments = 64, deadLetterFile } = options
  if (!(Number.isInteger(batchDocuments) && batchDocuments > 0)) {
    throw new ConfigurationError('batchDocuments', 'must be an integer > 0', batchDocuments)
  }
  const limits = normalizeBulkLimits(options)
  // Once one request has failed for good, the others need not wait for a cluster that may never take them.
  const failing = new AbortController()
  const policy = patiencePolicy(options, failing.signal)
  const patiently = <Result>(request: () => Promise<Result>): Promise<Result> =>
    withRetries(request, policy, noteRetry(options))
  const limit = new AdaptiveLimit(options)
  const relax = normalizeRelaxation(options.relax)
  const meta = options.meta ?? (await patiently(() => readIndexMeta(client, index)))
  if (meta === undefined) {
    throw new EngineError(`there is no index "${index}": create it with "splade-bridge init"`, 404)
  }
  ensureCompatible(index, meta, encoder.identity)
  ensureSameLongTexts(index, meta.longTexts, encoder.longTexts)
  const stored = new StoredDocuments(client, {
    index,
    fingerprint: encoder.identity.fingerprint,
    force: options.force === true,
  })
  await patiently(() => stored.learn(index))
  const checkpoint = await patiently(() => openCheckpoint(client, encoder, stored, options))
  const deadLetters = deadLetterFile === undefined ? undefined : new DeadLetterFile(deadLetterFile)
  const isEmpty = await patiently(() => isWithoutDocuments(client, index))
  const start = checkpoint?.start
  const prepareIndex = (name: string): Promise<void> =>
    patiently(async () => {
      await (options.prepareIndex?.(name) ?? requireIndex(client, meta, name))
      await stored.learn(name)
    })
  const resources = {
    ...{ client, encoder, meta, stored, prepareIndex, policy, limit, deadLetters, isEmpty, start },
  }
  const run = new IndexRun(resources, withLongTexts(options, encoder))
  if (relax === 'always' || (relax === 'empty' && isEmpty)) {
    await relaxForRun(client, stored, options, isEmpty)
  }
  try {
    await runStages(run, { batchDocuments, limits, limit, failing, checkpoint: checkpoint?.file })
  } finally {
    await deadLetters?.close()
    await restoreAfterRun(client, options)
  }
  if (options.refresh !== false) {
    for (const name of run.indices()) await patiently(() => refreshIndex(client, name))
  }
  if (options.signal?.aborted !== true) await checkpoint?.file.remove()
  const elapsedMs = Math.round(performance.now() - startedAt)
  return { ...run.counts(), ...run.longTexts(), ...(start && { before: start.counts }), elapsedMs }
}

/** A load goes on when its cluster comes back, be it the next morning; unless told to stop. */
function patiencePolicy(options: IndexDocumentsOptions, failing: AbortSignal): RetryPolicy {
  const signal = AbortSignal.any([failing, ...(options.signal === undefined ? [] : [options.signal])])
  // As many listen as there are requests that wait.
  setMaxListeners(0, signal)
  return normalizeRetryOptions({ maxRetries: Infinity, ...options, signal })
}

function noteRetry({ onEvent }: IndexDocumentsOptions): OnRetry {
  return (retry, delayMs, reason) => onEvent?.({ type: 'retry', retry, delayMs, reason })
}

async function refreshIndex(client: EngineClient, index: string): Promise<void> {
  await client.request({ method: 'POST', path: indexPath(index, '_refresh') })
}

async function relaxForRun(
  client: EngineClient,
  stored: StoredDocuments,
  { index, onEvent }: IndexDocumentsOptions,
  isEmpty: boolean,
): Promise<void> {
  try {
    const stream = stored.streamOf({})
    const written = stream === undefined ? index : (await readBackingIndices(client, stream)).at(-1)?.name
    const relaxed = Object.keys(await relaxSettings(client, written ?? index, isEmpty))
    if (relaxed.length === 0) return
    onEvent?.({ type: 'notice', notice: `${relaxed.join(', ')} of ${index} put off until the load ends` })
  } catch (error) {
    // Whoever may write documents may not be allowed to change settings; the load is only slower then.
    if (!(error instanceof EngineError)) throw error
    onEvent?.({ type: 'notice', notice: `settings of ${index} are left as they are: ${error.message}` })
  }
}

/** What an earlier run that was killed has left is restored as well. */
async function restoreAfterRun(
  client: EngineClient,
  { index, onEvent }: IndexDocumentsOptions,
): Promise<void> {
  // After Ctrl-C too.
  const patience = normalizeRetryOptions({ maxRetries: RESTORE_RETRIES })
  try {
    await withRetries(
      () => restoreSettings(client, index),
      patience,
      () => undefined,
    )
  } catch (error) {
    // The error that ended the run, if one did, says more.
    const reason = error instanceof Error ? error.message : String(error)
    const wayOut = `"splade-bridge index --restore --index ${index}" does it later`
    onEvent?.({ type: 'notice', notice: `settings of ${index} could not be restored (${reason}); ${wayOut}` })
  }
}

/** Asking for each document of a new index whether it is there would cost the engine as much as writing it. */
async function isWithoutDocuments(client: EngineClient, index: string): Promise<boolean> {
  await refreshIndex(client, index)
  return (await countDocuments(client, index)) === 0
}

interface OpenCheckpoint {
  readonly file: CheckpointFile
  readonly start: Settled | undefined
}

async function openCheckpoint(
  client: EngineClient,
  { identity }: Encoder,
  stored: StoredDocuments,
  options: IndexDocumentsOptions,
): Promise<OpenCheckpoint | undefined> {
  const { index, checkpointFile, resume, onEvent, partition = { number: 0, of: 1 } } = options
  if (checkpointFile === undefined) {
    if (resume === true) throw new ConfigurationError('resume', 'needs a checkpointFile', resume)
    return undefined
  }
  const load = {
    index,
    // An index that was deleted and created anew lacks all that the checkpoint counts as written.
    'index uuid': await identityOf(client, index, stored.streamOf({})),
    'model fingerprint': identity.fingerprint,
    partition: `${partition.number} of ${partition.of}`,
  }
  const start = resume === true ? await readCheckpoint(checkpointFile, load) : undefined
  if (start !== undefined) onEvent?.({ type: 'resumed', counts: start.counts })
  return { file: new CheckpointFile(checkpointFile, load), start }
}

/** A data stream has no identity of its own, and gets a new index with each rollover; its oldest one stays. */
async function identityOf(client: EngineClient, index: string, stream: string | undefined): Promise<string> {
  return stream === undefined
    ? readIndexIds(client, index)
    : (await readBackingIndices(client, stream))[0].uuid
}

/** Cutting otherwise is a change of the document, like pruning otherwise. */
function withLongTexts(options: IndexRunOptions, { longTexts }: Encoder): IndexRunOptions {
  if (longTexts === undefined) return options
  return { ...options, encodingSettings: { ...options.encodingSettings, ...longTexts } }
}

interface Stages {
  readonly batchDocuments: number
  readonly limits: Readonly<Required<BulkLimits>>
  readonly limit: AdaptiveLimit
  /** Aborted by the first failure. */
  readonly failing: AbortController
  readonly checkpoint: CheckpointFile | undefined
}

async function runStages(
  run: IndexRun,
  { batchDocuments, limits, limit, failing, checkpoint }: Stages,
): Promise<void> {
  const batches = prefetch(inBatches(run.read(), batchDocuments), STAGE_DEPTH)
  const changed = prefetch(
    mapStage(batches, (batch) => run.dropUnchanged(batch)),
    STAGE_DEPTH,
  )
  const encoded = prefetch(run.encode(changed), STAGE_DEPTH)
  const write = async (body: readonly BulkDocument<DocumentRecord>[]): Promise<void> => {
    await run.write(body)
    await checkpoint?.saveAtTimes(() => run.settled())
  }
  const writer = new BulkWriter(write, limit, (error) => {
    failing.abort(error)
  })
  try {
    for await (const body of prefetch(toBulkBodies(encoded, limits), STAGE_DEPTH)) await writer.submit(body)
  } finally {
    await writer.drain().finally(() => checkpoint?.save(run.settled()))
  }
  run.throwInputError()
}
