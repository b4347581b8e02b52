import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import type { IndexMeta } from '../engine/index-meta.js'
import { sparseFields } from '../engine/index-sparse-fields.js'
import { FeatureError } from '../errors.js'
import type { AdaptiveLimit } from './adaptive-limit.js'
import {
  targetKey,
  toBulkDocument,
  writeBulk,
  type BulkDocument,
  type BulkTarget,
  type Refusal,
} from './bulk.js'
import { BusyClock } from './busy-clock.js'
import type { DeadLetter, DeadLetterFile } from './dead-letters.js'
import { toDocumentJson } from './document-source.js'
import { encodeRecords, toEncodedEvent, type EncodedRecord } from './encode-records.js'
import type { IndexCounts, IndexEvent, LongTextCounts } from './events.js'
import { Ledger, type Outcome, type Settled } from './ledger.js'
import { LoopTurn } from './loop-turn.js'
import { mapAhead } from './prefetch.js'
import { isWithoutText, type DocumentRecord } from './record.js'
import { RecordReader, type RecordReaderEvents, type RecordReaderOptions } from './record-reader.js'
import { type OnRetry, withRetries, type RetryPolicy } from './retry.js'
import type { StoredDocuments } from './stored-documents.js'

/** Batches; while a worker computes one, the next is tokenized. */
const ENCODED_AT_A_TIME = 2
/** HTTP status of a `create` for a document that is there. */
const CONFLICT = 409

/** `index` is one set up by `createIndex`; it also says which fields are encoded. */
export interface IndexRunOptions extends RecordReaderOptions {
  /**
   * Called once for each other index that the actions of a bulk file name, before the first document for it. Default:
   * it must be there, set up alike.
   */
  readonly prepareIndex?: (index: string) => Promise<void>
  /** Encode and write documents even if they are unchanged. Default false. */
  readonly force?: boolean
  readonly onEvent?: (event: IndexEvent) => void
}

/** What `indexDocuments` has looked up and opened for a run. */
export interface IndexRunResources {
  readonly client: EngineClient
  readonly encoder: Encoder
  readonly meta: IndexMeta
  /** It knows `index` already. */
  readonly stored: StoredDocuments
  /** Called once for each other index that documents go to, before the first of them. */
  readonly prepareIndex: (index: string) => Promise<void>
  readonly policy: RetryPolicy
  /** Told how bulk requests fare. */
  readonly limit: AdaptiveLimit
  readonly deadLetters: DeadLetterFile | undefined
  /** True if the index holds nothing that documents could be compared with. */
  readonly isEmpty: boolean
  /** What an earlier run has settled; this one goes on from there. */
  readonly start?: Settled | undefined
}

/** The stages of one run and what they count; `index-documents.ts` puts them in a row. */
export class IndexRun {
  private readonly ledger: Ledger
  private readonly encoding = new BusyClock()
  private readonly writing = new BusyClock()
  private readonly long = { chunked: 0, chunks: 0, truncated: 0 }
  /** Documents that are read but not yet written, and how often: what the index holds of them is about to change. */
  private readonly inFlight = new Map<string, number>()
  /** Documents for a data stream that are to be compared only when those before them are written. */
  private readonly compareLater = new Set<DocumentRecord>()
  private readonly turn = new LoopTurn()
  private readonly reader: RecordReader

  constructor(
    private readonly resources: IndexRunResources,
    private readonly options: IndexRunOptions,
  ) {
    this.ledger = new Ledger(resources.start)
    const events: RecordReaderEvents = {
      prepareIndex: resources.prepareIndex,
      onRead: (record, position) => {
        this.ledger.enter(record, position)
      },
      onEnd: (position) => {
        this.ledger.end(position)
      },
      onNotice: (notice) => options.onEvent?.({ type: 'notice', notice }),
    }
    this.reader = new RecordReader(resources.meta, options, events, resources.start?.positions)
  }

  counts(): IndexCounts {
    return this.ledger.counts()
  }

  /** How far the inputs are dealt with. */
  settled(): Settled {
    return this.ledger.settled()
  }

