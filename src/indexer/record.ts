import { createHash } from 'node:crypto'
import { textParts, type TextPart } from '../engine/encoded-text.js'
import { fieldValue, hasField } from '../engine/field-path.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import { isObject, type JsonObject } from '../engine/json.js'
import { type SparseField, textFieldNames } from '../engine/text-rule.js'
import type { BulkTarget } from './bulk.js'
import type { FieldRules } from './field-rules.js'
import { type Origin, recordError } from './readers/origin.js'
import type { RawRecord } from './readers/raw-record.js'

/** What is encoded for one vector field of a document. */
export interface RecordText {
  /** Name of the vector field. */
  readonly field: string
  /** None where the document has no text for it. */
  readonly parts: readonly TextPart[]
}

/** One document on its way to the engine. */
export interface DocumentRecord extends BulkTarget {
  /** One a vector field, in order. */
  readonly texts: readonly RecordText[]
  /** The document as it is stored, without its id. */
  readonly source: JsonObject
  /** The record as it was read, where fields were renamed or left out of `source`. */
  readonly original?: JsonObject
  /** Present where the record has none of the fields that are encoded: the rule that says so, with those it has. */
  readonly lack?: string
  /** SHA-256 over texts, source and encoding settings, hexadecimal: equal hashes need no second encoding. */
  readonly contentHash: string
  readonly origin: Origin
}

export interface RecordOptions {
  /** Vector fields and what they are made of; a record may not bring its own. */
  readonly fields: readonly SparseField[]
  /** Field with the document's id. Default `_id`, then `id`, then a digest of the content. */
  readonly idField?: string
  /** Renames and selects fields. Default: all are stored as they are. */
  readonly fieldRules?: FieldRules
  /** Settings beside the model that change a document's vector, for example pruning; part of the content hash. */
  readonly encodingSettings?: object
}

/** Engines refuse longer ids (`IndexRequest`). */
const MAX_ID_BYTES = 512

/** @throws InputError naming file, line or row, field and rule */
export function toRecord(
  { value, origin, target }: Pick<RawRecord, 'value' | 'origin' | 'target'>,
  { fields, idField, fieldRules, encodingSettings = {} }: RecordOptions,
): DocumentRecord {
  if (!isObject(value)) throw recordError(origin, 'must be a JSON object')
  const record = fieldRules?.rename(value, origin) ?? value
  const texts = textsOf(record, fields, origin)
  const lack = lackOf(record, fields)
  const content = withoutId(record)
  const source = fieldRules?.select(content) ?? content
  refuseReserved(source, fields, origin)
  const contentHash = contentDigest([texts, source], encodingSettings)
  const id = target?.id ?? idOf(record, idField, origin) ?? sha256(canonicalJson(content))
  const isAsRead = record === value && source === content
  return {
    ...{ ...target, id, texts, source, contentHash, origin },
    ...(!isAsRead && { original: value }),
    ...(lack !== undefined && { lack }),
  }
}

/** True if there is nothing to encode. */
export function isWithoutText({ texts }: Pick<DocumentRecord, 'texts'>): boolean {
  return texts.every(({ parts }) => parts.length === 0)
}

function refuseReserved(source: JsonObject, fields: readonly SparseField[], origin: Origin): void {
  for (const reserved of [...fields.map(({ field }) => field), SIDE_FIELD]) {
    if (hasField(source, reserved)) {
      throw recordError(
        origin,
        `has a field "${reserved}", which splade-bridge writes itself: rename or drop it`,
      )
    }
  }
}

function withoutId(record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== '_id'))
}

function textsOf(record: JsonObject, fields: readonly SparseField[], origin: Origin): readonly RecordText[] {
  return fields.map((field) => {
    if (field.template === undefined) requireTexts(record, textFieldNames(field), origin)
    return { field: field.field, parts: textParts(record, field) }
  })
}

function lackOf(record: JsonObject, fields: readonly SparseField[]): string | undefined {
  const names = [...new Set(fields.flatMap(textFieldNames))]
  if (names.some((name) => hasField(record, name))) return undefined
  const found = Object.keys(record).join(', ')
  return `has none of the fields ${names.join(', ')} to encode; it has ${found || 'none'}`
}

function requireTexts(record: JsonObject, names: readonly string[], origin: Origin): void {
  const unusable = names.find((name) => !isText(fieldValue(record, name)))
  if (unusable === undefined) return
  throw recordError(origin, `field "${unusable}" must be a string or a list of strings to be encoded`)
}

/** Absent and null alike are no text. */
function isText(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string')
  return typeof value === 'string' || value === null || value === undefined
}

function idOf(record: JsonObject, idField: string | undefined, origin: Origin): string | undefined {
  const name = idField ?? ['_id', 'id'].find((candidate) => Object.hasOwn(record, candidate))
  if (name === undefined) return undefined
  const value = fieldValue(record, name)
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

/**
 * SHA-256 of what a vector depends on, hexadecimal.
 *
 * @param settings of encoding, beside the model
 */
export function contentDigest(content: unknown, settings: object): string {
  return sha256(canonicalJson(content) + canonicalJson(settings))
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
