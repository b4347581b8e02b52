import { FeatureError } from '../errors.js'
import type { SparseVector } from '../sparse-vector.js'
import { decodeFeatureName, encodeFeatureName, isPlainName } from './feature-name.js'
import { MIN_STORED_WEIGHT } from './stored-weight.js'

/** The JSON value of a `rank_features` field: feature name -> weight. */
export type RankFeatures = Readonly<Record<string, number>>

/**
 * A document's vector as the value of its `rank_features` field.
 *
 * @throws FeatureError naming the token whose weight the engine would refuse; a refused weight fails the
 *   whole document there, so it must not get that far
 */
export function toRankFeatures(vector: SparseVector): RankFeatures {
  const features: [string, number][] = []
  for (const [token, weight] of vector) {
    requireStorable(token, weight)
    features.push([encodeFeatureName(token), weight])
  }
  // fromEntries, not assignment: a token named __proto__ is a feature like any other.
  return Object.fromEntries(features)
}

/**
 * The same as JSON text. An object with the tokens of one document as its keys is slow to make and slow to write:
 * several times the rest of what a document costs.
 *
 * @throws FeatureError as {@link toRankFeatures} does
 */
export function toRankFeaturesJson(vector: SparseVector): string {
  let json = ''
  let last = NaN
  let between = ''
  for (const [token, weight] of vector) {
    // Heaviest first, so equal weights are neighbours; a BM25 vector has few others.
    if (weight !== last) {
      requireStorable(token, weight)
      last = weight
      between = `":${weight},"`
    }
    json += (isPlainName(token) ? token : escapedName(token)) + between
  }
  return json === '' ? '{}' : `{"${json.slice(0, -2)}}`
}

/** As it stands between the quotes of a JSON string. */
function escapedName(token: string): string {
  return JSON.stringify(encodeFeatureName(token)).slice(1, -1)
}

function requireStorable(token: string, weight: number): void {
  const stored = Math.fround(weight)
  if (stored >= MIN_STORED_WEIGHT && Number.isFinite(stored)) return
  throw new FeatureError(
    `token "${token}" has weight ${weight}; the engine takes finite weights >= ${MIN_STORED_WEIGHT}`,
  )
}

/** Reads a field's JSON value back into tokens and weights, heaviest first as far as it was written so. */
export function fromRankFeatures(features: RankFeatures): SparseVector {
  return new Map(Object.entries(features).map(([name, weight]) => [decodeFeatureName(name), weight]))
}
