import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { FeatureError } from '../errors.js'
import type { AdaptiveLimit } from './adaptive-limit.js'
import { isBroken, isDocument, type ReadRecord } from './broken-record.js'
import { toBulkDocument, type BulkDocument, type Refusal } from './bulk.js'
import { BulkSender } from './bulk-sender.js'
import { toDocumentJson } from './document-source.js'
import type { EncodedRecord } from './encode-records.js'
import { ENCODED_AT_A_TIME, EncodingStage } from './encoding-stage.js'
import type { IndexEvent, LongTextCounts } from './events.js'
import type { Outcome } from './ledger.js'
import { LoopTurn } from './loop-turn.js'
import { mapAhead } from './prefetch.js'
import { type DocumentRecord, isWithoutText } from './record.js'
import type { RecordOutcomes } from './record-outcomes.js'
import type { RecordReader } from './record-reader.js'
import type { RetryPolicy } from './retry.js'
import { CONFLICT, StoredCheck } from './stored-check.js'
import type { StoredDocuments } from './stored-documents.js'

export interface IndexRunOptions {
  /** Where documents go whose bulk action names no index. */
  readonly index: string
  /** Encode and write documents even if they are unchanged. Default false. */
  readonly force?: boolean
  readonly onEvent?: (event: IndexEvent) => void
}

/** What `indexDocuments` has looked up and opened for a run. */
export interface IndexRunResources {
  readonly client: EngineClient
  readonly encoder: Encoder
  /** It knows `index` already. */
  readonly stored: StoredDocuments
  /** Where the records come from. */
  readonly reader: RecordReader
  readonly outcomes: RecordOutcomes
  readonly policy: RetryPolicy
  /** Told how bulk requests fare. */
  readonly limit: AdaptiveLimit
  /** True if the index holds nothing that documents could be compared with. */
  readonly isEmpty: boolean
}

/** The stages of one run behind its reader; `index-documents.ts` puts them in a row. */
export class IndexRun {
  private readonly check: StoredCheck
  private readonly encoding: EncodingStage
  private readonly sender: BulkSender
  private readonly turn = new LoopTurn()

  constructor(
    private readonly resources: IndexRunResources,
    private readonly options: IndexRunOptions,
  ) {
    const { stored, outcomes, policy, isEmpty } = resources
    const force = options.force === true
    this.check = new StoredCheck({ stored, outcomes, policy, isEmpty, force, onRetry: this.onRetry })
    this.sender = new BulkSender({ ...resources, onRetry: this.onRetry })
    this.encoding = new EncodingStage(resources.encoder, (event) => options.onEvent?.(event))
  }

  longTexts(): LongTextCounts {
    return this.encoding.longTexts()
  }

  /** The records that have to be encoded and written. */
  async dropUnchanged(batch: readonly ReadRecord[]): Promise<readonly DocumentRecord[]> {
    await this.resources.outcomes.buryBroken(batch.filter(isBroken))
    const kept = await this.check.ofBatch(batch.filter(isDocument))
    this.reportProgress()
    return kept
  }

  /** Bulk documents, one by one; those that cannot be stored become dead letters. */
  async *encode(
    batches: AsyncIterable<readonly DocumentRecord[]>,
  ): AsyncGenerator<BulkDocument<DocumentRecord>, void, undefined> {
    for await (const encoded of mapAhead(batches, ENCODED_AT_A_TIME, (batch) =>
      this.encoding.encode(batch),
    )) {
      const encodedAt = new Date()
      for (const document of encoded) {
        if (this.turn.isOver()) await this.turn.next()
        const written = await this.toDocument(document, encodedAt)
        if (written !== undefined) yield written
      }
    }
  }

  private async toDocument(encoded: EncodedRecord, encodedAt: Date) {
    const { record } = encoded
    const { encoder, stored, outcomes } = this.resources
    try {
      const source = toDocumentJson(encoded, { encoder: encoder.identity, encodedAt })
      // A data stream takes nothing else.
      const target = stored.streamOf(record) ? ({ ...record, action: 'create' } as const) : record
      return toBulkDocument(target, source, record)
    } catch (error) {
      if (!(error instanceof FeatureError)) throw error
      await outcomes.bury([{ record, status: 0, reason: error.message }])
      return undefined
    }
  }

  async write(body: readonly BulkDocument<DocumentRecord>[]): Promise<void> {
    const wanted = await this.check.beforeWriting(body.map(({ origin }) => origin))
    const documents = body.filter(({ origin }) => wanted.has(origin))
    for (const { origin } of documents)
      if (origin.lack !== undefined) await this.resources.reader.prepare(origin)
    if (documents.length > 0) await this.send(documents)
    this.reportProgress()
  }

  private async send(documents: readonly BulkDocument<DocumentRecord>[]): Promise<void> {
    const { refused, isRepeated } = await this.sender.send(this.options.index, documents)
    const isRefused = new Set(refused.map(({ document }) => document))
    for (const document of documents) {
      if (isRefused.has(document)) continue
      this.resources.outcomes.settle(document.origin, 'indexed')
      this.reportWithoutText(document.origin)
    }
    // A document that is there after an attempt whose answer was lost is this run's own.
    await this.settleRefused(refused, isRepeated ? 'indexed' : 'unchanged')
  }

  /** @param outcome of a document that was refused because it is there already, with the same content */
  private async settleRefused(refused: readonly Refusal<DocumentRecord>[], outcome: Outcome): Promise<void> {
    const isConflict = ({ document, status }: Refusal<DocumentRecord>) =>
      document.action === 'create' && status === CONFLICT
    const conflicts = refused.filter(isConflict).map(({ document }) => document.origin)
    const there = await this.check.settle(conflicts, outcome)
    const others = refused.filter(({ document }) => !there.has(document.origin))
    await this.resources.outcomes.bury(
      others.map(({ document, ...why }) => ({ record: document.origin, ...why })),
    )
  }

  private readonly onRetry = (retry: number, delayMs: number, reason: string): void => {
    this.options.onEvent?.({ type: 'retry', retry, delayMs, reason })
  }

  private reportWithoutText(record: DocumentRecord): void {
    if (!isWithoutText(record)) return
    const { id, origin, lack: reason = 'its text fields are empty' } = record
    this.options.onEvent?.({ type: 'without-text', id, origin, reason })
  }

  private reportProgress(): void {
    const busyMs = { encoding: this.encoding.busyMs(), writing: this.sender.busyMs() }
    const { outcomes, reader } = this.resources
    this.options.onEvent?.({
      type: 'progress',
      counts: outcomes.counts(),
      bytesRead: reader.bytesRead,
      busyMs,
    })
  }
}
