/** Sign patterns are tried one by one up to so many differences, 8,192 of them; beyond that they are drawn. */
const EXACT_UP_TO = 13
/** Sign patterns that are drawn; the smallest p that can come out is one in so many. */
export const RANDOMISATION_ROUNDS = 10_000
const SEED = 0x2f6e2b1

/**
 * Two-sided paired randomisation test (Fisher; Smucker, Allan, Carterette 2007): how often the mean of the differences
 * would be as far from 0 as it is, if it were chance which of the two systems got which figure of each query.
 *
 * @param differences one a query
 * @returns p, 0-1, the same in every run; 1 of nothing
 */
export function randomisationTest(differences: readonly number[]): number {
  // Queries that do not differ add nothing to any sum.
  const nonZero = differences.filter((difference) => difference !== 0)
  if (nonZero.length === 0) return 1
  const total = nonZero.reduce((sum, difference) => sum + difference, 0)
  // Equal sums come out a hair apart when they are added in another order.
  const least = Math.abs(total) - 1e-9
  return nonZero.length <= EXACT_UP_TO ? exactShare(nonZero, least) : drawnShare(nonZero, least)
}

function exactShare(differences: readonly number[], least: number): number {
  const patterns = 2 ** differences.length
  let extreme = 0
  for (let pattern = 0; pattern < patterns; pattern++) {
    const sum = signedSum(differences, (place) => (pattern & (1 << place)) !== 0)
    if (Math.abs(sum) >= least) extreme++
  }
  return extreme / patterns
}

/** The pattern that was observed counts as one of those drawn, so that p is never 0. */
function drawnShare(differences: readonly number[], least: number): number {
  const nextBit = seededBits(SEED)
  let extreme = 1
  for (let round = 1; round < RANDOMISATION_ROUNDS; round++)
    if (Math.abs(signedSum(differences, nextBit)) >= least) extreme++
  return extreme / RANDOMISATION_ROUNDS
}

function signedSum(differences: readonly number[], isTurned: (place: number) => boolean): number {
  return differences.reduce((sum, difference, place) => sum + (isTurned(place) ? -difference : difference), 0)
}

/** Bits of a xorshift generator (Marsaglia 2003), the same in every run. */
function seededBits(seed: number): () => boolean {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state < 0
  }
}
