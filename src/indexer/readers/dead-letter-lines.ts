import { isObject, stringMember } from '../../engine/json.js'
import { InputError } from '../../errors.js'
import type { JsonLine } from './json-lines.js'
import type { BulkAction, ReadValue } from './raw-record.js'

/**
 * Reads dead letters as the documents that they hold, each to be written to where it was to go.
 *
 * @param file name of the input
 * @throws InputError naming file, line and member, or a letter of `enrich`, which holds a part of a document only
 */
export async function* readDeadLetterLines(
  lines: AsyncIterable<JsonLine>,
  file: string,
): AsyncGenerator<ReadValue, void, undefined> {
  for await (const { value, line } of lines) {
    if (!isObject(value) || !isObject(value.document)) {
      throw new InputError(file, line, 'is no dead letter: it has no object "document"')
    }
    const target = targetOf(value, file, line)
    if (value.command === 'enrich') throw new InputError(file, line, partOnly(target))
    yield { value: value.document, line, target }
  }
}

/** Why it cannot be indexed, and what is to be done instead. */
function partOnly({ id = '', index = '' }: BulkAction): string {
  return (
    `is a dead letter of "enrich", which holds only the texts of document "${id}": indexing it would put them in the ` +
    `place of the whole document; once the cause is mended, run "splade-bridge enrich --index ${index}" with the flags ` +
    'of the run that failed: it takes only documents without vectors (to index the other letters, take such lines out)'
  )
}

function targetOf(letter: object, file: string, line: number): BulkAction {
  const [id, index, routing] = ['id', 'index', 'routing'].map((name) => stringMember(letter, name))
  if (id === undefined || id === '') {
    throw new InputError(file, line, 'is no dead letter: it has no non-empty string "id"')
  }
  const action = stringMember(letter, 'action') === 'create' ? 'create' : 'index'
  return { action, id, ...(index && { index }), ...(routing && { routing }) }
}
