import type { PruneOptions } from '../../../encoder/pruning.js'
import type { SparseVector } from '../../../sparse-vector.js'
import type { JsonNode, JsonObjectNode } from '../json/json-source.js'

/** What stands in a sparse query: a text to encode, or weights as they are. */
export type Wanted = { readonly text: string } | { readonly tokens: SparseVector }

/** Values of `prune` and `pruning_config`. */
export interface EnginePruning {
  readonly prune: JsonNode | undefined
  readonly config: JsonNode | undefined
}

/** A sparse query as the client wrote it, in whichever form. */
export interface SparseClause {
  /** The query that is replaced. */
  readonly node: JsonObjectNode
  /** As messages name it: `splade`, `neural_sparse`. */
  readonly form: string
  readonly wanted: Wanted
  /** The vector field. Default: the index's first. */
  readonly field?: string
  /** > 0. */
  readonly boost: number
  /** `_name`, by which the engine says that it matched. */
  readonly name?: string
  /** Model that the client asks for, and the option that says so. */
  readonly model?: { readonly option: string; readonly name: string }
  readonly prune: PruneOptions
  /** Elasticsearch's own pruning as it was written: only its `sparse_vector` query can do it. */
  readonly enginePruning?: EnginePruning
  /** The client's own query stays, with this one beside it: either makes a hit. Default: this one takes its place. */
  readonly isBeside?: boolean
  /** A rule asks for it and not the client, who is never to fail for it. */
  readonly isFromRule?: boolean
  /** Heavy tokens first and the rest as a rescore, or never so. Default: as the proxy is set. */
  readonly twoPhase?: boolean
}
