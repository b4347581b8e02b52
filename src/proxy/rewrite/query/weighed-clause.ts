import type { Encoder } from '../../../encoder/encoder.js'
import type { IndexMeta } from '../../../engine/index-meta.js'
import type { SpladeBridgeError } from '../../../errors.js'
import type { SparseVector } from '../../../sparse-vector.js'
import type { SparseClause } from './sparse-clause.js'

/** A sparse query with its weights. */
export interface WeighedClause {
  readonly clause: SparseClause
  /** The index, seen from the clause's field. */
  readonly meta: IndexMeta
  readonly encoder: Encoder
  /** As it was sent but for the clause's boost: pruned, heaviest token first. */
  readonly vector: SparseVector
  /** What it had before it was pruned. */
  readonly tokensBefore: number
  readonly encodeMs: number
}

/** A sparse query that goes on without weights: the failure is not to stand in the client's way. */
export interface UnweighedClause {
  readonly clause: SparseClause
  readonly meta: IndexMeta
  readonly failure: SpladeBridgeError
}
