/**
 * Retrieval metrics in the convention of trec_eval and BEIR: linear gain, discount `log2(rank + 1)`, ranks
 * from 1. A document that the judgements do not name is not relevant.
 */

/** Relevance grade of each judged document; > 0 is relevant. */
export type Judgements = ReadonlyMap<string, number>

/**
 * Normalised discounted cumulative gain of the first `k` documents, 0-1.
 *
 * @param ranking document ids, best first, each once
 * @returns 0 where nothing is relevant
 */
export function ndcg(ranking: readonly string[], judgements: Judgements, k: number): number {
  const ideal = discountedGain([...judgements.values()].sort((a, b) => b - a).slice(0, k))
  if (ideal === 0) return 0
  return discountedGain(ranking.slice(0, k).map((id) => judgements.get(id) ?? 0)) / ideal
}

/** Share of the relevant documents that are among the first `k`, 0-1; 0 where nothing is relevant. */
export function recall(ranking: readonly string[], judgements: Judgements, k: number): number {
  const relevant = [...judgements.values()].filter((grade) => grade > 0).length
  if (relevant === 0) return 0
  return ranking.slice(0, k).filter((id) => isRelevant(id, judgements)).length / relevant
}

/** 1 / rank of the first relevant document among the first `k`, 0 where there is none. */
export function reciprocalRank(ranking: readonly string[], judgements: Judgements, k: number): number {
  const index = ranking.slice(0, k).findIndex((id) => isRelevant(id, judgements))
  return index < 0 ? 0 : 1 / (index + 1)
}

/** Arithmetic mean; 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

function isRelevant(id: string, judgements: Judgements): boolean {
  return (judgements.get(id) ?? 0) > 0
}

function discountedGain(grades: readonly number[]): number {
  // A negative grade (spam, in some collections) gains nothing, as in trec_eval.
  return grades.reduce((sum, grade, index) => sum + Math.max(0, grade) / Math.log2(index + 2), 0)
}
