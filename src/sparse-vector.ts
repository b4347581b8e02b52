/**
 * The currency of the bridge: token -> term weight. Tokens are the model's own vocabulary strings (or the
 * lexical encoder's terms), never feature names; weights are finite and positive.
 */
export type SparseVector = ReadonlyMap<string, number>

/** A half-open range `[start, end)` of UTF-16 code units in the text that was encoded. */
export type Span = readonly [start: number, end: number]

/** Where each token stands in a text, in order; a token that is not in the text is absent. */
export type TokenSpans = ReadonlyMap<string, readonly Span[]>

/**
 * Orders entries heaviest first; equal weights by token, so that every run prints and prunes alike.
 *
 * @param entries token and weight pairs, each token once
 */
export function toSparseVector(entries: Iterable<readonly [string, number]>): SparseVector {
  return new Map([...entries].sort(byWeightThenToken))
}

/** Exact dot product in double precision: the score that a query gives a document before quantisation. */
export function dotProduct(query: SparseVector, document: SparseVector): number {
  let sum = 0
  for (const [token, queryWeight] of query) sum += queryWeight * (document.get(token) ?? 0)
  return sum
}

function byWeightThenToken(a: readonly [string, number], b: readonly [string, number]): number {
  if (a[1] !== b[1]) return b[1] - a[1]
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}
