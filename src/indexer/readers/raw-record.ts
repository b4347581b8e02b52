import type { Origin } from './origin.js'

/** A value as one reader finds it: its place within the input, and what a bulk file says of it. */
export interface ReadValue {
  /** As `JSON.parse` would give it. */
  readonly value: unknown
  /** Line that it begins on, 1-based. */
  readonly line?: number
  /** Number of the record, 1-based, where the format has no lines. */
  readonly row?: number
  /** Absent outside bulk files. */
  readonly target?: BulkAction
}

/** What the action line of a bulk file says about its document. */
export interface BulkAction {
  /** `create` leaves a document alone that is there already. */
  readonly action: 'index' | 'create'
  readonly id?: string
  readonly index?: string
  readonly routing?: string
}

/** One value of an input, with its place. */
export interface RawRecord {
  readonly value: unknown
  readonly origin: Origin
  readonly target?: BulkAction
  /** Bytes of the input, as it is stored, that were taken in so far. */
  readonly bytesRead: number
}
