import type { SparseField } from '../engine/text-rule.js'
import { templateRule } from '../engine/text-rule.js'
import { isObject, type JsonObject } from '../engine/json.js'
import { ConfigurationError } from '../errors.js'
import { type FieldFlags, nameList, type TextFlags, textFieldList } from './field-flags.js'
import type { InputFlags } from './input-flags.js'
import type { Settings } from './settings.js'

/** What the `documents` section of a configuration file says; names and meanings are those of the flags. */
export type DocumentSettings = TextFlags & FieldFlags & InputFlags

const READERS = {
  id: asString,
  text: asFields,
  template: asTemplate,
  sparse: asSparse,
  rename: asRenames,
  keep: asNames,
  drop: asNames,
  format: asString,
  encoding: asString,
  delimiter: asString,
} as const satisfies Record<string, (value: unknown) => unknown>

type Name = keyof typeof READERS

/**
 * Reads the `documents` section of the configuration file.
 *
 * @throws ConfigurationError naming file and entry
 */
export function readDocumentSettings({
  documents: section,
  configFile: file = 'configuration file',
}: Pick<Settings, 'documents' | 'configFile'>): DocumentSettings {
  if (section === undefined) return {}
  if (!isObject(section)) throw new ConfigurationError(`${file}: documents`, 'must be an object', section)
  const entries = Object.entries(section).map(([name, value]): [string, unknown] => {
    if (!Object.hasOwn(READERS, name)) {
      const known = Object.keys(READERS).join(', ')
      throw new ConfigurationError(`${file}: documents.${name}`, `must be one of ${known}`, name)
    }
    return [name, readEntry(name as Name, value, file)]
  })
  return Object.fromEntries(entries)
}

/** Flags before the file; one that says what is encoded takes the place of all that the file says of it. */
export function withDocumentSettings<Flags extends TextFlags>(
  flags: Flags,
  settings: DocumentSettings,
): Flags {
  const { text, template, sparse, ...others } = settings
  const saysText = [flags.text, flags.textFields, flags.template, flags.sparse].some(
    (flag) => flag !== undefined,
  )
  const texts = { ...(text && { text }), ...(template && { template }), ...(sparse && { sparse }) }
  return { ...others, ...(saysText ? {} : texts), ...flags }
}

function readEntry(name: Name, value: unknown, file: string): unknown {
  try {
    return READERS[name](value)
  } catch (error) {
    throw new ConfigurationError(
      `${file}: documents.${name}`,
      (error as Error).message,
      JSON.stringify(value),
    )
  }
}

function asString(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new TypeError('must be a string')
  return value
}

function asNames(value: unknown): readonly string[] {
  if (typeof value === 'string') return nameList(value)
  if (!Array.isArray(value) || value.length === 0) throw new TypeError('must be a list of field names')
  return value.map(asString)
}

function asFields(value: unknown): readonly string[] {
  return asNames(value).flatMap(textFieldList)
}

function asTemplate(value: unknown): string {
  const template = asString(value)
  templateRule(template)
  return template
}

/** Vector field -> its text fields, or `{ template }`. */
function asSparse(value: unknown): readonly SparseField[] {
  if (!isObject(value) || Object.keys(value).length === 0) {
    throw new TypeError('must be an object of vector fields, each with its text fields')
  }
  return Object.entries(value).map(([field, rule]) => ({ field, ...asRule(rule) }))
}

function asRule(rule: unknown): Omit<SparseField, 'field'> {
  return isObject(rule) ? templateRule(asTemplate(rule.template)) : { textFields: asFields(rule) }
}

function asRenames(value: unknown): JsonObject {
  if (!isObject(value)) throw new TypeError('must be an object of old and new names')
  return Object.fromEntries(Object.entries(value).map(([from, to]) => [from, asString(to)]))
}
