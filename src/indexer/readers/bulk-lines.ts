import { isObject, type JsonObject } from '../../engine/json.js'
import { InputError } from '../../errors.js'
import type { JsonLine } from './json-lines.js'
import type { BulkAction, ReadValue } from './raw-record.js'

const ACTIONS: readonly string[] = ['index', 'create', 'update', 'delete']
/** Members that are carried out, with the names that Elasticsearch 6 and older gave them. */
const CARRIED_OUT: Readonly<Record<string, keyof BulkAction>> = {
  _id: 'id',
  _index: 'index',
  routing: 'routing',
  _routing: 'routing',
}
/** Said by every dump of an old engine, and without a meaning since. */
const MEANINGLESS: readonly string[] = ['_type']

/** Members of an action line whose names a document could not be told by an underscore. */
const BULK_METADATA: readonly string[] = [
  ...['routing', 'version', 'version_type', 'if_seq_no', 'if_primary_term', 'retry_on_conflict'],
  ...['pipeline', 'require_alias', 'require_data_stream', 'dynamic_templates', 'op_type', 'parent'],
]

/**
 * Reads the lines of a bulk request as pairs of action and document. Only what `index` can do without guessing is
 * carried out: `index` and `create`, with `_id`, `_index` and `routing`.
 *
 * @param file name of the input
 * @returns a document that cannot be read, and an action that cannot be carried out, as a broken record: the latter with the
 *   line behind it, unless that is an action again
 */
export async function* readBulkLines(
  lines: AsyncIterable<JsonLine>,
  file: string,
): AsyncGenerator<ReadValue, void, undefined> {
  let action: ActionLine | undefined
  for await (const line of lines) {
    if (action === undefined) {
      action = readAction(line, file)
      if ('broken' in action && !action.hasDocument) {
        yield toBroken(action)
        action = undefined
      }
    } else if (!('broken' in action)) {
      yield toValue(line, action.target)
      action = undefined
    } else if ('value' in line && isBulkAction(line.value)) {
      yield toBroken(action)
      action = readAction(line, file)
    } else {
      yield toBroken(action, line.raw)
      action = undefined
    }
  }
  if (action === undefined) return
  const rule = 'is an action without its document'
  yield 'broken' in action
    ? toBroken(action)
    : toBroken({ ...action, broken: new InputError(file, action.line, rule) })
}

/** An action that was read, and waits for its document. */
type ActionLine = { readonly line: number; readonly raw: string } & (
  { readonly target: BulkAction } | { readonly broken: InputError; readonly hasDocument: boolean }
)

/** A bulk request has no line behind a deletion. */
function readAction(read: JsonLine, file: string): ActionLine {
  const { line, raw } = read
  if ('broken' in read) return { line, raw, broken: read.broken, hasDocument: true }
  try {
    return { line, raw, target: parseAction(read.value, file, line) }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const isDeletion = isBulkAction(read.value) && Object.hasOwn(Object(read.value) as object, 'delete')
    return { line, raw, broken: error, hasDocument: !isDeletion }
  }
}

function toValue(read: JsonLine, target: BulkAction): ReadValue {
  const { line, raw } = read
  return 'broken' in read ? { broken: read.broken, raw, line, target } : { value: read.value, line, target }
}

function toBroken(
  { broken, raw, line }: { readonly broken: InputError; readonly raw: string; readonly line: number },
  document?: string,
): ReadValue {
  return { broken, raw: document === undefined ? raw : `${raw}\n${document}`, line }
}

/** True if a line, by its form, is an action and not a document. */
export function isBulkAction(value: unknown): boolean {
  if (!isObject(value)) return false
  const [[name, metadata] = [], ...others] = Object.entries(value)
  if (name === undefined || others.length > 0 || !ACTIONS.includes(name) || !isObject(metadata)) return false
  return Object.keys(metadata).every((key) => key.startsWith('_') || BULK_METADATA.includes(key))
}

function parseAction(value: unknown, file: string, line: number): BulkAction {
  if (!isBulkAction(value) || !isObject(value)) {
    throw new InputError(file, line, `must be an action line such as {"index":{"_id":"1"}}`)
  }
  const [action = ''] = Object.keys(value)
  if (action !== 'index' && action !== 'create') {
    throw new InputError(file, line, `has the action "${action}"; index carries out only index and create`)
  }
  const metadata = value[action]
  return { action, ...(isObject(metadata) && targetOf(metadata, file, line)) }
}

function targetOf(metadata: JsonObject, file: string, line: number): Omit<BulkAction, 'action'> {
  const target: { -readonly [Key in keyof BulkAction]?: string } = {}
  for (const [name, value] of Object.entries(metadata)) {
    if (value === null || MEANINGLESS.includes(name)) continue
    const member = CARRIED_OUT[name]
    if (member === undefined) {
      throw new InputError(
        file,
        line,
        `has "${name}" in its action; index carries out only _id, _index, routing`,
      )
    }
    const text = typeof value === 'number' ? String(value) : value
    if (typeof text !== 'string' || text === '') {
      throw new InputError(file, line, `must have a non-empty string as "${name}" in its action`)
    }
    target[member] = text
  }
  const { id, index, routing } = target
  return { ...(id && { id }), ...(index && { index }), ...(routing && { routing }) }
}
