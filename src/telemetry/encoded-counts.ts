import type { EncodedCounts, Spread } from './events.js'

/** Documents that were encoded together. */
export interface EncodedBatch extends Omit<EncodedCounts, 'tokens' | 'activeTokens'> {
  /** Tokens of each document, before any limit of the model. */
  readonly tokenCounts: readonly number[]
  /** Tokens with a weight of each document. */
  readonly activeTokens: readonly number[]
}

const NO_SPREAD: Spread = { sum: 0, max: 0 }

export const NOTHING_ENCODED: EncodedCounts = {
  documents: 0,
  chunked: 0,
  truncated: 0,
  fragmented: 0,
  tokens: NO_SPREAD,
  activeTokens: NO_SPREAD,
}

/** Counts with those of a further batch. */
export function withBatch(sums: EncodedCounts, batch: EncodedBatch): EncodedCounts {
  return {
    documents: sums.documents + batch.documents,
    chunked: sums.chunked + batch.chunked,
    truncated: sums.truncated + batch.truncated,
    fragmented: sums.fragmented + batch.fragmented,
    tokens: withLengths(sums.tokens, batch.tokenCounts),
    activeTokens: withLengths(sums.activeTokens, batch.activeTokens),
  }
}

function withLengths({ sum, max }: Spread, lengths: readonly number[]): Spread {
  return {
    sum: lengths.reduce((total, length) => total + length, sum),
    max: lengths.reduce((longest, length) => Math.max(longest, length), max),
  }
}
