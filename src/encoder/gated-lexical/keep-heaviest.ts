import type { TermBudget } from '../../model/gated-lexical/head-settings.js'
import { type SparseVector, toSparseVector } from '../../sparse-vector.js'

/** Terms kept of a document: more of a long one, whose terms share the saturation. */
export function documentLimit(
  length: number,
  { documentTerms, documentLength, limitExponent }: TermBudget,
): number {
  return Math.floor(documentTerms * Math.max(1, length / documentLength) ** limitExponent)
}

/**
 * Drops the lightest terms. Those that do not stand in the text go first: a word that a reader can find is worth
 * more than one of the same weight that the model added.
 *
 * @param present terms that stand in the text
 * @param limit terms kept at most
 * @returns heaviest first, in the 32-bit precision that weights are stored in
 */
export function keepHeaviest(
  weights: ReadonlyMap<string, number>,
  present: { has(term: string): boolean },
  limit: number,
  { expansionHandicap, smallestShare }: TermBudget,
): SparseVector {
  let heaviest = 0
  for (const weight of weights.values()) heaviest = Math.max(heaviest, weight)
  const ranked = Array.from(weights, ([term, weight]) => ({
    term,
    weight,
    rank: present.has(term) ? weight : weight * expansionHandicap,
  }))
  ranked.sort((a, b) => b.rank - a.rank || (a.term < b.term ? -1 : 1))
  return toSparseVector(
    ranked
      .slice(0, limit)
      .filter(({ weight }) => weight > smallestShare * heaviest)
      .map(({ term, weight }) => [term, Math.fround(weight)] as const),
  )
}
