import type { JsonObject } from '../engine/json.js'
import { isObject } from '../engine/json.js'
import type { InputError } from '../errors.js'
import type { BulkAction, BrokenValue } from './readers/raw-record.js'
import type { Origin } from './readers/origin.js'
import { contentDigest, type DocumentRecord } from './record.js'

/** What becomes of a record that breaks a rule: the run stops there, or the record is a dead letter and the run goes on. */
export const BAD_RECORD_RULES = ['stop', 'dead-letter'] as const

export type BadRecordRule = (typeof BAD_RECORD_RULES)[number]

/** Most characters of a broken record's text that a dead letter holds. */
export const MAX_RAW_CHARACTERS = 10_000

/** A record that breaks a rule, and so is no document. */
export interface BrokenRecord {
  readonly error: InputError
  readonly origin: Origin
  /** What it is told apart by, in the place of an id. */
  readonly digest: string
  /** Where a bulk file or dead letter sends it. */
  readonly target?: BulkAction | undefined
  /** The record, where it can be read as a JSON object. */
  readonly value?: JsonObject
  /** Else its text, of at most {@link MAX_RAW_CHARACTERS}. */
  readonly raw?: string
  /** How many characters its text has, where not all are in `raw`. */
  readonly rawLength?: number
}

/** What comes out of an input: a document, or what was to be one. */
export type ReadRecord = DocumentRecord | BrokenRecord

/** True for a record that breaks a rule. */
export function isBroken(record: ReadRecord): record is BrokenRecord {
  return 'error' in record
}

/** True for a record that is a document. */
export function isDocument(record: ReadRecord): record is DocumentRecord {
  return !isBroken(record)
}

/** A record that cannot be read. */
export function toBrokenRecord({ broken, raw, target }: BrokenValue, origin: Origin): BrokenRecord {
  const isCut = raw.length > MAX_RAW_CHARACTERS
  return {
    ...{ error: broken, origin, target, digest: contentDigest(raw, {}) },
    raw: isCut ? raw.slice(0, MAX_RAW_CHARACTERS) : raw,
    ...(isCut && { rawLength: raw.length }),
  }
}

/** A value that was read, but cannot be a document. */
export function toUnusableRecord(
  error: InputError,
  origin: Origin,
  value: unknown,
  target: BulkAction | undefined,
): BrokenRecord {
  if (!isObject(value)) return toBrokenRecord({ broken: error, raw: JSON.stringify(value), target }, origin)
  return { error, origin, target, value, digest: contentDigest(value, {}) }
}
