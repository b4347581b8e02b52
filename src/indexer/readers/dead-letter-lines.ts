import { isObject, numberMember, stringMember } from '../../engine/json.js'
import { InputError } from '../../errors.js'
import type { JsonLine } from './json-lines.js'
import { type Origin, showOrigin } from './origin.js'
import type { BulkAction, ReadValue } from './raw-record.js'

/**
 * Reads dead letters as the documents that they hold, each to be written to where it was to go.
 *
 * @param file name of the input
 * @returns what is no dead letter, the letter of a record that could not be read, and one of `enrich`, which holds a part
 *   of a document only, as broken ones
 */
export async function* readDeadLetterLines(
  lines: AsyncIterable<JsonLine>,
  file: string,
): AsyncGenerator<ReadValue, void, undefined> {
  for await (const read of lines) {
    if ('broken' in read) yield read
    else yield readLetter(read.value, read, file)
  }
}

function readLetter(letter: unknown, { raw, line }: RawLetter, file: string): ReadValue {
  const broken = (rule: string, text = raw): ReadValue => {
    return { broken: new InputError(file, line, rule), raw: text, line }
  }
  if (!isObject(letter)) return broken('is no dead letter: it has no object "document"')
  if (letter.command === 'enrich') return broken(partOnly(targetOf(letter)))
  if (isObject(letter.document)) {
    // A record that broke a rule was given no id: the document says it, as in its first input.
    if (letter.id === undefined || isNonEmpty(letter.id))
      return { value: letter.document, line, target: targetOf(letter) }
    return broken('is no dead letter: its "id" is no non-empty string')
  }
  const unread = stringMember(letter, 'raw')
  if (unread === undefined) return broken('is no dead letter: it has no object "document"')
  const place = showOrigin({
    file: stringMember(letter, 'file') ?? 'its input',
    ...optional('line', letter),
    ...optional('row', letter),
  })
  const rule = `holds a record that could not be read (${place}): give it, mended, as an object "document", or take the line out`
  return broken(rule, unread)
}

/** Why it cannot be indexed, and what is to be done instead. */
function partOnly({ id = '', index = '' }: BulkAction): string {
  return (
    `is a dead letter of "enrich", which holds only the texts of document "${id}": indexing it would put them in the ` +
    `place of the whole document; once the cause is mended, run "splade-bridge enrich --index ${index}" with the flags ` +
    'of the run that failed: it takes only documents without vectors (to index the other letters, take such lines out)'
  )
}

interface RawLetter {
  readonly raw: string
  readonly line: number
}

function isNonEmpty(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function optional(name: 'line' | 'row', letter: object): Partial<Origin> {
  const value = numberMember(letter, name)
  return value === undefined ? {} : { [name]: value }
}

function targetOf(letter: object): BulkAction {
  const [id, index, routing] = ['id', 'index', 'routing'].map((name) => stringMember(letter, name))
  const action = stringMember(letter, 'action') === 'create' ? 'create' : 'index'
  return { action, ...(id && { id }), ...(index && { index }), ...(routing && { routing }) }
}
