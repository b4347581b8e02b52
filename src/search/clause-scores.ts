import type { EngineInfo } from '../engine/client.js'
import { sourceField } from '../engine/field-path.js'
import { isObject, member } from '../engine/json.js'
import { atLeast } from '../engine/version.js'
import type { RankFeatures } from '../rank-features/document-field.js'
import { decodeFeatureName, encodeFeatureName } from '../rank-features/feature-name.js'
import { storedWeight } from '../rank-features/stored-weight.js'
import type { SparseVector } from '../sparse-vector.js'

/** The first versions that report the score of each named clause (`include_named_queries_score`). */
const FIRST_WITH_CLAUSE_SCORES = { elasticsearch: '8.8.0', opensearch: '2.12.0' } as const

/** Whether the engine itself can say what each clause gave to a hit. */
export function namesClauses({ distribution, version }: EngineInfo): boolean {
  return atLeast(version, FIRST_WITH_CLAUSE_SCORES[distribution])
}

/**
 * Token -> part of a hit's score: the engine's own numbers where it named the clauses, else computed as it
 * computes them, from the vector in the hit's `_source`.
 *
 * @param hit a hit's JSON
 * @param field name of the field that holds the vectors
 */
export function contributionsFrom(
  hit: unknown,
  query: SparseVector,
  field: string,
): ReadonlyMap<string, number> {
  const matched = member(hit, 'matched_queries')
  if (isObject(matched)) return decodeNames(matched)
  const features = sourceField(hit, field)
  return isObject(features) ? multiply(query, numbersOf(features)) : new Map()
}

function decodeNames(scores: Readonly<Record<string, unknown>>): ReadonlyMap<string, number> {
  const entries = Object.entries(numbersOf(scores))
  return new Map(entries.map(([name, score]) => [decodeFeatureName(name), Math.fround(score)]))
}

/** Looks the query's tokens up, and no other: features that another program has written may have any name. */
function multiply(query: SparseVector, features: RankFeatures): ReadonlyMap<string, number> {
  const weights = new Map(Object.entries(features))
  const products = new Map<string, number>()
  for (const [token, weight] of query) {
    const documentWeight = weights.get(encodeFeatureName(token))
    if (documentWeight === undefined) continue
    products.set(token, Math.fround(Math.fround(weight) * storedWeight(documentWeight)))
  }
  return products
}

function numbersOf(object: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(object).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  )
}
