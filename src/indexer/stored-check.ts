import { targetKey } from './bulk.js'
import type { DeadLetter } from './dead-letters.js'
import type { Outcome } from './ledger.js'
import type { DocumentRecord } from './record.js'
import type { RecordOutcomes } from './record-outcomes.js'
import { type OnRetry, type RetryPolicy, withRetries } from './retry.js'
import type { StoredDocument, StoredDocuments } from './stored-documents.js'

/** HTTP status of a `create` for a document that is there. */
export const CONFLICT = 409

export interface StoredCheckOptions {
  /** It knows every index that records go to. */
  readonly stored: StoredDocuments
  readonly outcomes: RecordOutcomes
  readonly policy: RetryPolicy
  readonly onRetry: OnRetry
  /** True if the index held nothing at the beginning that documents could be compared with. */
  readonly isEmpty: boolean
  /** Whether documents are written even if they are unchanged. */
  readonly force: boolean
}

/** Compares records with what is stored, and settles those that need not be written, or cannot be. */
export class StoredCheck {
  /** Records to be compared only when those of the same documents before them are written. */
  private readonly later = new Set<DocumentRecord>()

  constructor(private readonly options: StoredCheckOptions) {}

  /** The records that have to be encoded and written. */
  async ofBatch(batch: readonly DocumentRecord[]): Promise<readonly DocumentRecord[]> {
    const { outcomes } = this.options
    // Only where nothing newer is on its way does the index say what a document would be compared with.
    const alone = new Set(batch.filter((record) => outcomes.setOut(record) === 1))
    const settled = await this.settle([...alone].filter((record) => this.isToCompare(record)))
    const kept = batch.filter((record) => !settled.has(record))
    for (const record of kept) if (this.isForLater(record, alone.has(record))) this.later.add(record)
    return kept
  }

  /** Of records that are about to be written, and none of their documents is on its way, those that still have to be. */
  async beforeWriting(records: readonly DocumentRecord[]): Promise<ReadonlySet<DocumentRecord>> {
    const later = records.filter((record) => this.later.delete(record))
    const found = await this.compare(later)
    const settled = await this.settleFound(later, found, 'unchanged')
    const skipped = later.filter((record) => record.lack !== undefined && !found.has(targetKey(record)))
    for (const record of skipped) this.options.outcomes.skip(record)
    return new Set(records.filter((record) => !settled.has(record) && !skipped.includes(record)))
  }

  /**
   * Settles documents that are there already, as they are or refused where they cannot be replaced.
   *
   * @param outcome of those with the same content
   * @returns the ones that are settled
   */
  async settle(
    records: readonly DocumentRecord[],
    outcome: Outcome = 'unchanged',
  ): Promise<ReadonlySet<DocumentRecord>> {
    return this.settleFound(records, await this.compare(records), outcome)
  }

  private async settleFound(
    records: readonly DocumentRecord[],
    found: ReadonlyMap<string, StoredDocument>,
    outcome: Outcome,
  ): Promise<ReadonlySet<DocumentRecord>> {
    const { outcomes, force } = this.options
    const same = records.filter((record) => !force && found.get(targetKey(record))?.isSame === true)
    for (const record of same) outcomes.settle(record, outcome)
    const letters = records.flatMap((record): DeadLetter[] => {
      const reason = found.get(targetKey(record))?.irreplaceable
      return reason === undefined ? [] : [{ record, status: CONFLICT, reason }]
    })
    await outcomes.bury(letters)
    return new Set([...same, ...letters.map(({ record }) => record)])
  }

  private compare(records: readonly DocumentRecord[]): Promise<ReadonlyMap<string, StoredDocument>> {
    const { stored, policy, onRetry } = this.options
    return withRetries(() => stored.compare(records), policy, onRetry)
  }

  private isToCompare({ index }: DocumentRecord): boolean {
    return !this.options.force && (index !== undefined || !this.options.isEmpty)
  }

  /** A record without any of the fields is written only where its document is there; a stream takes each but once. */
  private isForLater(record: DocumentRecord, isAlone: boolean): boolean {
    const isForStream = this.options.stored.streamOf(record) !== undefined
    return record.lack !== undefined || (isForStream && !isAlone)
  }
}
