import type { BeirQuery, Qrels } from './beir.js'
import type { Run } from './engine-run.js'
import { type Judgements, mean, ndcg } from './metrics.js'
import { randomisationTest } from './significance.js'

/** How many hits people look at: what is won and lost is among so many. */
export const COMPARED_HITS = 10

/** A document's places in the rankings of one query. */
export interface RankChange {
  readonly id: string
  /** From 1; absent where the document was not found. */
  readonly rankA?: number
  readonly rankB?: number
  /** Judgement, where there is one. */
  readonly grade?: number
}

/** One query under two models. */
export interface QueryComparison {
  readonly id: string
  readonly text: string
  /** Share of the first ten hits that both have, 0-1; absent where neither has any. */
  readonly overlap?: number
  /** Absent for a query without judgements. */
  readonly ndcg?: { readonly a: number; readonly b: number }
  /** Among the first ten of B and not of A, best first. */
  readonly won: readonly RankChange[]
  /** Among the first ten of A and not of B, best first. */
  readonly lost: readonly RankChange[]
  /** In the first ten of both at another rank, and relevant documents that either has further down. */
  readonly moved: readonly RankChange[]
}

export interface RunComparison {
  readonly queries: number
  /** Over the queries for which either finds something; absent where there are none. */
  readonly meanOverlap?: number
  /** Queries for which neither finds anything. */
  readonly foundNothing: number
  /** Queries whose first ten hits, one at least, are the same in the same order. */
  readonly unchanged: number
  /** Means over the judged queries; absent where there are none. */
  readonly ndcg?: NdcgComparison
  /** What changed most first: by NDCG, then by the hits that are not the same, then by ranks. */
  readonly byChange: readonly QueryComparison[]
}

export interface NdcgComparison {
  readonly queries: number
  readonly a: number
  readonly b: number
  /** Queries that B answers better than A, worse, and as well. */
  readonly better: number
  readonly worse: number
  readonly equal: number
  /** Of a two-sided paired randomisation test. */
  readonly p: number
}

/** NDCG that differs by less is a matter of the order of additions. */
const EQUAL_NDCG = 1e-9

/**
 * Compares the rankings of two models, or of two indices.
 *
 * @param qrels judgements, where there are any
 */
export function compareRuns(
  queries: readonly BeirQuery[],
  a: Run,
  b: Run,
  qrels: Qrels = new Map(),
): RunComparison {
  const compared = queries.map((query) => {
    const [idsA, idsB] = [a, b].map((run) => (run.get(query.id) ?? []).map(({ id }) => id))
    return compareQuery(query, idsA ?? [], idsB ?? [], qrels.get(query.id))
  })
  const overlaps = compared.flatMap(({ overlap }) => overlap ?? [])
  const judged = compared.flatMap((query) => query.ndcg ?? [])
  return {
    queries: compared.length,
    ...(overlaps.length > 0 && { meanOverlap: mean(overlaps) }),
    foundNothing: compared.length - overlaps.length,
    unchanged: compared.filter(isUnchanged).length,
    ...(judged.length > 0 && { ndcg: summarize(judged) }),
    byChange: [...compared].sort(byChange),
  }
}

function compareQuery(
  { id, text }: BeirQuery,
  a: readonly string[],
  b: readonly string[],
  judgements: Judgements | undefined,
): QueryComparison {
  const [topA, topB] = [a.slice(0, COMPARED_HITS), b.slice(0, COMPARED_HITS)]
  const shared = topA.filter((hit) => topB.includes(hit))
  const most = Math.max(topA.length, topB.length)
  const change = (hit: string): RankChange => toChange(hit, a, b, judgements?.get(hit))
  const shown = new Set([...topA, ...topB])
  const relevant = [...(judgements ?? [])].flatMap(([hit, grade]) => (grade > 0 ? [hit] : []))
  const further = relevant.filter((hit) => !shown.has(hit) && (a.includes(hit) || b.includes(hit)))
  return {
    id,
    text,
    ...(most > 0 && { overlap: shared.length / most }),
    ...(judgements && {
      ndcg: { a: ndcg(a, judgements, COMPARED_HITS), b: ndcg(b, judgements, COMPARED_HITS) },
    }),
    won: topB.filter((hit) => !topA.includes(hit)).map(change),
    lost: topA.filter((hit) => !topB.includes(hit)).map(change),
    moved: [...shared, ...further].map(change).filter(({ rankA, rankB }) => rankA !== rankB),
  }
}

function toChange(
  id: string,
  a: readonly string[],
  b: readonly string[],
  grade: number | undefined,
): RankChange {
  const [rankA, rankB] = [a, b].map((ranking) => ranking.indexOf(id) + 1)
  return {
    id,
    ...(rankA !== undefined && rankA > 0 && { rankA }),
    ...(rankB !== undefined && rankB > 0 && { rankB }),
    ...(grade !== undefined && { grade }),
  }
}

function isUnchanged({ overlap, won, lost, moved }: QueryComparison): boolean {
  if (overlap === undefined) return false
  return [...won, ...lost, ...moved].every(({ rankA = Infinity, rankB = Infinity }) => {
    return Math.min(rankA, rankB) > COMPARED_HITS
  })
}

function summarize(judged: readonly { readonly a: number; readonly b: number }[]): NdcgComparison {
  const differences = judged.map(({ a, b }) => (Math.abs(b - a) < EQUAL_NDCG ? 0 : b - a))
  const better = differences.filter((difference) => difference > 0).length
  const worse = differences.filter((difference) => difference < 0).length
  return {
    queries: judged.length,
    a: mean(judged.map(({ a }) => a)),
    b: mean(judged.map(({ b }) => b)),
    better,
    worse,
    equal: judged.length - better - worse,
    p: randomisationTest(differences),
  }
}

function byChange(x: QueryComparison, y: QueryComparison): number {
  return ndcgChange(y) - ndcgChange(x) || (x.overlap ?? 1) - (y.overlap ?? 1) || shift(y) - shift(x)
}

function ndcgChange({ ndcg: figures }: QueryComparison): number {
  const change = figures === undefined ? 0 : Math.abs(figures.b - figures.a)
  return change < EQUAL_NDCG ? 0 : change
}

/** Sum of the ranks that shared hits moved by. */
function shift({ moved }: QueryComparison): number {
  return moved.reduce((sum, { rankA = 0, rankB = 0 }) => sum + Math.abs(rankA - rankB), 0)
}
