import { fieldValue } from './field-path.js'
import type { JsonObject } from './json.js'
import { fillTemplate, parseTextField, type TextRule } from './text-rule.js'

/** A stretch of a document's text that is encoded by itself, because its terms have a weight of their own. */
export interface TextPart {
  readonly text: string
  /** Factor of its term weights; 1 unless a text field says otherwise. */
  readonly weight: number
}

/**
 * The text of a document in the parts that are encoded one by one: neighbouring fields of one weight are joined by a
 * space. Lists of strings are joined alike; absent, null and empty fields leave no space behind.
 *
 * @returns no parts where there is no text, or only white space
 */
export function textParts(source: JsonObject, { textFields, template }: TextRule): readonly TextPart[] {
  if (template !== undefined) return templateParts(source, textFields, template)
  const parts: TextPart[] = []
  for (const { name, weight } of textFields.map(parseTextField)) {
    const text = fieldText(source, name)
    const last = parts.at(-1)
    if (text === '') continue
    if (last?.weight === weight) parts.splice(-1, 1, { text: `${last.text} ${text}`, weight })
    else parts.push({ text, weight })
  }
  return parts.every(({ text }) => isBlank(text)) ? [] : parts
}

/** The text that spans point into when a document is explained: its parts, joined by a space. */
export function encodedText(source: JsonObject, rule: TextRule): string {
  return joinParts(textParts(source, rule))
}

/** The text of one field; lists of strings are joined by a space. Empty where there is none. */
export function fieldText(source: JsonObject, name: string): string {
  return textsOf(fieldValue(source, name)).join(' ')
}

/** Parts in a row, as {@link encodedText} has them. */
export function joinParts(parts: readonly TextPart[]): string {
  return parts.map(({ text }) => text).join(' ')
}

/** A template of which no field has a value is no text, whatever stands between the fields. */
function templateParts(source: JsonObject, names: readonly string[], template: string): readonly TextPart[] {
  const values = new Map(names.map((name) => [name, wordsOf(fieldValue(source, name)).join(' ')]))
  if ([...values.values()].every(isBlank)) return []
  return [{ text: fillTemplate(template, (name) => values.get(name) ?? ''), weight: 1 }]
}

function textsOf(value: unknown): readonly string[] {
  return [value].flat().filter((item): item is string => typeof item === 'string' && item !== '')
}

/** In a template a number is a text like any other: `{{title}} ({{year}})`. */
function wordsOf(value: unknown): readonly string[] {
  return [value].flat().flatMap((item) => {
    const isWord = typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean'
    return isWord && item !== '' ? [String(item)] : []
  })
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}
