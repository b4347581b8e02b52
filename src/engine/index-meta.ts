import { EngineError } from '../errors.js'
import type { EncoderIdentity } from '../encoder/encoder.js'
import type { LongTextSettings } from '../encoder/long-texts.js'
import { SPARSE_FIELD_TYPES, type SparseFieldType } from '../rank-features/field-type.js'
import type { EngineRequester } from './client.js'
import { EngineResponseError } from './failure.js'
import { readLongTexts, toLongTextsJson } from './index-long-texts.js'
import { indexPath } from './index-path.js'
import { moreFieldsOf, sparseFieldOf, sparseFields, toSparseFieldJson } from './index-sparse-fields.js'
import { isObject, type JsonObject, member, numberMember, stringMember } from './json.js'
import { unstoredFields } from './stored-source.js'
import { type SparseFields, textFieldNames } from './text-rule.js'

/** Version of the `_meta.splade_bridge` object that this library writes. */
export const INDEX_META_VERSION = 1

/** What an index knows about its own vectors: `mappings._meta.splade_bridge`. */
export interface IndexMeta extends SparseFields {
  readonly fieldType: SparseFieldType
  readonly encoder: EncoderIdentity
  /** Terms of an average document, which BM25 weights are relative to; only for the lexical encoder. */
  readonly averageLength?: number
  /** What became of long texts; absent for an encoder that reads texts of any length in its own way. */
  readonly longTexts?: LongTextSettings
  /** Text fields that the mapping keeps out of `_source`; absent where all are kept. Read only, never written. */
  readonly unstored?: readonly string[]
}

/** The JSON form of `meta`. */
export function toMetaJson(meta: IndexMeta): object {
  const { fieldType, moreFields, encoder, averageLength, longTexts } = meta
  return {
    splade_bridge: {
      version: INDEX_META_VERSION,
      ...toSparseFieldJson(meta),
      field_type: fieldType,
      ...(moreFields !== undefined && { more_fields: moreFields.map(toSparseFieldJson) }),
      encoder: { name: encoder.name, fingerprint: encoder.fingerprint },
      ...(averageLength !== undefined && { lexical: { average_length: averageLength } }),
      ...(longTexts !== undefined && { long_texts: toLongTextsJson(longTexts) }),
    },
  }
}

/**
 * Reads how an index was set up. An alias over several indices is fine where all agree.
 *
 * @returns undefined if there is no such index
 * @throws EngineError if the index was not set up by this library, or by a newer version of it
 */
export async function readIndexMeta(client: EngineRequester, index: string): Promise<IndexMeta | undefined> {
  const mappings = await readMappings(client, index)
  if (mappings === undefined) return undefined
  return metaOfMappings(index, mappings)
}

/**
 * What the indices behind a name know, where all agree.
 *
 * @param index the name, as messages show it
 * @param mappings body of a `_mapping` answer: index -> `{"mappings": …}`
 * @returns undefined where there is no index
 * @throws EngineError as {@link readIndexMeta} says
 */
export function metaOfMappings(index: string, mappings: JsonObject): IndexMeta | undefined {
  const metas = Object.entries(mappings).map(([name, body]) => parseMeta(name, member(body, 'mappings')))
  const [first, ...others] = metas
  if (first === undefined) return undefined
  const other = others.find(({ encoder }) => encoder.fingerprint !== first.encoder.fingerprint)
  if (other !== undefined) {
    throw new EngineError(
      `"${index}" covers indices written by different models, ${showIdentity(first.encoder)} and ` +
        `${showIdentity(other.encoder)}; their scores cannot be compared: search one of them`,
      0,
    )
  }
  return first
}

/** @param body one member of a `_mapping` answer */
export function hasIndexMeta(body: unknown): boolean {
  return member(body, 'mappings', '_meta', 'splade_bridge') !== undefined
}

/**
 * What an index knows, seen from another of its vector fields.
 *
 * @throws EngineError naming those that there are
 */
