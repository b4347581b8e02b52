import { ConfigurationError, EngineError } from '../errors.js'
import { CHUNK_WEIGHTS } from '../rank-features/chunks.js'
import type { SparseFieldType } from '../rank-features/field-type.js'
import type { EngineClient, EngineInfo } from './client.js'
import { createDataStream, isOnlyForDataStreams, simulateMappings } from './data-stream.js'
import { EngineResponseError } from './failure.js'
import { withField } from './field-path.js'
import { chooseFieldType } from './field-type.js'
import { ensureSameLongTexts } from './index-long-texts.js'
import { ensureCompatible, metaOfMappings, readIndexMeta, toMetaJson, type IndexMeta } from './index-meta.js'
import { indexPath } from './index-path.js'
import { showSparseFields, sparseFields } from './index-sparse-fields.js'
import { isObject, member, type JsonObject } from './json.js'
import { objectAt, readSetupFile, type SetupFile } from './setup-files.js'
import {
  parseTextField,
  showTextRule,
  textFieldNames,
  type SparseField,
  type SparseFields,
} from './text-rule.js'
import { atLeast } from './version.js'

/** Name of the field with the vectors in `mappings/`. */
export const DEFAULT_FIELD = 'splade'
/** Object beside the vector with what dashboards and the skip-if-unchanged check read. */
export const SIDE_FIELD = 'splade_meta'
/** Fields encoded where nobody says otherwise, as BEIR's corpora name them. */
export const DEFAULT_TEXT_FIELDS: readonly string[] = ['title', 'text']

const VECTOR_FILES = {
  rank_features: 'mappings/vectors.rank-features',
  sparse_vector: 'mappings/vectors.sparse-vector',
} as const satisfies Readonly<Record<SparseFieldType, SetupFile>>

/** From here on Elasticsearch leaves vectors out of `_source` unless told otherwise. */
const FIRST_WITHOUT_VECTORS = '9.2.0'

/** An {@link IndexMeta} to be; without a type of field, the engine decides. */
export type NewIndexMeta = Omit<IndexMeta, 'fieldType'> & Partial<Pick<IndexMeta, 'fieldType'>>

export interface CreateIndexOptions {
  readonly index: string
  /** What `readIndexMeta` has just said of the index. Default: it is read. */
  readonly existing?: IndexMeta | undefined
  readonly meta: NewIndexMeta
  /**
   * Analyzer of the `title` and `text` fields, for plain full-text search beside the sparse one. Default
   * `standard`; `nori` needs the engine's analysis-nori plugin.
   */
  readonly analyzer?: string
  /** Settings laid over those of the template, without the `index.` prefix, for example `number_of_shards`. */
  readonly settings?: JsonObject
}

export interface CreateIndexResult {
  /** False if the index was there, set up alike, and has been left as it is. */
  readonly created: boolean
  readonly meta: IndexMeta
}

/**
 * Creates an index from `mappings/`; does nothing where it exists with the same set-up. A name that a template of this
 * library keeps for data streams becomes one.
 *
 * @throws ConfigurationError for a type of field that the engine does not know
 * @throws EngineError if an index of that name has another model, field, text fields or treatment of long texts
 */
export async function createIndex(
  client: EngineClient,
  options: CreateIndexOptions,
): Promise<CreateIndexResult> {
  const { index } = options
  const { meta, body } = await planIndex(client, options)
  if (body === undefined) return { created: false, meta }
  try {
    await client.request({ method: 'PUT', path: indexPath(index), body })
    return { created: true, meta }
  } catch (error) {
    if (isOnlyForDataStreams(error)) return createStream(client, index, options.meta)
    if (!isAlreadyThere(error)) throw error
    // Someone else created it in between.
    const theirs = await readIndexMeta(client, index)
    if (theirs === undefined) throw error
    return { created: false, meta: checkExisting(index, theirs, options.meta) }
  }
}

