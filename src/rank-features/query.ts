import { ConfigurationError, FeatureError } from '../errors.js'
import type { SparseVector } from '../sparse-vector.js'
import { encodeFeatureName } from './feature-name.js'
import { storedWeight } from './stored-weight.js'

/**
 * Clauses that one query may hold. Engines refuse a query over their clause limit, 1,024 at the lowest, with
 * the user's own clauses counted in; half of it leaves room for those.
 */
export const MAX_CLAUSES = 512

export interface RankFeatureQueryOptions {
  /** Name of the `rank_features` field. */
  readonly field: string
  /** Factor on every query weight, > 0. Default 1. */
  readonly boost?: number
  /** Name every clause by its feature, so that the engine can report its share of a hit. Default false. */
  readonly named?: boolean
}

export interface RankFeatureClause {
  readonly rank_feature: {
    readonly field: string
    readonly boost: number
    readonly linear: Readonly<Record<string, never>>
    readonly _name?: string
  }
}

export type SparseQuery = { readonly bool: { readonly should: readonly RankFeatureClause[] } } | MatchNone
type MatchNone = Readonly<{ match_none: Readonly<Record<string, never>> }>

/**
 * A query vector as a `bool` of `rank_feature` clauses. Each clause says `linear`: the engine's default is
 * saturation, which is not a dot product. An empty vector matches nothing, where an empty `bool` would match
 * everything.
 *
 * @throws FeatureError for a weight that is not a positive finite 32-bit float, or more than
 *   {@link MAX_CLAUSES} tokens (prune the query first)
 */
export function toRankFeatureQuery(vector: SparseVector, options: RankFeatureQueryOptions): SparseQuery {
  const { field, boost = 1, named = false } = options
  if (field === '') throw new ConfigurationError('field', 'must name a rank_features field', field)
  if (!(boost > 0 && Number.isFinite(boost)))
    throw new ConfigurationError('boost', 'must be a finite number > 0', boost)
  if (vector.size === 0) return { match_none: {} }
  if (vector.size > MAX_CLAUSES) {
    throw new FeatureError(
      `the query has ${vector.size} tokens; at most ${MAX_CLAUSES} fit in one query, prune it first`,
    )
  }
  const should = Array.from(vector, ([token, weight]) => toClause(token, weight * boost, field, named))
  return { bool: { should } }
}

/**
 * The score that the engine gives: query weights as 32-bit floats, document weights as stored, summed in
 * double precision and rounded to a float once, as Lucene's disjunction scorers do.
 */
export function predictedScore(query: SparseVector, document: SparseVector): number {
  let sum = 0
  for (const [token, queryWeight] of query) {
    const documentWeight = document.get(token)
    if (documentWeight !== undefined)
      sum += Math.fround(Math.fround(queryWeight) * storedWeight(documentWeight))
  }
  return Math.fround(sum)
}

function toClause(token: string, weight: number, field: string, named: boolean): RankFeatureClause {
  const boost = Math.fround(weight)
  if (!(boost > 0 && Number.isFinite(boost))) {
    throw new FeatureError(
      `token "${token}" has query weight ${weight}; it must be a finite 32-bit float > 0`,
    )
  }
  const name = encodeFeatureName(token)
  return {
    rank_feature: { field: `${field}.${name}`, boost: weight, linear: {}, ...(named && { _name: name }) },
  }
}
