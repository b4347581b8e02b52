import { FRAGMENTED, type Encoder, type Encoding } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import type { IndexMeta } from '../engine/index-meta.js'
import { FeatureError, InputError } from '../errors.js'
import { toBulkDocument, writeBulk, type BulkDocument } from './bulk.js'
import type { DeadLetter, DeadLetterFile } from './dead-letters.js'
import { toDocumentSource } from './document-source.js'
import type { IndexCounts, IndexEvent } from './events.js'
import { readJsonLines, type Input, type JsonLinesOptions } from './jsonl.js'
import { toRecord, type DocumentRecord } from './record.js'
import { withRetries, type RetryPolicy } from './retry.js'
import { findUnchanged } from './unchanged.js'

export interface IndexRunOptions extends JsonLinesOptions {
  /** An index set up by `createIndex`; it also says which fields are encoded. */
  readonly index: string
  /** Read one after the other. */
  readonly inputs: readonly Input[]
  /** Field with a document's id. Default `_id`, then `id`, then a digest of the content. */
  readonly idField?: string
  /** Settings beside the model that change a document's vector, for example pruning: another one is a change. */
  readonly encodingSettings?: object
  /** Encode and write documents even if they are unchanged. Default false. */
  readonly force?: boolean
  /** Stops reading; what has been read is finished and counted. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: IndexEvent) => void
}

/** What `indexDocuments` has looked up and opened for a run. */
export interface IndexRunResources {
  readonly client: EngineClient
  readonly encoder: Encoder
  readonly meta: IndexMeta
  readonly policy: RetryPolicy
  readonly deadLetters: DeadLetterFile | undefined
}

/** The stages of one run and what they count; `index-documents.ts` puts them in a row. */
export class IndexRun {
  private readonly tally = { read: 0, indexed: 0, unchanged: 0, deadLettered: 0, skipped: 0 }
  private bytesRead = 0
  private inputError: InputError | undefined
  /** Ids that are read but not yet written, and how often: what the index holds for them is about to change. */
  private readonly inFlight = new Map<string, number>()

  constructor(
    private readonly resources: IndexRunResources,
    private readonly options: IndexRunOptions,
  ) {}

  counts(): IndexCounts {
    return { ...this.tally }
  }

  /** Records with text, until the inputs end, one is broken, or the signal says stop. */
  async *read(): AsyncGenerator<DocumentRecord, void, undefined> {
    try {
      for (const input of this.options.inputs) yield* this.readInput(input)
    } catch (error) {
      // Kept until the records before it are written: the error then tells how far the run came.
      if (!(error instanceof InputError)) throw error
      this.inputError = error
    }
  }

  private async *readInput(input: Input): AsyncGenerator<DocumentRecord, void, undefined> {
    const { idField, encodingSettings } = this.options
    const rules = {
      ...this.resources.meta,
      ...(idField !== undefined && { idField }),
      ...(encodingSettings !== undefined && { encodingSettings }),
    }
    const before = this.bytesRead
    if (this.isAborted()) return
    for await (const { value, file, line, bytesRead } of readJsonLines(input, this.options)) {
      const record = toRecord(value, rules, { file, line })
      this.tally.read += 1
      this.bytesRead = before + bytesRead
      if (record.text.trim() === '') this.skip(record)
      else yield record
      if (this.isAborted()) return
    }
  }

  private isAborted(): boolean {
    return this.options.signal?.aborted === true
  }

  private skip({ id, origin }: DocumentRecord): void {
    this.tally.skipped += 1
    const reason = `its text fields (${this.resources.meta.textFields.join(', ')}) are empty`
    this.options.onEvent?.({ type: 'skipped', id, origin, reason })
  }

