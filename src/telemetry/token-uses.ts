import type { Encoder } from '../encoder/encoder.js'
import type { SparseVector } from '../sparse-vector.js'
import type { TokenUse } from './events.js'

/**
 * The tokens of a query as people read them, heaviest first.
 *
 * @param text what they were made of; undefined where nobody knows, and then neither which of them the model added
 */
export function tokenUses(
  encoder: Pick<Encoder, 'locate' | 'readable'>,
  text: string | undefined,
  vector: SparseVector,
): readonly TokenUse[] {
  const places = text === undefined ? undefined : encoder.locate(text)
  return Array.from(vector, ([token, weight]) => ({
    token: encoder.readable?.(token) ?? token,
    weight,
    ...(places !== undefined && { expansion: !places.has(token) }),
  }))
}
