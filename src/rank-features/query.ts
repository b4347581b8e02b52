import { ConfigurationError, FeatureError } from '../errors.js'
import type { SparseVector } from '../sparse-vector.js'
import { encodeFeatureName } from './feature-name.js'
import type { SparseFieldType } from './field-type.js'
import { storedWeight } from './stored-weight.js'

/**
 * Clauses that one query may hold. Engines refuse a query over their clause limit, 1,024 at the lowest, with
 * the user's own clauses counted in; half of it leaves room for those.
 */
export const MAX_CLAUSES = 512

export interface SparseQueryOptions {
  /** Name of the field that holds the vectors. */
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

export interface SparseVectorClause {
  readonly sparse_vector: {
    readonly field: string
    /** Feature name -> weight. */
    readonly query_vector: Readonly<Record<string, number>>
    /** Newer engines prune by default, with limits tuned for another model. */
    readonly prune: false
    readonly _name?: string
  }
}

export type SparseQuery = Disjunction<RankFeatureClause | SparseVectorClause> | SparseVectorClause | MatchNone
interface Disjunction<Clause> {
  readonly bool: { readonly should: readonly Clause[] }
}
type MatchNone = Readonly<{ match_none: Readonly<Record<string, never>> }>

/**
 * A query vector as the query for a field of this type. An empty vector matches nothing, where an empty `bool`
 * would match everything.
 *
 * @throws FeatureError for a weight that is not a positive finite 32-bit float, or more than
 *   {@link MAX_CLAUSES} tokens (prune the query first)
 */
export function toSparseQuery(
  vector: SparseVector,
  fieldType: SparseFieldType,
  options: SparseQueryOptions,
): SparseQuery {
  return fieldType === 'rank_features'
    ? toRankFeatureQuery(vector, options)
    : toSparseVectorQuery(vector, options)
}

/**
 * For `rank_features`: a `bool` of `rank_feature` clauses. Each says `linear`: the engine's default is saturation,
 * which is not a dot product.
 *
 * @throws FeatureError as {@link toSparseQuery} says
 */
export function toRankFeatureQuery(vector: SparseVector, options: SparseQueryOptions): SparseQuery {
  const { field, named = false } = options
  const weights = featureWeights(vector, options)
  if (weights.length === 0) return { match_none: {} }
  const should = weights.map(([name, boost]): RankFeatureClause => ({
    rank_feature: { field: `${field}.${name}`, boost, linear: {}, ...(named && { _name: name }) },
  }))
  return { bool: { should } }
}

/**
 * For `sparse_vector`: one clause with the whole vector or, since names are only kept for whole clauses, a `bool` of
 * one clause a token.
 *
 * @throws FeatureError as {@link toSparseQuery} says
 */
export function toSparseVectorQuery(vector: SparseVector, options: SparseQueryOptions): SparseQuery {
  const { field, named = false } = options
  const weights = featureWeights(vector, options)
  if (weights.length === 0) return { match_none: {} }
  if (!named) return sparseVectorClause(field, weights)
  return { bool: { should: weights.map((weight) => sparseVectorClause(field, [weight], weight[0])) } }
}

/** A clause that matches the documents whose vector has the token, for filters: its score is of no use. */
export function toTokenFilter(
  token: string,
  fieldType: SparseFieldType,
  field: string,
): RankFeatureClause | SparseVectorClause {
  const name = encodeFeatureName(token)
  return fieldType === 'rank_features'
    ? { rank_feature: { field: `${field}.${name}`, boost: 1, linear: {} } }
    : sparseVectorClause(field, [[name, 1]])
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

function sparseVectorClause(
  field: string,
  weights: readonly FeatureWeight[],
  name?: string,
): SparseVectorClause {
  return {
    sparse_vector: {
      field,
      query_vector: Object.fromEntries(weights),
      prune: false,
      ...(name !== undefined && { _name: name }),
    },
  }
}

type FeatureWeight = readonly [name: string, weight: number]

function featureWeights(
  vector: SparseVector,
  { field, boost = 1 }: SparseQueryOptions,
): readonly FeatureWeight[] {
  if (field === '') throw new ConfigurationError('field', 'must name the field with the vectors', field)
  if (!(boost > 0 && Number.isFinite(boost)))
    throw new ConfigurationError('boost', 'must be a finite number > 0', boost)
  if (vector.size > MAX_CLAUSES) {
    throw new FeatureError(
      `the query has ${vector.size} tokens; at most ${MAX_CLAUSES} fit in one query, prune it first`,
    )
  }
  return Array.from(vector, ([token, weight]) => featureWeight(token, weight * boost))
}

function featureWeight(token: string, weight: number): FeatureWeight {
  const stored = Math.fround(weight)
  if (!(stored > 0 && Number.isFinite(stored))) {
    throw new FeatureError(
      `token "${token}" has query weight ${weight}; it must be a finite 32-bit float > 0`,
    )
  }
  return [encodeFeatureName(token), weight]
}
