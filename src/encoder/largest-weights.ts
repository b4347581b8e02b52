import { toSparseVector, type SparseVector } from '../sparse-vector.js'

/**
 * The largest weight of each token over several vectors: what SPLADE's own pooling would give, if each token of a
 * text saw only its chunk. Takes vectors one by one, so that those of a long text need not all be kept.
 */
export class LargestWeights {
  private readonly weights = new Map<string, number>()

  add(vector: SparseVector): void {
    for (const [token, weight] of vector) {
      if (weight > (this.weights.get(token) ?? 0)) this.weights.set(token, weight)
    }
  }

  toVector(): SparseVector {
    return toSparseVector(this.weights)
  }
}
