import type { EncoderIdentity, Encoding } from '../encoder/encoder.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import { toStoredChunks } from '../rank-features/chunks.js'
import { toRankFeatures } from '../rank-features/document-field.js'
import { type EncodedRecord, summarize } from './encode-records.js'

export interface DocumentSourceOptions {
  readonly encoder: EncoderIdentity
  readonly encodedAt: Date
}

/**
 * The JSON that is stored for a document: what the user gave, its vectors, and side fields about the vectors,
 * because the fields themselves can be neither sorted nor aggregated. Of several vectors the side fields count all.
 *
 * @throws FeatureError naming a token that the engine would refuse
 */
export function toDocumentSource(
  { record, fields }: EncodedRecord,
  { encoder, encodedAt }: DocumentSourceOptions,
): object {
  const encodings = fields.map(({ encoding }) => encoding)
  const { tokenCount, truncated, chunkCount } = summarize(encodings)
  return {
    ...record.source,
    ...Object.fromEntries(fields.map(({ field, encoding }) => [field, toFieldValue(encoding)])),
    [SIDE_FIELD]: {
      id: record.id,
      fingerprint: encoder.fingerprint,
      content_hash: record.contentHash,
      active_tokens: encodings.reduce((sum, { vector }) => sum + vector.size, 0),
      token_count: tokenCount,
      truncated,
      chunk_count: chunkCount,
      encoded_at: encodedAt.toISOString(),
    },
  }
}

function toFieldValue({ vector, chunks }: Encoding): object {
  return chunks === undefined ? toRankFeatures(vector) : toStoredChunks(chunks)
}
