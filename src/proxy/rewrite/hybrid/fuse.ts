/**
 * Fusing the hits of several searches into one list. Pure, so that pages of one fixed window are always cut from the
 * same list.
 */

/** What makes one score of several. */
export type Fusion =
  /** Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009): sum of `weight / (rankConstant + rank)`, ranks from 1. */
  | { readonly kind: 'rrf'; readonly rankConstant: number }
  /** Sum of `weight * normalized score`; a hit that a search has not found gets 0 from it. */
  | { readonly kind: 'weighted'; readonly isMean: boolean }

/**
 * How scores of one search are made comparable: `min_max` to 0-1 over its window, the lowest a little above 0, `minmax`
 * down to 0 as Elasticsearch has it, `l2` by its root of the sum of squares, `none` not at all.
 */
export type Normalization = 'min_max' | 'minmax' | 'l2' | 'none'

/** The hits of one search, best first. */
export interface RankedList {
  readonly hits: readonly { readonly key: string; readonly score: number }[]
  readonly weight: number
  readonly normalization: Normalization
}

export interface FusedHit {
  readonly key: string
  readonly score: number
  /** What it has from each list that found it, in the order of the lists; the contributions sum to `score`. */
  readonly shares: readonly FusedShare[]
}

/** What one list gives to the score of a fused hit. */
export interface FusedShare {
  /** Place of the list, from 0. */
  readonly search: number
  /** Place of the hit in it, from 1. */
  readonly rank: number
  /** Its score there. */
  readonly score: number
  readonly contribution: number
}

/** @returns every hit of any list once, best first; equal scores by the order of the lists, then by rank */
export function fuse(lists: readonly RankedList[], fusion: Fusion): readonly FusedHit[] {
  const divisor = fusion.kind === 'weighted' && fusion.isMean ? totalWeight(lists) : 1
  const found = new Map<string, FusedShare[]>()
  for (const [search, list] of lists.entries()) {
    const worth = fusion.kind === 'rrf' ? rankShares(list, fusion.rankConstant) : scoreShares(list)
    list.hits.forEach(({ key, score }, place) => {
      const share = { search, rank: place + 1, score, contribution: (worth[place] ?? 0) / divisor }
      const known = found.get(key)
      if (known === undefined) found.set(key, [share])
      else known.push(share)
    })
  }
  // Maps keep the order of insertion and sorting is stable, which breaks ties as promised.
  return Array.from(found, ([key, shares]) => ({
    key,
    score: shares.reduce((sum, { contribution }) => sum + contribution, 0),
    shares,
  })).sort((a, b) => b.score - a.score)
}

/** Reciprocal rank fusion of rankings that count alike. */
export function fuseByRank(
  rankings: readonly (readonly { readonly id: string; readonly score: number }[])[],
  rankConstant: number,
): readonly (Pick<FusedHit, 'score' | 'shares'> & { readonly id: string })[] {
  const lists = rankings.map((ranking): RankedList => ({
    hits: ranking.map(({ id, score }) => ({ key: id, score })),
    weight: 1,
    normalization: 'none',
  }))
  return fuse(lists, { kind: 'rrf', rankConstant }).map(({ key: id, ...fused }) => ({ id, ...fused }))
}

function rankShares({ hits, weight }: RankedList, rankConstant: number): readonly number[] {
  return hits.map((_, place) => weight / (rankConstant + place + 1))
}

function scoreShares({ hits, weight, normalization }: RankedList): readonly number[] {
  const scores = hits.map(({ score }) => score)
  return normalize(scores, normalization).map((score) => weight * score)
}

function normalize(scores: readonly number[], normalization: Normalization): readonly number[] {
  switch (normalization) {
    case 'none':
      return scores
    case 'l2': {
      const length = Math.sqrt(scores.reduce((sum, score) => sum + score * score, 0))
      return scores.map((score) => (length > 0 ? score / length : 0))
    }
    case 'min_max':
      return minMax(scores, LOWEST)
    case 'minmax':
      return minMax(scores, 0)
  }
}

/**
 * The lowest score still beats not being found. That is how OpenSearch's normalization-processor has it, whose scores
 * these are to equal: what is above the lowest stays as it is, however little above.
 */
const LOWEST = 0.001

function minMax(scores: readonly number[], lowest: number): readonly number[] {
  const least = Math.min(...scores)
  const range = Math.max(...scores) - least
  return scores.map((score) => (range > 0 ? (score - least) / range || lowest : 1))
}

function totalWeight(lists: readonly RankedList[]): number {
  return lists.reduce((sum, { weight }) => sum + weight, 0)
}
