import type { IndexMeta } from '../engine/index-meta.js'
import {
  type ChunkQueryOptions,
  chunkWeightsField,
  type NestedQuery,
  toChunkQuery,
} from '../rank-features/chunks.js'
import { type SparseQuery, toSparseQuery } from '../rank-features/query.js'
import type { SparseVector } from '../sparse-vector.js'

export interface DocumentQueryOptions extends Pick<ChunkQueryOptions, 'bestChunk'> {
  /** Name every clause by its feature. Default false; chunks have no use for it. */
  readonly named?: boolean
}

/** True for an index whose documents keep their chunks. */
export function isNested({ longTexts }: Pick<IndexMeta, 'longTexts'>): boolean {
  return longTexts?.longTexts === 'nested'
}

/**
 * The query that scores the documents of an index as they are stored there.
 *
 * @throws FeatureError as `toSparseQuery` says
 */
export function toDocumentQuery(
  vector: SparseVector,
  meta: IndexMeta,
  { named = false, bestChunk }: DocumentQueryOptions = {},
): SparseQuery | NestedQuery {
  const { field, fieldType } = meta
  if (!isNested(meta)) return toSparseQuery(vector, fieldType, { field, named })
  const query = toSparseQuery(vector, fieldType, { field: chunkWeightsField(field) })
  return toChunkQuery(query, { path: field, ...(bestChunk !== undefined && { bestChunk }) })
}
