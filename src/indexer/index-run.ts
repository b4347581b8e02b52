import { FRAGMENTED, type Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { ensureSameLongTexts } from '../engine/index-long-texts.js'
import { ensureCompatible, readIndexMeta, type IndexMeta } from '../engine/index-meta.js'
import { showSparseFields, sparseFields } from '../engine/index-sparse-fields.js'
import { EngineError, FeatureError } from '../errors.js'
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
import { countLong, encodeRecords, summarize, type EncodedRecord } from './encode-records.js'
import type { IndexCounts, IndexEvent, LongTextCounts } from './events.js'
import { Ledger, type Outcome, type Settled } from './ledger.js'
import { mapAhead } from './prefetch.js'
import { isWithoutText, type DocumentRecord } from './record.js'
import { RecordReader, type RecordReaderEvents, type RecordReaderOptions } from './record-reader.js'
import { type OnRetry, withRetries, type RetryPolicy } from './retry.js'
import { findUnchanged } from './unchanged.js'

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
  private readonly reader: RecordReader

  constructor(
    private readonly resources: IndexRunResources,
    private readonly options: IndexRunOptions,
  ) {
    this.ledger = new Ledger(resources.start)
    const events: RecordReaderEvents = {
      prepareIndex: options.prepareIndex ?? ((index) => requireIndex(resources, index)),
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
    const { id, origin } = record
    this.ledger.settle(record, 'skipped')
    const names = new Set(sparseFields(this.resources.meta).flatMap(({ textFields }) => textFields))
    const reason = `its text fields (${[...names].join(', ')}) are empty`
    this.options.onEvent?.({ type: 'skipped', id, origin, reason })
  }

  /** The records that have to be encoded and written. */
  async dropUnchanged(batch: readonly DocumentRecord[]): Promise<readonly DocumentRecord[]> {
    // Only where nothing newer is on its way does the index say what a document would be compared with.
    const settled = new Set(batch.filter((record) => this.enter(record) === 1))
    const unchanged = await this.unchangedOf([...settled].filter((record) => this.isToCompare(record)))
    const kept = batch.filter((record) => !settled.has(record) || !unchanged.has(targetKey(record)))
    for (const record of settled) if (unchanged.has(targetKey(record))) this.leave(record, 'unchanged')
    this.reportProgress()
    return kept
  }

  private isToCompare({ index }: DocumentRecord): boolean {
    return this.options.force !== true && (index !== undefined || !this.resources.isEmpty)
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
    for await (const encoded of mapAhead(batches, ENCODED_AT_A_TIME, (batch) => this.encodeBatch(batch))) {
      const encodedAt = new Date()
      for (const document of encoded) {
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
      return toBulkDocument(record, source, record)
    } catch (error) {
      if (!(error instanceof FeatureError)) throw error
      await this.bury([{ record, status: 0, reason: error.message }])
      return undefined
    }
  }

  async write(body: readonly BulkDocument<DocumentRecord>[]): Promise<void> {
    const { client, policy, limit } = this.resources
    const attempt = limit.begin()
    const onRetry: OnRetry = (...retry) => {
      attempt.overloaded()
      this.onRetry(...retry)
    }
    const outcome = await this.writing.during(() =>
      writeBulk(client, this.options.index, body, policy, onRetry),
    )
    attempt.succeeded(body.reduce((sum, { ndjson }) => sum + ndjson.length, 0))
    const refused = await this.withoutOwn(outcome.refused)
    const buried = new Set(refused.map(({ document }) => document))
    for (const document of body) if (!buried.has(document)) this.leave(document.origin, 'indexed')
    await this.bury(
      refused.map(({ document, status, reason }) => ({ record: document.origin, status, reason })),
    )
    this.reportProgress()
  }

  /**
   * Without refusals of `create` for a document that this run itself wrote: the answer to an earlier attempt was lost
   * on its way.
   */
  private async withoutOwn(
    refused: readonly Refusal<DocumentRecord>[],
  ): Promise<readonly Refusal<DocumentRecord>[]> {
    const isConflict = ({ document, status }: Refusal<DocumentRecord>) =>
      document.action === 'create' && status === CONFLICT
    const own = await this.unchangedOf(refused.filter(isConflict).map(({ document }) => document.origin))
    return refused.filter((refusal) => !(isConflict(refusal) && own.has(targetKey(refusal.document))))
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
    const encodings = encoded.map(({ fields }) => summarize(fields.map(({ encoding }) => encoding)))
    const long = countLong(encodings)
    this.long.chunked += long.chunked
    this.long.chunks += long.chunks
    this.long.truncated += long.truncated
    this.options.onEvent?.({
      type: 'encoded',
      documents: encodings.length,
      ...long,
      fragmented: encodings.filter(({ fragmentation }) => fragmentation > FRAGMENTED).length,
      tokenCounts: encodings.map(({ tokenCount }) => tokenCount),
      activeTokens: encoded.map(({ fields }) =>
        fields.reduce((sum, { encoding }) => sum + encoding.vector.size, 0),
      ),
    })
  }

  private reportProgress(): void {
    const busyMs = { encoding: this.encoding.busyMs(), writing: this.writing.busyMs() }
    const { bytesRead } = this.reader
    this.options.onEvent?.({ type: 'progress', counts: this.counts(), bytesRead, busyMs })
  }
}

/** @throws EngineError if an index that a bulk file names is missing, or set up otherwise */
async function requireIndex({ client, meta }: IndexRunResources, index: string): Promise<void> {
  const found = await readIndexMeta(client, index)
  if (found === undefined)
    throw new EngineError(`there is no index "${index}", which an action line names`, 404)
  ensureCompatible(index, found, meta.encoder)
  ensureSameLongTexts(index, found.longTexts, meta.longTexts)
  const [theirs, ours] = [found, meta].map((one) => showSparseFields(sparseFields(one)))
  if (theirs !== ours) throw new EngineError(`index "${index}" has vectors ${theirs}, not ${ours}`, 0)
}
