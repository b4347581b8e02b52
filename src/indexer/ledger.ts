import type { IndexCounts } from './events.js'
import type { InputPosition, ReadPosition } from './read-position.js'

/** What became of a document. */
export type Outcome = Exclude<keyof IndexCounts, 'read'>

/** All that lies before a place in the inputs, where every document has its outcome. */
export interface Settled {
  readonly counts: IndexCounts
  /** One an input, from the first. */
  readonly positions: readonly InputPosition[]
}

export const NOTHING_SETTLED: Settled = {
  counts: { read: 0, indexed: 0, unchanged: 0, deadLettered: 0, skipped: 0 },
  positions: [],
}

interface Entry {
  readonly position: ReadPosition
  /** Absent while the document is on its way; `none` for the end of an input. */
  outcome?: Outcome | 'none'
}

/** Entries that are dealt with are cut off together, since cutting off one costs as much as many. */
const CUT_OFF_AFTER = 1_024

/**
 * Which documents were read and what became of each. Documents end in another order than they were read in; what is
 * settled is everything up to the first one that is still on its way.
 */
export class Ledger {
  private readonly all: { -readonly [Key in keyof IndexCounts]: IndexCounts[Key] }
  private readonly before: { -readonly [Key in keyof IndexCounts]: IndexCounts[Key] }
  private readonly positions: InputPosition[]
  /** In the order of reading. */
  private entries: Entry[] = []
  private first = 0
  private readonly open = new Map<object, Entry>()

  /** @param start what an earlier run has settled */
  constructor(start: Settled = NOTHING_SETTLED) {
    this.all = { ...start.counts }
    this.before = { ...start.counts }
    this.positions = [...start.positions]
  }

  /** A document was read. */
  enter(document: object, position: ReadPosition): void {
    const entry = { position }
    this.all.read += 1
    this.open.set(document, entry)
    this.entries.push(entry)
  }

  /** An input has no more documents. */
  end(position: ReadPosition): void {
    this.entries.push({ position, outcome: 'none' })
    this.advance()
  }

  /** A document that was entered has come to its end. */
  settle(document: object, outcome: Outcome): void {
    const entry = this.open.get(document)
    if (entry === undefined) throw new RangeError('a document was settled twice, or was never read')
    this.open.delete(document)
    this.all[outcome] += 1
    entry.outcome = outcome
    this.advance()
  }

  /** All that was counted so far, documents on their way included. */
  counts(): IndexCounts {
    return { ...this.all }
  }

  settled(): Settled {
    return { counts: { ...this.before }, positions: [...this.positions] }
  }

  private advance(): void {
    for (
      let entry = this.entries[this.first];
      entry?.outcome !== undefined;
      entry = this.entries[this.first]
    ) {
      if (entry.outcome !== 'none') {
        this.before.read += 1
        this.before[entry.outcome] += 1
      }
      this.positions[entry.position.input] = entry.position.at
      this.first += 1
    }
    if (this.first < CUT_OFF_AFTER) return
    this.entries = this.entries.slice(this.first)
    this.first = 0
  }
}
