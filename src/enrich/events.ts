import type { DeadLetter } from '../indexer/dead-letters.js'
import type { BusyTimes, EncodedEvent, LongTextCounts } from '../indexer/events.js'

/** Documents. `read` is the sum of the next five once a run has ended. */
export interface EnrichCounts {
  readonly read: number
  /** Given vectors by this run. */
  readonly enriched: number
  /** With vectors of the same text and model already. */
  readonly unchanged: number
  /** Without any text to encode; vectors of a text that they once had are emptied. */
  readonly skipped: number
  /** Refused by the engine, or not storable. */
  readonly deadLettered: number
  /** Deleted by someone else after they were read. */
  readonly gone: number
  /** Times that someone else changed a document after it was read, which was then read and encoded again. */
  readonly conflicts: number
}

/** Documents that have come to their end, whatever that was. */
export function settledOf(counts: Omit<EnrichCounts, 'read' | 'conflicts'>): number {
  const { enriched, unchanged, skipped, deadLettered, gone } = counts
  return enriched + unchanged + skipped + deadLettered + gone
}

export interface EnrichResult extends EnrichCounts, LongTextCounts {
  readonly elapsedMs: number
}

/** What happens during a run, as it happens. */
export type EnrichEvent =
  | {
      readonly type: 'progress'
      readonly counts: EnrichCounts
      /** Documents that the query found at the beginning. */
      readonly total: number
      readonly busyMs: BusyTimes
    }
  | EncodedEvent
  | { readonly type: 'retry'; readonly retry: number; readonly delayMs: number; readonly reason: string }
  | ({ readonly type: 'dead-letter' } & DeadLetter)
  | {
      /** All that was there has been read; from now on changes are followed. */
      readonly type: 'watching'
      readonly counts: EnrichCounts
    }