/** @throws EngineError if the template that makes data streams of this name is for another model, or somebody else's */
async function createStream(
  client: EngineClient,
  stream: string,
  wanted: NewIndexMeta,
): Promise<CreateIndexResult> {
  const meta = metaOfMappings(stream, await simulateMappings(client, stream))
  if (meta === undefined) throw new EngineError(`no template speaks of "${stream}"`, 0)
  checkExisting(stream, meta, wanted)
  await createDataStream(client, stream)
  return { created: true, meta }
}

/** What {@link createIndex} would do. */
export interface PlannedIndex {
  readonly meta: IndexMeta
  /** Settings and mappings of the index to be; undefined where it is there. */
  readonly body?: IndexBody
}

/**
 * What creating an index comes to; changes nothing.
 *
 * @throws as {@link createIndex}
 */
export async function planIndex(client: EngineClient, options: CreateIndexOptions): Promise<PlannedIndex> {
  const { index, meta: wanted } = options
  checkSparseFields(wanted)
  const existing = options.existing ?? (await readIndexMeta(client, index))
  if (existing !== undefined) return { meta: checkExisting(index, existing, wanted) }
  const meta = { ...wanted, fieldType: await chooseFieldType(client, index, wanted.fieldType) }
  return { meta, body: await indexBody(client.info, options, meta) }
}

/** @throws ConfigurationError for names that cannot be vector fields, and for fields without a text */
export function checkSparseFields(meta: SparseFields): void {
  const fields = sparseFields(meta)
  fields.forEach(checkSparseField)
  const names = fields.map(({ field }) => field)
  const twice = names.find((name, position) => names.indexOf(name) !== position)
  if (twice !== undefined) throw new ConfigurationError('field', 'must be of one text only', twice)
  const all = [...names, ...fields.flatMap(textFieldNames)]
  const below = names.find((name) => all.some((other) => name.startsWith(`${other}.`)))
  if (below !== undefined) throw new ConfigurationError('field', 'must not be below another field', below)
}

function checkSparseField({ field, textFields }: SparseField): void {
  const [first = '', ...below] = field.split('.')
  if (first === '' || first.startsWith('_') || first === SIDE_FIELD || below.includes('')) {
    const rule = `must be a field name without leading underscore, such as splade or vector.tokens, and not ${SIDE_FIELD}`
    throw new ConfigurationError('field', rule, field)
  }
  if (textFields.length === 0) {
    throw new ConfigurationError('textFields', 'must name at least one field', textFields)
  }
  const names = textFields.map((notation) => parseTextField(notation).name)
  if (names.includes(field)) {
    throw new ConfigurationError('field', 'must be another name than those of the text fields', field)
  }
}

/** Settings and mappings, of an index or of a template. */
export interface IndexBody {
  readonly settings: { readonly index: JsonObject }
  readonly mappings: JsonObject
}

/** An index is put together from the files that a template is composed of. */
async function indexBody(info: EngineInfo, options: CreateIndexOptions, meta: IndexMeta): Promise<IndexBody> {
  const texts = templateBody(await readSetupFile('mappings/documents'), options)
  const vectors = await vectorsBody(info, meta)
  const properties = [
    texts.mappings,
    vectors.mappings,
    objectAt(await readSetupFile('mappings/side-fields'), 'template', 'mappings'),
  ].map((mappings) => objectAt(mappings, 'properties'))
  return {
    settings: { index: { ...texts.settings.index, ...vectors.settings.index, ...options.settings } },
    mappings: {
      ...texts.mappings,
      ...vectors.mappings,
      properties: Object.assign({}, ...properties) as JsonObject,
    },
  }
}

/**
 * What a template of `mappings/` says of the fields beside the vectors.
 *
 * @param file `mappings/documents` or `mappings/data-stream`
 */
export function templateBody(
  file: JsonObject,
  { analyzer, settings }: Pick<CreateIndexOptions, 'analyzer' | 'settings'>,
): IndexBody {
  const mappings = objectAt(file, 'template', 'mappings')
  return {
    settings: { index: { ...objectAt(file, 'template', 'settings', 'index'), ...settings } },
    mappings: { ...mappings, properties: textProperties(objectAt(mappings, 'properties'), analyzer) },
  }
}

