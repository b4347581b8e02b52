import type { Span, SparseVector } from '../sparse-vector.js'
import type { EncodedChunk } from './encoder.js'
import { LargestWeights } from './largest-weights.js'

/** Collects the vectors of a text's chunks as they arrive, in whatever order. */
export class ChunkVectors {
  private readonly largest = new LargestWeights()
  private readonly pending: Promise<void>[] = []
  private readonly kept: EncodedChunk[] = []
  private failed = false

  /** @param keepsChunks whether each chunk's vector is wanted, beside what they come to together */
  constructor(readonly keepsChunks: boolean) {}

  /** True once a chunk has failed: further ones would be encoded for nothing. */
  get hasFailed(): boolean {
    return this.failed
  }

  /** Adds a chunk whose vector is on its way; chunks are added in order. */
  expect(span: Span, vector: Promise<SparseVector>): void {
    const position = this.pending.length
    const received = vector.then((arrived) => {
      this.largest.add(arrived)
      if (this.keepsChunks) this.kept[position] = { span, vector: arrived }
    })
    received.catch(() => {
      this.failed = true
    })
    this.pending.push(received)
  }

  /** Rejects with the first failure. */
  async settled(): Promise<void> {
    await Promise.all(this.pending)
  }

  /** The largest weight of each token. */
  merged(): SparseVector {
    return this.largest.toVector()
  }

  /** The kept chunks in order, their vectors passed through `prune`. */
  chunks(prune: (vector: SparseVector) => SparseVector): readonly EncodedChunk[] {
    return this.kept.map(({ span, vector }) => ({ span, vector: prune(vector) }))
  }
}
