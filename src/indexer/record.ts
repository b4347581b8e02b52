import { createHash } from 'node:crypto'
import { encodedText } from '../engine/encoded-text.js'
import { DEFAULT_TEXT_FIELDS, SIDE_FIELD } from '../engine/index-setup.js'
import { isObject, type JsonObject } from '../engine/json.js'
import type { BulkTarget } from './bulk.js'
import { type Origin, recordError } from './readers/origin.js'
import type { RawRecord } from './readers/raw-record.js'

/** One document on its way to the engine. */
export interface DocumentRecord extends BulkTarget {
  /** What is encoded: the values of the text fields, joined by a space. */
  readonly text: string
  /** The document as it is stored, without its id. */
  readonly source: JsonObject
  /** SHA-256 over text, source and encoding settings, hexadecimal: equal hashes need no second encoding. */
  readonly contentHash: string
  readonly origin: Origin
}

export interface RecordOptions {
  /** Fields to encode, in order; those that a record has. Default `title`, `text`. */
  readonly textFields?: readonly string[]
  /** Field with the document's id. Default `_id`, then `id`, then a digest of the content. */
  readonly idField?: string
  /** Name of the `rank_features` field; a record may not bring its own. Default `splade`. */
  readonly field: string
  /** Settings beside the model that change a document's vector, for example pruning; part of the content hash. */
  readonly encodingSettings?: object
}

/** Engines refuse longer ids (`IndexRequest`). */
const MAX_ID_BYTES = 512

/** @throws InputError naming file, line or row, field and rule */
export function toRecord(
  { value, origin, target }: Pick<RawRecord, 'value' | 'origin' | 'target'>,
  options: RecordOptions,
): DocumentRecord {
  const { textFields = DEFAULT_TEXT_FIELDS, field, encodingSettings = {} } = options
  if (!isObject(value)) throw recordError(origin, 'must be a JSON object')
  for (const reserved of [field, SIDE_FIELD]) {
    if (Object.hasOwn(value, reserved)) {
      throw recordError(origin, `has a field "${reserved}", which splade-bridge writes itself: rename it`)
    }
  }
  const text = textOf(value, textFields, origin)
  const source = Object.fromEntries(Object.entries(value).filter(([name]) => name !== '_id'))
  const content = canonicalJson([text, source])
  const contentHash = sha256(content + canonicalJson(encodingSettings))
  const id = target?.id ?? idOf(value, options.idField, origin) ?? sha256(content)
  return { ...target, id, text, source, contentHash, origin }
}

function textOf(record: JsonObject, textFields: readonly string[], origin: Origin): string {
  const present = textFields.filter((name) => Object.hasOwn(record, name))
  if (present.length === 0) {
    const found = Object.keys(record).join(', ')
    throw recordError(
      origin,
      `has none of the fields ${textFields.join(', ')} to encode; it has ${found || 'none'}`,
    )
  }
  const unusable = present.find((name) => !isText(record[name]))
  if (unusable !== undefined) {
    throw recordError(origin, `field "${unusable}" must be a string or a list of strings to be encoded`)
  }
  return encodedText(record, textFields)
}

function isText(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string')
  return typeof value === 'string' || value === null
}

function idOf(record: JsonObject, idField: string | undefined, origin: Origin): string | undefined {
  const name = idField ?? ['_id', 'id'].find((candidate) => Object.hasOwn(record, candidate))
  if (name === undefined) return undefined
  const value = Object.hasOwn(record, name) ? record[name] : undefined
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw recordError(
      origin,
      `field "${name}" is a number beyond 2^53, whose last digits JSON loses: write it as a string`,
    )
  }
  const id = typeof value === 'number' ? String(value) : value
  if (typeof id !== 'string' || id === '') {
    throw recordError(
      origin,
      `field "${name}" must be a non-empty string or a number to be the document's id`,
    )
  }
  if (Buffer.byteLength(id) > MAX_ID_BYTES) {
    throw recordError(origin, `field "${name}" is longer than ${MAX_ID_BYTES} bytes, the limit for an id`)
  }
  return id
}

/** JSON with sorted keys: the same content gives the same digest in whatever order it was written. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`)
  return `{${members.join(',')}}`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
