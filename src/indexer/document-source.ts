import type { EncoderIdentity, Encoding } from '../encoder/encoder.js'
import { withField } from '../engine/field-path.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import type { JsonObject } from '../engine/json.js'
import { toStoredChunks } from '../rank-features/chunks.js'
import { toRankFeatures, toRankFeaturesJson } from '../rank-features/document-field.js'
import { type EncodedRecord, summarize } from './encode-records.js'

export interface DocumentSourceOptions {
  readonly encoder: EncoderIdentity
  readonly encodedAt: Date
}

/**
 * The JSON that is stored for a document: what the user gave, its vectors, and side fields about the vectors,
 * because the fields themselves can be neither sorted nor aggregated. Of several vectors the side fields count all; of a
 * document without text they say only what it is compared by.
 *
 * @throws FeatureError naming a token that the engine would refuse
 */
export function toDocumentSource(encoded: EncodedRecord, options: DocumentSourceOptions): JsonObject {
  const source = encoded.fields.reduce(
    (all, { field, encoding }) => withField(all, field, toFieldValue(encoding)),
    encoded.record.source,
  )
  return { ...source, [SIDE_FIELD]: sideFields(encoded, options) }
}

/**
 * The same as JSON text, in a third of the time where no vector is below an object.
 *
 * @throws FeatureError as {@link toDocumentSource} does
 */
export function toDocumentJson(encoded: EncodedRecord, options: DocumentSourceOptions): string {
  const { record, fields } = encoded
  if (fields.some(({ field }) => field.includes('.')))
    return JSON.stringify(toDocumentSource(encoded, options))
  const others = JSON.stringify({ ...record.source, [SIDE_FIELD]: sideFields(encoded, options) })
  const vectors = fields.map(({ field, encoding }) => `,${JSON.stringify(field)}:${toFieldJson(encoding)}`)
  return `${others.slice(0, -1)}${vectors.join('')}}`
}

function sideFields(
  { record, fields }: EncodedRecord,
  { encoder, encodedAt }: DocumentSourceOptions,
): object {
  const compared = { id: record.id, fingerprint: encoder.fingerprint, content_hash: record.contentHash }
  if (fields.length === 0) return compared
  const encodings = fields.map(({ encoding }) => encoding)
  const { tokenCount, truncated, chunkCount } = summarize(encodings)
  return {
    ...compared,
    active_tokens: encodings.reduce((sum, { vector }) => sum + vector.size, 0),
    token_count: tokenCount,
    truncated,
    chunk_count: chunkCount,
    encoded_at: encodedAt.toISOString(),
  }
}

function toFieldValue({ vector, chunks }: Encoding): object {
  return chunks === undefined ? toRankFeatures(vector) : toStoredChunks(chunks)
}

function toFieldJson({ vector, chunks }: Encoding): string {
  return chunks === undefined ? toRankFeaturesJson(vector) : JSON.stringify(toStoredChunks(chunks))
}
