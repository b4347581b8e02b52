import { recordError } from './readers/origin.js'
import type { DocumentRecord } from './record.js'

/** So many records without any of the fields, and none with one before them, are no odd ones: a name is wrong. */
const TELLING_RECORDS = 100

/**
 * Finds out whether the fields to encode are those of the inputs, before anything is written: until a record has one of
 * them, records are held back.
 */
export class FirstRecords {
  private first: DocumentRecord | undefined
  private lacking = 0

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
  see(record: DocumentRecord): void {
    if (this.met) return
    if (record.lack === undefined) {
      this.met = true
      return
    }
    this.first ??= record
    this.lacking += 1
    if (this.lacking >= TELLING_RECORDS) this.requireMet()
  }

  /**
   * The same records in the same order, each of which {@link see} has seen.
   *
   * @param isAborted asked at the end: where the rest was not read, nobody knows of it
   * @throws InputError at the end of inputs of which no record has a field
   */
  async *holdBack(
    records: AsyncIterable<DocumentRecord>,
    isAborted: () => boolean,
  ): AsyncGenerator<DocumentRecord, void, undefined> {
    const held: DocumentRecord[] = []
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
}
