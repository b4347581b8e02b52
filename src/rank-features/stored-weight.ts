import { FeatureError } from '../errors.js'

/**
 * Weights as Lucene keeps them. `FeatureField` stores a weight in the term frequency as
 * `floatToIntBits(weight) >>> 15`: sign and exponent and 8 bits of mantissa, so 9 significant bits, truncated
 * towards zero. The relative error is below 2^-8.
 */

/** Smallest weight that an engine accepts: the smallest normal 32-bit float (`Float.MIN_NORMAL`). */
export const MIN_STORED_WEIGHT = 1.17549435e-38

const DROPPED_MANTISSA_BITS = 15
const bits = new Int32Array(1)
const float = new Float32Array(bits.buffer)

/**
 * The weight that scores are computed with once `weight` is indexed.
 *
 * @param weight finite, at least {@link MIN_STORED_WEIGHT}
 * @throws FeatureError for any other number: the engine would refuse the whole document
 */
export function storedWeight(weight: number): number {
  float[0] = weight
  if (!(weight >= MIN_STORED_WEIGHT && Number.isFinite(float[0]))) {
    throw new FeatureError(
      `weight ${weight} cannot be stored: it must be a finite number >= ${MIN_STORED_WEIGHT}`,
    )
  }
  bits[0] = ((bits[0] ?? 0) >>> DROPPED_MANTISSA_BITS) << DROPPED_MANTISSA_BITS
  return float[0]
}

/**
 * The stored weight nearest to `weight`: recovers a document's weight from a score divided by the query's weight,
 * where 32-bit rounding may have left it a hair below its true value.
 *
 * @param weight finite, > 0
 */
export function nearestStoredWeight(weight: number): number {
  const lower = storedWeight(weight)
  bits[0] = (bits[0] ?? 0) + (1 << DROPPED_MANTISSA_BITS)
  const upper = float[0] ?? lower
  return weight - lower <= upper - weight ? lower : upper
}