export function fromField(index: string, meta: IndexMeta, field: string): IndexMeta {
  const fields = sparseFields(meta)
  const chosen = fields.find((candidate) => candidate.field === field)
  if (chosen === undefined) {
    const names = fields.map((known) => `"${known.field}"`).join(', ')
    throw new EngineError(`index "${index}" has no vector field "${field}"; it has ${names}`, 0)
  }
  const { fieldType, encoder, averageLength, longTexts, unstored } = meta
  const others = fields.filter((candidate) => candidate !== chosen)
  return {
    ...chosen,
    fieldType,
    encoder,
    ...(others.length > 0 && { moreFields: others }),
    ...(averageLength !== undefined && { averageLength }),
    ...(longTexts !== undefined && { longTexts }),
    ...(unstored !== undefined && { unstored }),
  }
}

/**
 * Scores mean something only where queries and documents come from one encoder.
 *
 * @throws EngineError naming both models and the way out
 */
export function ensureCompatible(index: string, meta: IndexMeta, encoder: EncoderIdentity): void {
  if (meta.encoder.fingerprint === encoder.fingerprint) return
  throw new EngineError(
    `index "${index}" was written by model ${showIdentity(meta.encoder)}, but you are using ` +
      `${showIdentity(encoder)}; use it with --model ${meta.encoder.name}, or let "splade-bridge reindex ` +
      `--index ${index} --model ${encoder.name}" (or the folder or address of that model) build a new index`,
    0,
  )
}

async function readMappings(client: EngineRequester, index: string): Promise<JsonObject | undefined> {
  try {
    const { body } = await client.request({ method: 'GET', path: indexPath(index, '_mapping') })
    return isObject(body) ? body : undefined
  } catch (error) {
    if (error instanceof EngineResponseError && error.status === 404) return undefined
    throw error
  }
}

function parseMeta(index: string, mappings: unknown): IndexMeta {
  const meta = member(mappings, '_meta', 'splade_bridge')
  const field = stringMember(meta, 'field')
  const name = stringMember(meta, 'encoder', 'name')
  const fingerprint = stringMember(meta, 'encoder', 'fingerprint')
  if (field === undefined || name === undefined || fingerprint === undefined) {
    throw new EngineError(
      `index "${index}" was not set up by splade-bridge: its mapping has no complete _meta.splade_bridge; ` +
        'choose another index name and run "splade-bridge init"',
      0,
    )
  }
  requireKnownVersion(index, numberMember(meta, 'version'))
  const averageLength = numberMember(meta, 'lexical', 'average_length')
  const longTexts = readLongTexts(index, meta)
  const moreFields = moreFieldsOf(meta)
  const sparseField = sparseFieldOf(field, meta)
  const unstored = unstoredFields(mappings, [sparseField, ...moreFields].flatMap(textFieldNames))
  return {
    ...sparseField,
    fieldType: fieldTypeOf(index, meta),
    ...(moreFields.length > 0 && { moreFields }),
    encoder: { name, fingerprint },
    ...(averageLength !== undefined && { averageLength }),
    ...(longTexts !== undefined && { longTexts }),
    ...(unstored.length > 0 && { unstored }),
  }
}

/** Absent in indices that are older than the choice. */
function fieldTypeOf(index: string, meta: unknown): SparseFieldType {
  const stated = stringMember(meta, 'field_type') ?? 'rank_features'
  const known = SPARSE_FIELD_TYPES.find((type) => type === stated)
  if (known !== undefined) return known
  throw new EngineError(
    `index "${index}" keeps its vectors in a field of type "${stated}"; this splade-bridge knows ` +
      `${SPARSE_FIELD_TYPES.join(' and ')}: update splade-bridge, or index into a new index`,
    0,
  )
}

function requireKnownVersion(index: string, version: number | undefined): void {
  if (version === INDEX_META_VERSION) return
  throw new EngineError(
    `index "${index}" has _meta.splade_bridge version ${version ?? 'none'}; this splade-bridge reads version ` +
      `${INDEX_META_VERSION}: update splade-bridge, or index into a new index`,
    0,
  )
}

/** Name and the start of the fingerprint: enough to tell two models apart. */
function showIdentity({ name, fingerprint }: EncoderIdentity): string {
  return `${name} (fingerprint ${fingerprint.slice(0, 12)})`
}