  /** The records that have to be encoded and written. */
  async dropUnchanged(batch: readonly DocumentRecord[]): Promise<readonly DocumentRecord[]> {
    // Only where nothing newer is on its way does the index say what a document would be compared with.
    const settled = new Set(batch.filter(({ id }) => this.enter(id) === 1))
    const unchanged = this.options.force === true ? new Set() : await this.unchangedOf([...settled])
    const kept = batch.filter((record) => !settled.has(record) || !unchanged.has(record.id))
    for (const { id } of settled) if (unchanged.has(id)) this.leave(id)
    this.tally.unchanged += batch.length - kept.length
    this.reportProgress()
    return kept
  }

  private unchangedOf(records: readonly DocumentRecord[]): Promise<ReadonlySet<string>> {
    const { fingerprint } = this.resources.encoder.identity
    return withRetries(
      () => findUnchanged(this.resources.client, this.options.index, fingerprint, records),
      this.resources.policy,
      this.onRetry,
    )
  }

  /** Bulk documents, one by one; those that cannot be stored become dead letters. */
  async *encode(
    batches: AsyncIterable<readonly DocumentRecord[]>,
  ): AsyncGenerator<BulkDocument<DocumentRecord>, void, undefined> {
    for await (const records of batches) {
      if (records.length === 0) continue
      const encodings = await this.resources.encoder.encodeDocuments(records.map(({ text }) => text))
      this.reportEncodings(encodings)
      const encodedAt = new Date()
      for (const [position, record] of records.entries()) {
        const encoding = encodings[position]
        const document = encoding && (await this.toDocument(record, encoding, encodedAt))
        if (document !== undefined) yield document
      }
    }
  }

  private async toDocument(record: DocumentRecord, encoding: Encoding, encodedAt: Date) {
    const { meta, encoder } = this.resources
    try {
      const options = { field: meta.field, encoder: encoder.identity, encodedAt }
      const source = toDocumentSource(record, encoding, options)
      return toBulkDocument(record.id, source, record)
    } catch (error) {
      if (!(error instanceof FeatureError)) throw error
      await this.bury([{ record, status: 0, reason: error.message }])
      return undefined
    }
  }

  async write(body: readonly BulkDocument<DocumentRecord>[]): Promise<void> {
    const { client, policy } = this.resources
    const { indexed, refused } = await writeBulk(client, this.options.index, body, policy, this.onRetry)
    this.tally.indexed += indexed
    await this.bury(
      refused.map(({ document, status, reason }) => ({ record: document.origin, status, reason })),
    )
    const buried = new Set(refused.map(({ document }) => document))
    for (const document of body) if (!buried.has(document)) this.leave(document.id)
    this.reportProgress()
  }

  /** @throws InputError if reading ended at a broken record */
  throwInputError(): void {
    if (this.inputError !== undefined) throw this.inputError
  }

  private async bury(letters: readonly DeadLetter[]): Promise<void> {
    await this.resources.deadLetters?.write(letters)
    for (const letter of letters) {
      this.tally.deadLettered += 1
      this.leave(letter.record.id)
      this.options.onEvent?.({ type: 'dead-letter', ...letter })
    }
  }

  /** @returns how many records with this id are on their way now */
  private enter(id: string): number {
    const count = (this.inFlight.get(id) ?? 0) + 1
    this.inFlight.set(id, count)
    return count
  }

  private leave(id: string): void {
    const count = (this.inFlight.get(id) ?? 0) - 1
    if (count > 0) this.inFlight.set(id, count)
    else this.inFlight.delete(id)
  }

  private readonly onRetry = (retry: number, delayMs: number, reason: string): void => {
    this.options.onEvent?.({ type: 'retry', retry, delayMs, reason })
  }

  private reportEncodings(encodings: readonly Encoding[]): void {
    this.options.onEvent?.({
      type: 'encoded',
      documents: encodings.length,
      truncated: encodings.filter(({ truncated }) => truncated).length,
      fragmented: encodings.filter(({ fragmentation }) => fragmentation > FRAGMENTED).length,
    })
  }

  private reportProgress(): void {
    this.options.onEvent?.({ type: 'progress', counts: this.counts(), bytesRead: this.bytesRead })
  }
}
