import type { EncoderIdentity } from '../encoder/encoder.js'
import { textParts } from '../engine/encoded-text.js'
import { fieldValue, withField, withoutField } from '../engine/field-path.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import { sparseFields } from '../engine/index-sparse-fields.js'
import { isObject, type JsonObject, member, stringMember } from '../engine/json.js'
import { parseTextField, type SparseFields } from '../engine/text-rule.js'
import type { BulkDocument } from '../indexer/bulk.js'
import { type DocumentSourceOptions, toDocumentJson, toDocumentSource } from '../indexer/document-source.js'
import type { EncodedRecord } from '../indexer/encode-records.js'
import { contentDigest, type DocumentRecord } from '../indexer/record.js'
import type { ReadDocument } from './read-shards.js'

/** A document of the index on its way to vectors. */
export interface Enrichment extends DocumentRecord {
  readonly read: ReadDocument
}

/** Fields of a document's source that say what to encode, and whether it is encoded already. */
export function neededFields(fields: SparseFields): readonly string[] {
  const names = sparseFields(fields).flatMap(({ textFields, template }) =>
    template === undefined ? textFields.map((text) => parseTextField(text).name) : textFields,
  )
  return [...new Set([...names, SIDE_FIELD])]
}

/**
 * What is to be encoded of a document. Its hash covers the encoded texts only, since a change of any other field
 * leaves the vectors right.
 */
export function toEnrichment(read: ReadDocument, fields: SparseFields, encodingSettings: object): Enrichment {
  const texts = sparseFields(fields).map((field) => ({
    field: field.field,
    parts: textParts(read.source, field),
  }))
  const { id, index, routing } = read
  return {
    id,
    index,
    ...(routing !== undefined && { routing }),
    texts,
    // Only what is added goes to the engine.
    source: {},
    original: textsOnly(read.source),
    contentHash: contentDigest(texts, encodingSettings),
    origin: { file: index },
    read,
  }
}

/** What a dead letter shows of a document: all that was read of it but the side field. */
function textsOnly(source: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(source).filter(([name]) => name !== SIDE_FIELD))
}

/** True for a document that has the vectors of this text by this model. */
export function isEnriched({ read, contentHash }: Enrichment, { fingerprint }: EncoderIdentity): boolean {
  const side = (name: string) => stringMember(read.source, SIDE_FIELD, name)
  return side('content_hash') === contentHash && side('fingerprint') === fingerprint
}

/** True for a document that has older vectors, of which something may have to be taken away. */
export function hasVectors({ read }: Enrichment): boolean {
  return isObject(member(read.source, SIDE_FIELD))
}

/**
 * The partial update that gives a document its vectors, refused by the engine if the document has changed since it was
 * read. Partial, so that the engine keeps every other byte of the source.
 *
 * @param previous the source with the older vectors
 * @throws FeatureError naming a token that the engine would refuse
 */
export function toUpdate(
  encoded: EncodedRecord<Enrichment>,
  previous: JsonObject,
  options: DocumentSourceOptions,
): BulkDocument<Enrichment> {
  const { record } = encoded
  const isFirst = Object.keys(previous).length === 0
  if (isFirst) return updateOf(record, toDocumentJson(encoded, options))
  return updateOf(record, JSON.stringify(replacement(record, toDocumentSource(encoded, options), previous)))
}

/** The same for a document whose text is gone: it is to be found no longer by what it once said. */
export function toClearing(enrichment: Enrichment, previous: JsonObject): BulkDocument<Enrichment> {
  return updateOf(enrichment, JSON.stringify(replacement(enrichment, { [SIDE_FIELD]: null }, previous)))
}

/** What takes the place of older vectors. */
function replacement({ texts }: Enrichment, source: JsonObject, previous: JsonObject): JsonObject {
  return texts.reduce((doc, { field }) => {
    const [value, old] = [fieldValue(source, field), fieldValue(previous, field)]
    const replaced = replacing(value, old)
    // A member that has the very name, dots included, would stay beside one below objects.
    if (Object.hasOwn(previous, field)) return { ...withoutField(doc, field), [field]: replaced }
    return replaced === undefined ? doc : withField(doc, field, replaced)
  }, source)
}

/** @param doc JSON of the fields that are changed */
function updateOf(enrichment: Enrichment, doc: string): BulkDocument<Enrichment> {
  const { id, index, routing, seqNo, primaryTerm } = enrichment.read
  const place = { index, ...(routing !== undefined && { routing }) }
  const metadata = { _id: id, _index: index, routing, if_seq_no: seqNo, if_primary_term: primaryTerm }
  const ndjson = `${JSON.stringify({ update: metadata })}\n{"doc":${doc}}\n`
  return { id, action: 'update', ...place, ndjson: Buffer.from(ndjson), origin: enrichment }
}

/**
 * What a partial update says of a vector. It merges objects: what they no longer have is set to null, which both types of
 * field take as absent. Lists are replaced as they are. It cannot take a field away, and the engines refuse null for one:
 * an older vector without a newer one is emptied.
 */
function replacing(newer: unknown, old: unknown): unknown {
  const value = newer ?? (Array.isArray(old) ? [] : isObject(old) ? {} : undefined)
  if (!isObject(value) || !isObject(old)) return value
  const stale = Object.keys(old).filter((key) => !Object.hasOwn(value, key))
  return { ...Object.fromEntries(stale.map((key) => [key, null])), ...value }
}
