import type { EngineClient } from '../engine/client.js'
import { dataStreamName, deleteDataStream } from '../engine/data-stream.js'
import { readIndexMeta } from '../engine/index-meta.js'
import { indexPath } from '../engine/index-path.js'
import { numberMember } from '../engine/json.js'
import { ConfigurationError, EngineError } from '../errors.js'
import { type BulkDocument, writeBulk } from './bulk.js'
import { inBatches } from './prefetch.js'
import { normalizeRetryOptions, type OnRetry, type RetryOptions } from './retry.js'
import { scanIndex, type ScannedDocument } from './scan-index.js'

/** Which documents are meant: by id, or whatever a query of the engine's own finds. */
export type DeleteSelection =
  { readonly ids: AsyncIterable<string> | Iterable<string> } | { readonly query: object }

export interface DeleteDocumentsOptions extends RetryOptions {
  readonly index: string
  readonly selection: DeleteSelection
  /** Only count. Default false. */
  readonly dryRun?: boolean
  /** Stops before the next documents; what was sent is finished and counted. */
  readonly signal?: AbortSignal
  /** Told after each batch. */
  readonly onProgress?: (result: DeleteResult) => void
  readonly onRetry?: OnRetry
}

/** Documents. `matched` is the sum of `deleted` and `kept` once a run that is not dry has ended. */
export interface DeleteResult {
  /** That the selection meant and the index has. */
  readonly matched: number
  readonly deleted: number
  /** Ids that the index does not have. */
  readonly missing: number
  /** Changed, or gone, between being found and being deleted. */
  readonly kept: number
}

/** Ids asked for, and documents deleted, at a time. */
const BATCH_DOCUMENTS = 1_000
const GONE = 404
const CHANGED = 409

/**
 * Deletes documents, each as it was when it was found: one that is written anew in the meantime stays. Routing needs
 * not be known.
 *
 * @throws EngineError if the index is missing or not of this library, or a document cannot be deleted
 */
export async function deleteDocuments(
  client: EngineClient,
  options: DeleteDocumentsOptions,
): Promise<DeleteResult> {
  const { index, signal, onProgress } = options
  if ((await readIndexMeta(client, index)) === undefined) {
    throw new EngineError(`there is no index "${index}"`, 404)
  }
  // What was written a moment ago is meant as well.
  await client.request({ method: 'POST', path: indexPath(index, '_refresh') })
  const deletion = new Deletion(client, options)
  for await (const batch of deletion.batches()) {
    await deletion.delete(batch)
    onProgress?.(deletion.result())
    if (signal?.aborted === true) break
  }
  if (options.dryRun !== true) await client.request({ method: 'POST', path: indexPath(index, '_refresh') })
  return deletion.result()
}

/** How many documents an index has. */
export async function countDocuments(client: EngineClient, index: string): Promise<number> {
  const { body } = await client.request({ method: 'GET', path: indexPath(index, '_count') })
  return numberMember(body, 'count') ?? 0
}

/**
 * Deletes an index with its mapping, or a data stream with all its indices; the template of the stream stays.
 *
 * @throws EngineError if it is missing, or not of this library
 */
export async function deleteIndex(client: EngineClient, index: string): Promise<void> {
  if ((await readIndexMeta(client, index)) === undefined) {
    throw new EngineError(`there is no index "${index}"`, 404)
  }
  if ((await dataStreamName(client, index)) === index) await deleteDataStream(client, index)
  else await client.request({ method: 'DELETE', path: indexPath(index) })
}

class Deletion {
  private readonly tally = { matched: 0, deleted: 0, missing: 0, kept: 0 }

  constructor(
    private readonly client: EngineClient,
    private readonly options: DeleteDocumentsOptions,
  ) {}

  result(): DeleteResult {
    return { ...this.tally }
  }

  /** What the selection finds. */
  async *batches(): AsyncGenerator<readonly ScannedDocument[], void, undefined> {
    const { index, selection } = this.options
    if ('query' in selection) {
      yield* scanIndex(this.client, index, { query: selection.query, batchDocuments: BATCH_DOCUMENTS })
      return
    }
    for await (const ids of inBatches(checkIds(selection.ids), BATCH_DOCUMENTS)) {
      const distinct = [...new Set(ids)]
      const query = { ids: { values: distinct } }
      let found = 0
      for await (const batch of scanIndex(this.client, index, { query, batchDocuments: BATCH_DOCUMENTS })) {
        found += new Set(batch.map(({ id }) => id)).size
        yield batch
      }
      this.tally.missing += distinct.length - found
    }
  }

  async delete(batch: readonly ScannedDocument[]): Promise<void> {
    this.tally.matched += batch.length
    if (this.options.dryRun === true) return
    const { index, onRetry = () => undefined } = this.options
    const policy = normalizeRetryOptions(this.options)
    const documents = batch.map(toDeletion)
    const { indexed, refused } = await writeBulk(this.client, index, documents, policy, onRetry)
    const failure = refused.find(({ status }) => status !== GONE && status !== CHANGED)
    if (failure !== undefined) {
      const { document, status, reason } = failure
      throw new EngineError(
        `document ${document.id} of index "${index}" cannot be deleted: ${reason}`,
        status,
      )
    }
    this.tally.deleted += indexed
    this.tally.kept += refused.length
  }
}

function toDeletion({ id, index, routing, seqNo, primaryTerm }: ScannedDocument): BulkDocument<undefined> {
  const metadata = { _id: id, _index: index, routing, if_seq_no: seqNo, if_primary_term: primaryTerm }
  const ndjson = `${JSON.stringify({ delete: metadata })}\n`
  return { id, index, action: 'delete', ndjson: Buffer.from(ndjson), origin: undefined }
}

async function* checkIds(
  ids: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string, void, undefined> {
  for await (const id of ids) {
    if (id === '') throw new ConfigurationError('id', 'must not be empty', id)
    yield id
  }
}
