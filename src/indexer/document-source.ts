import type { EncoderIdentity, Encoding } from '../encoder/encoder.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import { toStoredChunks } from '../rank-features/chunks.js'
import { toRankFeatures } from '../rank-features/document-field.js'
import type { DocumentRecord } from './record.js'

export interface DocumentSourceOptions {
  /** Name of the field that holds the vectors. */
  readonly field: string
  readonly encoder: EncoderIdentity
  readonly encodedAt: Date
}

/**
 * The JSON that is stored for a document: what the user gave, its vector, and side fields about the vector,
 * because the field itself can be neither sorted nor aggregated.
 *
 * @throws FeatureError naming a token that the engine would refuse
 */
export function toDocumentSource(
  record: DocumentRecord,
  encoding: Encoding,
  { field, encoder, encodedAt }: DocumentSourceOptions,
): object {
  return {
    ...record.source,
    [field]:
      encoding.chunks === undefined ? toRankFeatures(encoding.vector) : toStoredChunks(encoding.chunks),
    [SIDE_FIELD]: {
      id: record.id,
      fingerprint: encoder.fingerprint,
      content_hash: record.contentHash,
      active_tokens: encoding.vector.size,
      token_count: encoding.tokenCount,
      truncated: encoding.truncated,
      chunk_count: encoding.chunkCount,
      encoded_at: encodedAt.toISOString(),
    },
  }
}
