import { fieldText } from '../engine/encoded-text.js'
import { sparseFields } from '../engine/index-sparse-fields.js'
import type { JsonObject } from '../engine/json.js'
import { type SparseFields, textFieldNames } from '../engine/text-rule.js'

const TITLE_FIELD = 'title'
/** UTF-16 units up to which a text names a document by itself. */
const SHORT_TEXT = 100
/** UTF-16 units that are shown of a title: a page of text that stands in this field is none. */
const LONGEST_TITLE = 300

/**
 * What a document is called: its `title`, else the first short text among those that its vectors are made of, else the
 * beginning of the first of them. Of a very long title, too, it is the beginning.
 *
 * @returns one line; empty for a document without any of these texts
 */
export function hitTitle(source: JsonObject, fields: SparseFields): string {
  const title = inOneLine(fieldText(source, TITLE_FIELD))
  if (title !== '') return beginningOf(title, LONGEST_TITLE)
  const texts = textNames(fields)
    .map((name) => inOneLine(fieldText(source, name)))
    .filter((text) => text !== '')
  return texts.find(({ length }) => length <= SHORT_TEXT) ?? beginningOf(texts[0] ?? '', SHORT_TEXT)
}

/** The field that names most documents of an index, for code which shows them: `title`, or the first text field. */
export function titleField(fields: SparseFields): string {
  const names = textNames(fields)
  return names.includes(TITLE_FIELD) ? TITLE_FIELD : (names[0] ?? TITLE_FIELD)
}

/** Those of the field that is searched first, then those of the index's other vectors. */
function textNames(fields: SparseFields): readonly string[] {
  return sparseFields(fields).flatMap(textFieldNames)
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** The first UTF-16 units of a text, never half of a character. */
export function firstUnits(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')
}

/** Cut after a word, unless the script has no spaces. */
function beginningOf(text: string, length: number): string {
  if (text.length <= length) return text
  const start = firstUnits(text, length)
  const space = start.lastIndexOf(' ')
  return `${space > length / 2 ? start.slice(0, space) : start}…`
}