  longTexts(): LongTextCounts {
    return { ...this.long }
  }

  /** Records with text, until the inputs end, one is broken, or the signal says stop. */
  async *read(): AsyncGenerator<DocumentRecord, void, undefined> {
    for await (const record of this.reader.read()) {
      if (isWithoutText(record)) this.skip(record)
      else yield record
    }
  }

  private skip(record: DocumentRecord): void {
    const { id, origin, lack } = record
    this.ledger.settle(record, 'skipped')
    const names = new Set(sparseFields(this.resources.meta).flatMap(({ textFields }) => textFields))
    const reason = lack ?? `its text fields (${[...names].join(', ')}) are empty`
    this.options.onEvent?.({ type: 'skipped', id, origin, reason })
  }

  /** The records that have to be encoded and written. */
  async dropUnchanged(batch: readonly DocumentRecord[]): Promise<readonly DocumentRecord[]> {
    // Only where nothing newer is on its way does the index say what a document would be compared with.
    const settled = new Set(batch.filter((record) => this.enter(record) === 1))
    const there = await this.settleStored([...settled].filter((record) => this.isToCompare(record)))
    const kept = batch.filter((record) => !there.has(record))
    for (const record of kept)
      if (!settled.has(record) && this.isForStream(record)) this.compareLater.add(record)
    this.reportProgress()
    return kept
  }

  private isForStream(record: DocumentRecord): boolean {
    return this.resources.stored.streamOf(record) !== undefined
  }

  private isToCompare({ index }: DocumentRecord): boolean {
    return this.options.force !== true && (index !== undefined || !this.resources.isEmpty)
  }

  /**
   * Counts documents that are there already, as they are or refused where they cannot be replaced.
   *
   * @param outcome of those with the same content
   * @returns the ones that are there: they need not be written
   */
  private async settleStored(
    records: readonly DocumentRecord[],
    outcome: Outcome = 'unchanged',
  ): Promise<ReadonlySet<DocumentRecord>> {
    const { stored, policy } = this.resources
    const found = await withRetries(() => stored.compare(records), policy, this.onRetry)
    const there = records.filter((record) => found.has(targetKey(record)))
    const letters: DeadLetter[] = []
    for (const record of there) {
      const reason = found.get(targetKey(record))?.irreplaceable
      if (reason === undefined) this.leave(record, outcome)
      else letters.push({ record, status: CONFLICT, reason })
    }
    if (letters.length > 0) await this.bury(letters)
    return new Set(there)
  }

  /** Bulk documents, one by one; those that cannot be stored become dead letters. */
  async *encode(
    batches: AsyncIterable<readonly DocumentRecord[]>,
  ): AsyncGenerator<BulkDocument<DocumentRecord>, void, undefined> {
    for await (const encoded of mapAhead(batches, ENCODED_AT_A_TIME, (batch) => this.encodeBatch(batch))) {
      const encodedAt = new Date()
      for (const document of encoded) {
        if (this.turn.isOver()) await this.turn.next()
        const written = await this.toDocument(document, encodedAt)
        if (written !== undefined) yield written
      }
    }
  }

  private async encodeBatch(records: readonly DocumentRecord[]): Promise<readonly EncodedRecord[]> {
    if (records.length === 0) return []
    const encoded = await this.encoding.during(() => encodeRecords(this.resources.encoder, records))
    this.reportEncodings(encoded)
    return encoded
  }

  private async toDocument(encoded: EncodedRecord, encodedAt: Date) {
    const { record } = encoded
    try {
      const source = toDocumentJson(encoded, { encoder: this.resources.encoder.identity, encodedAt })
      // A data stream takes nothing else.
      const target = this.isForStream(record) ? ({ ...record, action: 'create' } as const) : record
      return toBulkDocument(target, source, record)
    } catch (error) {
      if (!(error instanceof FeatureError)) throw error
      await this.bury([{ record, status: 0, reason: error.message }])
      return undefined
    }
  }

