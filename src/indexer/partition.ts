import { createHash } from 'node:crypto'
import { ConfigurationError } from '../errors.js'

/** One of several workers that share the same inputs. */
export interface Partition {
  /** 0-based. */
  readonly number: number
  /** How many there are. */
  readonly of: number
}

/** Of a single worker: all documents. */
export const WHOLE: Partition = Object.freeze({ number: 0, of: 1 })

/** @throws ConfigurationError unless it is one of at least one */
export function normalizePartition({ number, of }: Partition = WHOLE): Partition {
  if (!(Number.isInteger(of) && of >= 1)) {
    throw new ConfigurationError('partition', 'must be of an integer >= 1 of partitions', of)
  }
  if (!(Number.isInteger(number) && number >= 0 && number < of)) {
    throw new ConfigurationError('partition', `must be a number from 0 to ${of - 1}`, number)
  }
  return Object.freeze({ number, of })
}

/**
 * True for the documents of one partition. All documents of an id are in one, so that the last of them stays, as with
 * a single worker; that is why inputs are shared out by id and not by place.
 */
export function isInPartition(id: string, { number, of }: Partition): boolean {
  return of === 1 || createHash('sha256').update(id).digest().readUInt32BE(0) % of === number
}
