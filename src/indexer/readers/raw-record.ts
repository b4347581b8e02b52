import type { InputError } from '../../errors.js'
import type { Origin } from './origin.js'

/** Where one reader finds a record, and what a bulk file says of it. */
interface ReadPlace {
  /** Line that it begins on, 1-based. */
  readonly line?: number
  /** Number of the record, 1-based, where the format has no lines. */
  readonly row?: number
  /** Absent outside bulk files. */
  readonly target?: BulkAction | undefined
}

/** A record whose value can be read. */
export interface WholeValue extends ReadPlace {
  /** As `JSON.parse` would give it. */
  readonly value: unknown
}

/** A record that cannot be read, though those behind it can. */
export interface BrokenValue extends ReadPlace {
  /** Names its place and the rule that it breaks. */
  readonly broken: InputError
  /** Its text, as far as it is text. */
  readonly raw: string
}

/** A record as one reader finds it. */
export type ReadValue = WholeValue | BrokenValue

/** What the action line of a bulk file says about its document. */
export interface BulkAction {
  /** `create` leaves a document alone that is there already. */
  readonly action: 'index' | 'create'
  readonly id?: string
  readonly index?: string
  readonly routing?: string
}

interface RawPlace {
  readonly origin: Origin
  /** Bytes of the input, as it is stored, that were taken in so far. */
  readonly bytesRead: number
}

/** One value of an input, with its place. */
export interface RawRecord extends RawPlace {
  readonly value: unknown
  readonly target?: BulkAction
}

/** What stands in the place of one and cannot be read. */
export type RawBroken = RawPlace & BrokenValue
