import type { Encoder } from '../encoder/encoder.js'
import { locateIn } from '../encoder/located-text.js'
import { readableIn } from '../encoder/readable-in.js'
import { encodeFeatureName } from '../rank-features/feature-name.js'
import type { SparseVector } from '../sparse-vector.js'
import type { ShownToken } from './api.js'

/** The tokens of a vector as people read them, with their places in the text that they were made of. */
export function shownTokens(encoder: Encoder, text: string, vector: SparseVector): readonly ShownToken[] {
  const located = locateIn(encoder, text)
  return Array.from(vector, ([token, weight]) => ({
    token,
    text: readableIn(encoder.readable, token, located),
    feature: encodeFeatureName(token),
    weight,
    spans: located.spans.get(token) ?? [],
  }))
}
