import { ConfigurationError } from '../errors.js'

/** Which fields of a document make the text that is encoded. */
export interface TextRule {
  /**
   * Fields in order, `title` or `meta.title`, each with the weight of its terms if that is not 1: `title^2`. Of a
   * template: the fields that it speaks of.
   */
  readonly textFields: readonly string[]
  /** Text with fields in braces, `{{title}} ({{year}})`, that is encoded in the place of the fields themselves. */
  readonly template?: string
}

/** A vector field of a document, and the text that it is made of. */
export interface SparseField extends TextRule {
  readonly field: string
}

/** The vector fields of an index; `field` is the one that is searched where nobody names another. */
export interface SparseFields extends SparseField {
  /** More of the same documents, of other texts. */
  readonly moreFields?: readonly SparseField[]
}

/** A field with the weight of its terms. */
export interface TextField {
  readonly name: string
  readonly weight: number
}

const WEIGHTED = /^(.*)\^([^^]*)$/
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g

/**
 * Reads `title`, or `title^2` as Elasticsearch's own queries write it.
 *
 * @throws ConfigurationError for an empty name, or a weight that is not a number > 0
 */
export function parseTextField(notation: string): TextField {
  const [, name = notation, weight = '1'] = WEIGHTED.exec(notation) ?? []
  const value = weight.trim() === '' ? NaN : Number(weight)
  if (name.trim() === '' || !(value > 0 && Number.isFinite(value))) {
    throw new ConfigurationError(
      'text fields',
      'must be field names, each with a weight > 0 or without one, as in title^2',
      notation,
    )
  }
  return { name: name.trim(), weight: value }
}

/** Names of the fields that a rule speaks of. */
export function textFieldNames({ textFields, template }: TextRule): readonly string[] {
  return template === undefined ? textFields.map((notation) => parseTextField(notation).name) : textFields
}

/**
 * A template as a rule.
 *
 * @throws ConfigurationError if it names no field
 */
export function templateRule(template: string): TextRule {
  const names = [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name)
  if (names.length === 0 || names.includes('')) {
    throw new ConfigurationError('template', 'must name fields in braces, as in {{title}} {{text}}', template)
  }
  return { textFields: [...new Set(names)], template }
}

/** Puts a text into the place of each field of a template. */
export function fillTemplate(template: string, textOf: (name: string) => string): string {
  return template.replace(PLACEHOLDER, (_, name: string) => textOf(name))
}

/** A rule as people write it, for messages and comparisons. */
export function showTextRule({ textFields, template }: TextRule): string {
  return template ?? textFields.join(', ')
}
