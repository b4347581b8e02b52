import type { OwnAnswer } from '../../rewriter.js'
import type { FusedShare } from './fuse.js'

/** What each search gave a hit, by {@link hitKey}. */
export type FusedShares = ReadonlyMap<string, readonly FusedShare[]>

/** An answer whose hits were found by several searches. */
export interface FusedAnswer extends OwnAnswer {
  /** Unknown where the engine fused them. */
  readonly fusion: FusedShares | 'engine'
}

/** A hit among those of several searches. */
export function hitKey(index: string | undefined, id: string | undefined): string {
  return JSON.stringify([index, id])
}
