import type { BrokenRecord } from './broken-record.js'
import type { DeadLetter } from './dead-letters.js'
import type { Origin } from './readers/origin.js'

/** Documents, never lines or requests. `read` is the sum of the other four once a run has ended. */
export interface IndexCounts {
  readonly read: number
  /** Written by this run. */
  readonly indexed: number
  /** In the index already, with the same content and model. */
  readonly unchanged: number
  /** Refused by the engine, or not storable; where such records do not stop the run, also those that break a rule. */
  readonly deadLettered: number
  /** With none of the fields to encode, and of no document that the index has: taken for records of another kind. */
  readonly skipped: number
}

/** Documents that have come to their end, whatever that was. */
export function settledOf({ indexed, unchanged, deadLettered, skipped }: IndexCounts): number {
  return indexed + unchanged + deadLettered + skipped
}

/** What was counted from one moment to a later one. */
export function countsBetween(before: IndexCounts, after: IndexCounts): IndexCounts {
  return {
    read: after.read - before.read,
    indexed: after.indexed - before.indexed,
    unchanged: after.unchanged - before.unchanged,
    deadLettered: after.deadLettered - before.deadLettered,
    skipped: after.skipped - before.skipped,
  }
}

/** Documents longer than the model reads at once, among those that this run encoded. */
export interface LongTextCounts {
  /** Encoded in several chunks, to their ends. */
  readonly chunked: number
  /** Chunks of those. */
  readonly chunks: number
  /** Their ends were left out, and are not searchable. */
  readonly truncated: number
}

export const NO_LONG_TEXTS: LongTextCounts = Object.freeze({ chunked: 0, chunks: 0, truncated: 0 })

/** The sum of two counts. */
export function addLongTexts(a: LongTextCounts, b: LongTextCounts): LongTextCounts {
  return {
    chunked: a.chunked + b.chunked,
    chunks: a.chunks + b.chunks,
    truncated: a.truncated + b.truncated,
  }
}

export interface IndexResult extends IndexCounts, LongTextCounts {
  /** False where the signal stopped the run before its inputs ended. */
  readonly isComplete: boolean
  /** What of the counts an earlier run had settled, where this one went on from its checkpoint. */
  readonly before?: IndexCounts
  /** Of this run alone. */
  readonly elapsedMs: number
}

/** A batch has been encoded; counts that hint at a model that does not suit the texts. */
export interface EncodedEvent extends LongTextCounts {
  readonly type: 'encoded'
  readonly documents: number
  /** Documents whose tokens are mostly unknown or single characters. */
  readonly fragmented: number
  /** Tokens of each document before any limit of the model. */
  readonly tokenCounts: readonly number[]
  /** Tokens with a weight of each document, over all its vectors. */
  readonly activeTokens: readonly number[]
}

/** How long texts were being encoded, and bulk requests in flight, in milliseconds; the two overlap. */
export interface BusyTimes {
  readonly encoding: number
  readonly writing: number
}

/** What happens during a run, as it happens. */
export type IndexEvent =
  | {
      readonly type: 'progress'
      readonly counts: IndexCounts
      /** Bytes of all inputs, as they are stored, that were taken in so far. */
      readonly bytesRead: number
      readonly busyMs: BusyTimes
    }
  | EncodedEvent
  | {
      /** The run goes on where an earlier one has stopped, with what that one has counted. */
      readonly type: 'resumed'
      readonly counts: IndexCounts
    }
  | {
      readonly type: 'retry'
      readonly retry: number
      readonly delayMs: number
      readonly reason: string
    }
  | {
      /** Something was guessed about an input. */
      readonly type: 'notice'
      readonly notice: string
    }
  | ({ readonly type: 'dead-letter' } & (DeadLetter | BrokenLetter))
  | ({
      /** A document was written without a vector, since it has no text. */
      readonly type: 'without-text'
    } & ToldRecord)
  | ({ readonly type: 'skipped' } & ToldRecord)

/** The same of a run that reads no inputs. */
export type LoadEvent = IndexEvent | Omit<Extract<IndexEvent, { type: 'progress' }>, 'bytesRead'>

/** A record that breaks a rule. */
interface BrokenLetter {
  readonly record: BrokenRecord
  readonly status: 0
  readonly reason: string
}

/** A record of which more is told than that it is counted. */
interface ToldRecord {
  readonly id: string
  readonly origin: Origin
  readonly reason: string
}
