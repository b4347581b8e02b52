import { targetKey, type BulkTarget } from './bulk.js'
import type { BrokenRecord, ReadRecord } from './broken-record.js'
import type { DeadLetter, DeadLetterFile } from './dead-letters.js'
import type { IndexCounts, IndexEvent } from './events.js'
import { Ledger, type Outcome, type Settled } from './ledger.js'
import type { ReadPosition } from './read-position.js'
import type { DocumentRecord } from './record.js'

export interface RecordOutcomesOptions {
  /** What an earlier run has settled; this one goes on from there. */
  readonly start?: Settled | undefined
  /** Without it only events tell of dead letters. */
  readonly deadLetters?: DeadLetterFile | undefined
  readonly onEvent?: ((event: IndexEvent) => void) | undefined
}

/** What becomes of each record of a run: it is read, is on its way, and comes to exactly one end. */
export class RecordOutcomes {
  private readonly ledger: Ledger
  /** Documents that are read but not yet written, and how often: what the index holds of them is about to change. */
  private readonly inFlight = new Map<string, number>()

  constructor(private readonly options: RecordOutcomesOptions) {
    this.ledger = new Ledger(options.start)
  }

  counts(): IndexCounts {
    return this.ledger.counts()
  }

  /** How far the inputs are dealt with. */
  settled(): Settled {
    return this.ledger.settled()
  }

  /** @param position the place behind the record */
  read(record: ReadRecord, position: ReadPosition): void {
    this.ledger.enter(record, position)
  }

  /** An input has no more records. */
  endInput(position: ReadPosition): void {
    this.ledger.end(position)
  }

  /**
   * A record sets out for the index.
   *
   * @returns how many records of this document are on their way now
   */
  setOut(target: Pick<BulkTarget, 'id' | 'index'>): number {
    const key = targetKey(target)
    const count = (this.inFlight.get(key) ?? 0) + 1
    this.inFlight.set(key, count)
    return count
  }

  /** A record that was read, and may have set out, has come to its end. */
  settle(record: DocumentRecord, outcome: Outcome): void {
    this.ledger.settle(record, outcome)
    const key = targetKey(record)
    const count = (this.inFlight.get(key) ?? 0) - 1
    if (count > 0) this.inFlight.set(key, count)
    else this.inFlight.delete(key)
  }

  /** A record without any of the fields, of a document that the index does not have. */
  skip(record: DocumentRecord): void {
    const { id, origin, lack = 'has none of the fields to encode' } = record
    this.settle(record, 'skipped')
    this.options.onEvent?.({ type: 'skipped', id, origin, reason: lack })
  }

  /** Resolves when the file has them; a checkpoint that counts them may be saved then. */
  async bury(letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length === 0) return
    await this.options.deadLetters?.write(letters)
    for (const letter of letters) {
      this.settle(letter.record, 'deadLettered')
      this.options.onEvent?.({ type: 'dead-letter', ...letter })
    }
  }

  /** The same for records that break a rule; they never set out. */
  async buryBroken(records: readonly BrokenRecord[]): Promise<void> {
    if (records.length === 0) return
    await this.options.deadLetters?.write(records)
    for (const record of records) {
      this.ledger.settle(record, 'deadLettered')
      this.options.onEvent?.({ type: 'dead-letter', record, status: 0, reason: record.error.rule })
    }
  }
}