/** Vector fields, and which model fills them. */
export async function vectorsBody(info: EngineInfo, meta: IndexMeta): Promise<IndexBody> {
  return {
    settings: { index: keepVectors(info, meta) },
    mappings: { _meta: toMetaJson(meta), properties: await vectorProperties(meta) },
  }
}

/** Mapping of the vector fields of an index and of the side fields, as `properties`. */
export async function sparseProperties(meta: IndexMeta): Promise<JsonObject> {
  const side = objectAt(await readSetupFile('mappings/side-fields'), 'template', 'mappings', 'properties')
  return { ...(await vectorProperties(meta)), [SIDE_FIELD]: objectAt(side, SIDE_FIELD) }
}

/** The component template of the type of field that an index has. */
export function readVectorsFile({ fieldType }: IndexMeta): Promise<JsonObject> {
  return readSetupFile(VECTOR_FILES[fieldType])
}

async function vectorProperties(meta: IndexMeta): Promise<JsonObject> {
  const file = await readVectorsFile(meta)
  const single = objectAt(file, 'template', 'mappings', 'properties', DEFAULT_FIELD)
  const vectors = await vectorMapping(single, meta)
  return sparseFields(meta).reduce<JsonObject>(
    (properties, { field }) => withField(properties, field.replaceAll('.', '.properties.'), vectors),
    {},
  )
}

/** Keeps vectors in `_source`, where all other engines have them: whoever reads a document sees what it was given. */
function keepVectors({ version }: EngineInfo, { fieldType }: IndexMeta): JsonObject {
  const areLeftOut = fieldType === 'sparse_vector' && atLeast(version, FIRST_WITHOUT_VECTORS)
  return areLeftOut ? { 'mapping.exclude_source_vectors': false } : {}
}

/** Where chunks are nested, each has a vector of its own. */
async function vectorMapping(single: JsonObject, { longTexts }: IndexMeta): Promise<JsonObject> {
  if (longTexts?.longTexts !== 'nested') return single
  const chunks = await readSetupFile('mappings/chunks')
  return { ...chunks, properties: { [CHUNK_WEIGHTS]: single, ...objectAt(chunks, 'properties') } }
}

/** The analyzer is that of every text field. */
function textProperties(template: JsonObject, analyzer: string | undefined): JsonObject {
  const analyzed = Object.entries(template).map(([name, mapping]): [string, unknown] => {
    const isText = member(mapping, 'type') === 'text'
    return [name, isText && analyzer !== undefined && isObject(mapping) ? { ...mapping, analyzer } : mapping]
  })
  return Object.fromEntries(analyzed)
}

/** @throws EngineError if an index is set up otherwise than it is wanted */
export function checkExisting(index: string, existing: IndexMeta, wanted: NewIndexMeta): IndexMeta {
  ensureCompatible(index, existing, wanted.encoder)
  requireSame(index, 'field', existing.field, wanted.field)
  requireSame(index, 'field type', existing.fieldType, wanted.fieldType ?? existing.fieldType)
  requireSame(index, 'text fields', showTextRule(existing), showTextRule(wanted))
  const more = ({ moreFields = [] }: NewIndexMeta): string => showSparseFields(moreFields)
  requireSame(index, 'more vector fields', more(existing), more(wanted))
  ensureSameLongTexts(index, existing.longTexts, wanted.longTexts)
  return existing
}

function requireSame(index: string, what: string, existing: string, wanted: string): void {
  if (existing === wanted) return
  throw new EngineError(
    `index "${index}" exists with ${what} "${existing}", you asked for "${wanted}"; ` +
      'use the same, or choose a new index',
    0,
  )
}

function isAlreadyThere(error: unknown): boolean {
  return error instanceof EngineResponseError && error.reasonType === 'resource_already_exists_exception'
}
