import { type BrokenRecord, isBroken, type ReadRecord } from './broken-record.js'
import { InputError } from '../errors.js'
import { recordError } from './readers/origin.js'
import type { DocumentRecord } from './record.js'

/** So many records without any of the fields, and none with one before them, are no odd ones: a name is wrong. */
const TELLING_RECORDS = 100

/**
 * Finds out whether the fields to encode are those of the inputs, and whether these can be read at all, before anything is
 * written: until a record has one of the fields, records are held back.
 */
export class FirstRecords {
  private first: DocumentRecord | undefined
  private lacking = 0
  private firstBroken: BrokenRecord | undefined
  private broken = 0

  /** @param met whether one with a field is known of already, from an earlier run */
  constructor(private met: boolean) {}

  /** True once a record with one of the fields is known of. */
  get hasMet(): boolean {
    return this.met
  }

  /**
   * Looks at a record, be it one to hold back or not.
   *
   * @throws InputError for the last of the first hundred if none of them has a field
   */
  see(record: ReadRecord): void {
    if (this.met) return
    if (isBroken(record)) {
      this.firstBroken ??= record
      this.broken += 1
    } else if (record.lack === undefined) {
      this.met = true
      return
    } else {
      this.first ??= record
      this.lacking += 1
    }
    if (this.lacking + this.broken < TELLING_RECORDS) return
    this.requireMet()
    this.requireWhole()
  }

  /**
   * The same records in the same order, each of which {@link see} has seen.
   *
   * @param isAborted asked at the end: where the rest was not read, nobody knows of it
   * @throws InputError at the end of inputs of which no record has a field
   */
  async *holdBack(
    records: AsyncIterable<ReadRecord>,
    isAborted: () => boolean,
  ): AsyncGenerator<ReadRecord, void, undefined> {
    const held: ReadRecord[] = []
    for await (const record of records) {
      held.push(record)
      if (this.met) yield* held.splice(0)
    }
    if (!isAborted()) this.requireMet()
    yield* held
  }

  private requireMet(): void {
    const { first, lacking } = this
    if (this.met || first?.lack === undefined) return
    const others = lacking > 1 ? `, and so it is with the ${lacking - 1} behind it` : ''
    throw recordError(first.origin, `${first.lack}${others}`)
  }

  /** A hundred broken records are no odd ones either: something is wrong with the file, or with what it is taken for. */
  private requireWhole(): void {
    if (this.met || this.firstBroken === undefined) return
    const { file, line, rule } = this.firstBroken.error
    throw new InputError(
      file,
      line,
      `${rule}; and so no record of the first ${this.broken} can be used: is the format right?`,
    )
  }
}
