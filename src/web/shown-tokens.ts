import type { Encoder } from '../encoder/encoder.js'
import { encodeFeatureName } from '../rank-features/feature-name.js'
import type { SparseVector } from '../sparse-vector.js'
import type { ShownToken } from './api.js'

/** The tokens of a vector as people read them, with their places in the text that they were made of. */
export function shownTokens(encoder: Encoder, text: string, vector: SparseVector): readonly ShownToken[] {
  const places = encoder.locate(text)
  return Array.from(vector, ([token, weight]) => ({
    token,
    text: encoder.readable?.(token) ?? token,
    feature: encodeFeatureName(token),
    weight,
    spans: places.get(token) ?? [],
  }))
}
