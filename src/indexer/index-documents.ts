import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { indexPath } from '../engine/index-path.js'
import { ConfigurationError } from '../errors.js'
import { AdaptiveLimit, type ConcurrencyOptions } from './adaptive-limit.js'
import { isBroken, type ReadRecord } from './broken-record.js'
import { type BulkDocument, normalizeBulkLimits, toBulkBodies, type BulkLimits } from './bulk.js'
import { writeBodies } from './bulk-writer.js'
import type { CheckpointFile } from './checkpoint.js'
import { DeadLetterFile } from './dead-letters.js'
import { type IndexResult, NO_LONG_TEXTS } from './events.js'
import { IndexRun, type IndexRunOptions } from './index-run.js'
import { normalizeRelaxation, type Relaxation } from './load-settings.js'
import { LoadTarget, type LoadTargetOptions, type Patiently } from './load-target.js'
import { begun, inBatches, mapStage, prefetch, STAGE_DEPTH } from './prefetch.js'
import type { DocumentRecord } from './record.js'
import { RecordOutcomes } from './record-outcomes.js'
import { RecordReader, type RecordReaderEvents, type RecordReaderOptions } from './record-reader.js'
import { type OnRetry, type RetryOptions, runPatience, withRetries } from './retry.js'
import { relaxForRun, restoreAfterRun } from './run-settings.js'

export interface IndexDocumentsOptions
  extends
    RecordReaderOptions,
    LoadTargetOptions,
    IndexRunOptions,
    BulkLimits,
    ConcurrencyOptions,
    RetryOptions {
  /** Documents encoded at a time. Default 64. */
  readonly batchDocuments?: number
  /** Make the documents searchable at the end. Default true. */
  readonly refresh?: boolean
  /** Whether refreshing and replicas are put off until the end, whatever the end is. Default `never`. */
  readonly relax?: Relaxation
  /** File that dead letters are appended to; without it only events tell of them. */
  readonly deadLetterFile?: string
  /** Stops reading; what has been read is finished and counted. */
  readonly signal?: AbortSignal
}

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
  const work = toWorkload(options)
  const policy = runPatience(options, work.failing.signal)
  const patiently: Patiently = (request) => withRetries(request, policy, noteRetry(options))
  const target = new LoadTarget(client, encoder, options, patiently)
  const fields = await target.find()
  const start = await target.readStart()
  const { deadLetterFile, onEvent } = options
  const deadLetters = deadLetterFile === undefined ? undefined : new DeadLetterFile(deadLetterFile)
  const outcomes = new RecordOutcomes({ start, deadLetters, onEvent })
  const reader = new RecordReader(
    fields,
    withLongTexts(options, encoder),
    readerEvents(target, outcomes, options),
    start?.positions,
  )
  let longTexts = NO_LONG_TEXTS
  try {
    const records = await begun(reader.read())
    if (target.isOpen) {
      const { stored, isEmpty } = target
      if (work.relax === 'always' || (work.relax === 'empty' && isEmpty))
        await relaxForRun(client, stored, options, isEmpty)
      const resources = { client, encoder, stored, reader, outcomes, policy, limit: work.limit, isEmpty }
      const run = new IndexRun(resources, options)
      await runStages(run, records, { ...work, outcomes, checkpoint: target.checkpoint })
      longTexts = run.longTexts()
    } else await settleUnwritten(records, outcomes)
  } finally {
    await deadLetters?.close()
    if (target.isOpen) await restoreAfterRun(client, options)
  }
  reader.throwInputError()
  if (options.refresh !== false && target.isOpen) {
    for (const name of reader.indices()) await patiently(() => refreshIndex(client, name))
  }
  if (reader.isComplete) await target.checkpoint?.remove()
  const elapsedMs = Math.round(performance.now() - startedAt)
  const before = start && { before: start.counts }
  return { ...outcomes.counts(), ...longTexts, ...before, isComplete: reader.isComplete, elapsedMs }
}

/** How a load is worked off, as far as it is known before the index is. */
interface Workload {
  readonly batchDocuments: number
  readonly limits: Readonly<Required<BulkLimits>>
  readonly limit: AdaptiveLimit
  readonly relax: Relaxation
  /** Aborted by the first failure: once one request has failed for good, the others need not wait for a cluster. */
  readonly failing: AbortController
}

/** @throws ConfigurationError naming the option */
function toWorkload(options: IndexDocumentsOptions): Workload {
  const { batchDocuments = 64 } = options
  if (!(Number.isInteger(batchDocuments) && batchDocuments > 0)) {
    throw new ConfigurationError('batchDocuments', 'must be an integer > 0', batchDocuments)
  }
  const limits = normalizeBulkLimits(options)
  const relax = normalizeRelaxation(options.relax)
  return { batchDocuments, limits, relax, limit: new AdaptiveLimit(options), failing: new AbortController() }
}

function readerEvents(
  target: LoadTarget,
  outcomes: RecordOutcomes,
  { onEvent }: IndexDocumentsOptions,
): RecordReaderEvents {
  return {
    onFieldsMet: () => target.create(),
    prepareIndex: (index) => target.prepare(index),
    onRead: (record, position) => {
      outcomes.read(record, position)
    },
    onEnd: (position) => {
      outcomes.endInput(position)
    },
    onNotice: (notice) => onEvent?.({ type: 'notice', notice }),
  }
}

/** Records of inputs that gave no reason to create the index: none has a field to encode. */
async function settleUnwritten(records: AsyncIterable<ReadRecord>, outcomes: RecordOutcomes): Promise<void> {
  for await (const record of records) {
    if (isBroken(record)) await outcomes.buryBroken([record])
    else outcomes.skip(record)
  }
}

function noteRetry({ onEvent }: IndexDocumentsOptions): OnRetry {
  return (retry, delayMs, reason) => onEvent?.({ type: 'retry', retry, delayMs, reason })
}

async function refreshIndex(client: EngineClient, index: string): Promise<void> {
  await client.request({ method: 'POST', path: indexPath(index, '_refresh') })
}

/** Cutting otherwise is a change of the document, like pruning otherwise. */
function withLongTexts(options: RecordReaderOptions, { longTexts }: Encoder): RecordReaderOptions {
  if (longTexts === undefined) return options
  return { ...options, encodingSettings: { ...options.encodingSettings, ...longTexts } }
}

interface Stages extends Workload {
  readonly outcomes: RecordOutcomes
  readonly checkpoint: CheckpointFile | undefined
}

async function runStages(
  run: IndexRun,
  records: AsyncIterable<ReadRecord>,
  { batchDocuments, limits, limit, failing, outcomes, checkpoint }: Stages,
): Promise<void> {
  const batches = prefetch(inBatches(records, batchDocuments), STAGE_DEPTH)
  const changed = prefetch(
    mapStage(batches, (batch) => run.dropUnchanged(batch)),
    STAGE_DEPTH,
  )
  const encoded = prefetch(run.encode(changed), STAGE_DEPTH)
  const write = async (body: readonly BulkDocument<DocumentRecord>[]): Promise<void> => {
    await run.write(body)
    await checkpoint?.saveAtTimes(() => outcomes.settled())
  }
  try {
    await writeBodies(toBulkBodies(encoded, limits), { write, limit, failing })
  } finally {
    await checkpoint?.save(outcomes.settled())
  }
}
