import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { ensureSameLongTexts } from '../engine/index-long-texts.js'
import { ensureCompatible, type IndexMeta, readIndexMeta } from '../engine/index-meta.js'
import { indexPath } from '../engine/index-path.js'
import { ConfigurationError, EngineError } from '../errors.js'
import { normalizeBulkLimits, toBulkBodies, type BulkLimits } from './bulk.js'
import { DeadLetterFile } from './dead-letters.js'
import type { IndexResult } from './events.js'
import { IndexRun, type IndexRunOptions } from './index-run.js'
import { inBatches, mapStage, prefetch } from './prefetch.js'
import { normalizeRetryOptions, type RetryOptions } from './retry.js'

export interface IndexDocumentsOptions extends IndexRunOptions, BulkLimits, RetryOptions {
  /** What `readIndexMeta` has just said of the index. Default: it is read. */
  readonly meta?: IndexMeta
  /** Documents encoded at a time. Default 64. */
  readonly batchDocuments?: number
  /** Make the documents searchable at the end. Default true. */
  readonly refresh?: boolean
  /** File that dead letters are appended to; without it only events tell of them. */
  readonly deadLetterFile?: string
}

/** Results that wait between two stages: enough to overlap them, few enough to bound memory. */
const STAGE_DEPTH = 2

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
  const policy = normalizeRetryOptions(options)
  const meta = options.meta ?? (await readIndexMeta(client, index))
  if (meta === undefined) {
    throw new EngineError(`there is no index "${index}": create it with "splade-bridge init"`, 404)
  }
  ensureCompatible(index, meta, encoder.identity)
  ensureSameLongTexts(index, meta.longTexts, encoder.longTexts)
  const deadLetters = deadLetterFile === undefined ? undefined : new DeadLetterFile(deadLetterFile)
  const run = new IndexRun({ client, encoder, meta, policy, deadLetters }, withLongTexts(options, encoder))
  try {
    await runStages(run, batchDocuments, limits)
  } finally {
    await deadLetters?.close()
  }
  if (options.refresh !== false) {
    for (const name of run.indices())
      await client.request({ method: 'POST', path: indexPath(name, '_refresh') })
  }
  return { ...run.counts(), ...run.longTexts(), elapsedMs: Math.round(performance.now() - startedAt) }
}

/** Cutting otherwise is a change of the document, like pruning otherwise. */
function withLongTexts(options: IndexRunOptions, { longTexts }: Encoder): IndexRunOptions {
  if (longTexts === undefined) return options
  return { ...options, encodingSettings: { ...options.encodingSettings, ...longTexts } }
}

async function runStages(
  run: IndexRun,
  batchDocuments: number,
  limits: Readonly<Required<BulkLimits>>,
): Promise<void> {
  const batches = prefetch(inBatches(run.read(), batchDocuments), STAGE_DEPTH)
  const changed = prefetch(
    mapStage(batches, (batch) => run.dropUnchanged(batch)),
    STAGE_DEPTH,
  )
  const encoded = prefetch(run.encode(changed), STAGE_DEPTH)
  for await (const body of prefetch(toBulkBodies(encoded, limits), STAGE_DEPTH)) await run.write(body)
  run.throwInputError()
}
