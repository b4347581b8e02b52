import type { Encoder } from '../encoder/encoder.js'
import type { SparseVector } from '../sparse-vector.js'

/** A token as people read it, with its weight on either side. */
export interface TokenChange {
  readonly token: string
  /** Weight there; absent where the vector has no such token. */
  readonly a?: number
  readonly b?: number
  /** Change of the token's part of its vector's sum of weights, -1 to 1: scales of two models differ, parts do not. */
  readonly shareChange: number
}

/** What became of the tokens of a text from one model to another; each list with the greatest change first. */
export interface VectorChanges {
  readonly appeared: readonly TokenChange[]
  readonly disappeared: readonly TokenChange[]
  readonly changed: readonly TokenChange[]
}

/** A vector by what its tokens read like: two models may write one word in different ways. */
export function readableVector(vector: SparseVector, { readable }: Pick<Encoder, 'readable'>): SparseVector {
  if (readable === undefined) return vector
  const weights = new Map<string, number>()
  for (const [token, weight] of vector) {
    const shown = readable(token)
    weights.set(shown, Math.max(weight, weights.get(shown) ?? 0))
  }
  return weights
}

/**
 * Compares what two models make of one text.
 *
 * @param a tokens as people read them
 * @param limit tokens of each list, at most
 */
export function compareVectors(a: SparseVector, b: SparseVector, limit: number): VectorChanges {
  const [sumA, sumB] = [sumOf(a), sumOf(b)]
  const changes = [...new Set([...a.keys(), ...b.keys()])].map((token): TokenChange => {
    const [before, after] = [a.get(token), b.get(token)]
    return {
      token,
      ...(before !== undefined && { a: before }),
      ...(after !== undefined && { b: after }),
      shareChange: (after ?? 0) / sumB - (before ?? 0) / sumA,
    }
  })
  changes.sort((x, y) => Math.abs(y.shareChange) - Math.abs(x.shareChange) || (x.token < y.token ? -1 : 1))
  const first = (isWanted: (change: TokenChange) => boolean) => changes.filter(isWanted).slice(0, limit)
  return {
    appeared: first((change) => change.a === undefined),
    disappeared: first((change) => change.b === undefined),
    changed: first(({ a: before, b: after, shareChange }) => {
      return before !== undefined && after !== undefined && shareChange !== 0
    }),
  }
}

/** Never 0, so that parts of nothing are 0. */
function sumOf(vector: SparseVector): number {
  return [...vector.values()].reduce((sum, weight) => sum + weight, 0) || 1
}
