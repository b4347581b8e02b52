import type { JsonObject } from './json.js'

/**
 * The text that stands for a document when it is encoded, and that spans point into when it is explained: the
 * values of its text fields, in the order of the fields, joined by a space. Lists of strings are joined alike;
 * absent, null and empty fields leave no space behind.
 */
export function encodedText(source: JsonObject, textFields: readonly string[]): string {
  return textFields
    .filter((name) => Object.hasOwn(source, name))
    .flatMap((name) => source[name])
    .filter((value): value is string => typeof value === 'string' && value !== '')
    .join(' ')
}
