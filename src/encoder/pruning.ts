import { ConfigurationError } from '../errors.js'
import type { SparseVector } from '../sparse-vector.js'

/**
 * Which terms of a vector are kept. Names and rules are those of OpenSearch's `prune_type`, with the absolute
 * threshold of the reference model's card beside them; several rules together keep what all of them keep.
 */
export interface PruneOptions {
  /** Keep weights >= `maxRatio` * the heaviest weight. 0-1; OpenSearch's `max_ratio`. */
  readonly maxRatio?: number
  /** Keep the `topK` heaviest terms. Integer >= 1; OpenSearch's `top_k`. */
  readonly topK?: number
  /** Keep weights >= `minWeight`. > 0; OpenSearch's `abs_value`. */
  readonly minWeight?: number
  /** Keep the heaviest terms while their running sum is <= `alphaMass` * the sum of all. 0-1, may keep none; `alpha_mass`. */
  readonly alphaMass?: number
}

/**
 * @param options checked here, so that a wrong value fails before anything is encoded
 * @throws ConfigurationError naming the option and its rule
 */
export function normalizePruneOptions(options: PruneOptions): Readonly<PruneOptions> {
  const { maxRatio, topK, minWeight, alphaMass } = options
  requireShare('maxRatio', maxRatio)
  requireShare('alphaMass', alphaMass)
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) {
    throw new ConfigurationError('topK', 'must be an integer >= 1', topK)
  }
  if (minWeight !== undefined && !(minWeight > 0 && Number.isFinite(minWeight))) {
    throw new ConfigurationError('minWeight', 'must be a finite number > 0', minWeight)
  }
  return Object.freeze({ ...options })
}

/**
 * @param vector heaviest term first
 * @param options normalized
 * @returns the kept terms, heaviest first; `vector` itself where no rule is given
 */
export function prune(vector: SparseVector, options: PruneOptions): SparseVector {
  if (vector.size === 0 || Object.keys(options).length === 0) return vector
  const { maxRatio = 0, topK = Infinity, minWeight = 0 } = options
  const [heaviest = 0] = vector.values()
  const floor = Math.max(maxRatio * heaviest, minWeight)
  const massLimit = options.alphaMass === undefined ? Infinity : options.alphaMass * totalWeight(vector)
  const kept = new Map<string, number>()
  let mass = 0
  for (const [token, weight] of vector) {
    mass += weight
    if (weight < floor || kept.size >= topK || mass > massLimit) break
    kept.set(token, weight)
  }
  return kept
}

function totalWeight(vector: SparseVector): number {
  let sum = 0
  for (const weight of vector.values()) sum += weight
  return sum
}

function requireShare(option: string, value: number | undefined): void {
  if (value !== undefined && !(value >= 0 && value <= 1)) {
    throw new ConfigurationError(option, 'must be a number from 0 to 1', value)
  }
}
