import type { EncodedChunk } from '../encoder/encoder.js'
import { type RankFeatures, toRankFeatures } from './document-field.js'
import type { SparseQuery } from './query.js'

/**
 * Chunks of a document as `nested` objects: Lucene documents of their own, stored beside their document. A document
 * scores what its best chunk scores, and the engine says which one that was.
 */

/** Name of the vector inside a chunk's object. */
export const CHUNK_WEIGHTS = 'weights'

/** A chunk as it is stored. */
export interface StoredChunk {
  readonly [CHUNK_WEIGHTS]: RankFeatures
  /** UTF-16 units `[start, end)` of the text that was encoded. */
  readonly start: number
  readonly end: number
}

/**
 * The value of a nested field. Chunks without a token can match nothing and are left out.
 *
 * @throws FeatureError naming a token that the engine would refuse
 */
export function toStoredChunks(chunks: readonly EncodedChunk[]): readonly StoredChunk[] {
  return chunks
    .filter(({ vector }) => vector.size > 0)
    .map(({ span: [start, end], vector }) => ({ [CHUNK_WEIGHTS]: toRankFeatures(vector), start, end }))
}

/** The field that a query for the chunks of `path` asks. */
export function chunkWeightsField(path: string): string {
  return `${path}.${CHUNK_WEIGHTS}`
}

export interface NestedQuery {
  readonly nested: {
    readonly path: string
    readonly score_mode: 'max'
    readonly query: SparseQuery
    readonly inner_hits?: { readonly size: 1; readonly _source: object | boolean }
  }
}

export interface ChunkQueryOptions {
  /** Name of the nested field. */
  readonly path: string
  /** What comes back of a hit's best chunk: its place, or its vector as well. Default: nothing. */
  readonly bestChunk?: 'place' | 'vector'
}

/**
 * A query that scores a document by the best of its chunks.
 *
 * @param query asks {@link chunkWeightsField}
 */
export function toChunkQuery(query: SparseQuery, { path, bestChunk }: ChunkQueryOptions): NestedQuery {
  const fields = [`${path}.start`, `${path}.end`]
  const _source = bestChunk === 'place' ? { includes: fields } : true
  return {
    nested: {
      path,
      score_mode: 'max',
      query,
      ...(bestChunk !== undefined && { inner_hits: { size: 1, _source } }),
    },
  }
}