  async write(body: readonly BulkDocument<DocumentRecord>[]): Promise<void> {
    const documents = await this.withoutStored(body)
    if (documents.length > 0) await this.send(documents)
    this.reportProgress()
  }

  private async send(documents: readonly BulkDocument<DocumentRecord>[]): Promise<void> {
    const { client, policy, limit } = this.resources
    const attempt = limit.begin()
    let outcomeIfThere: Outcome = 'unchanged'
    const onRetry: OnRetry = (...retry) => {
      // A document that is there after an attempt whose answer was lost is this run's own.
      outcomeIfThere = 'indexed'
      attempt.overloaded()
      this.onRetry(...retry)
    }
    const { refused } = await this.writing.during(() =>
      writeBulk(client, this.options.index, documents, policy, onRetry),
    )
    attempt.succeeded(documents.reduce((sum, { ndjson }) => sum + ndjson.length, 0))
    const isRefused = new Set(refused.map(({ document }) => document))
    for (const document of documents) if (!isRefused.has(document)) this.leave(document.origin, 'indexed')
    await this.settleRefused(refused, outcomeIfThere)
  }

  /** Without documents that a data stream had before, or has from this run. */
  private async withoutStored(
    body: readonly BulkDocument<DocumentRecord>[],
  ): Promise<readonly BulkDocument<DocumentRecord>[]> {
    const later = body.map(({ origin }) => origin).filter((record) => this.compareLater.delete(record))
    if (later.length === 0) return body
    const there = await this.settleStored(later)
    return body.filter(({ origin }) => !there.has(origin))
  }

  /** @param outcome of a document that was refused because it is there already, with the same content */
  private async settleRefused(refused: readonly Refusal<DocumentRecord>[], outcome: Outcome): Promise<void> {
    const isConflict = ({ document, status }: Refusal<DocumentRecord>) =>
      document.action === 'create' && status === CONFLICT
    const conflicts = refused.filter(isConflict).map(({ document }) => document.origin)
    const there = await this.settleStored(conflicts, outcome)
    const others = refused.filter(({ document }) => !there.has(document.origin))
    await this.bury(others.map(({ document, ...why }) => ({ record: document.origin, ...why })))
  }

  /** @throws InputError if reading ended at a broken record */
  throwInputError(): void {
    this.reader.throwInputError()
  }

  /** Every index that documents went to. */
  indices(): readonly string[] {
    return this.reader.indices()
  }

  private async bury(letters: readonly DeadLetter[]): Promise<void> {
    await this.resources.deadLetters?.write(letters)
    for (const letter of letters) {
      this.leave(letter.record, 'deadLettered')
      this.options.onEvent?.({ type: 'dead-letter', ...letter })
    }
  }

  /** @returns how many records of this document are on their way now */
  private enter(target: Pick<BulkTarget, 'id' | 'index'>): number {
    const key = targetKey(target)
    const count = (this.inFlight.get(key) ?? 0) + 1
    this.inFlight.set(key, count)
    return count
  }

  private leave(record: DocumentRecord, outcome: Outcome): void {
    this.ledger.settle(record, outcome)
    const key = targetKey(record)
    const count = (this.inFlight.get(key) ?? 0) - 1
    if (count > 0) this.inFlight.set(key, count)
    else this.inFlight.delete(key)
  }

  private readonly onRetry = (retry: number, delayMs: number, reason: string): void => {
    this.options.onEvent?.({ type: 'retry', retry, delayMs, reason })
  }

  private reportEncodings(encoded: readonly EncodedRecord[]): void {
    const event = toEncodedEvent(encoded)
    this.long.chunked += event.chunked
    this.long.chunks += event.chunks
    this.long.truncated += event.truncated
    this.options.onEvent?.(event)
  }

  private reportProgress(): void {
    const busyMs = { encoding: this.encoding.busyMs(), writing: this.writing.busyMs() }
    const { bytesRead } = this.reader
    this.options.onEvent?.({ type: 'progress', counts: this.counts(), bytesRead, busyMs })
  }
}
