import type { JsonObjectNode, JsonSource } from '../json/json-source.js'
import { memberOf, onlyMember, stringOf } from '../json/read-node.js'
import { readJson } from '../rewrite-body.js'

/** One operation of a `_bulk` body. */
export interface BulkOperation {
  readonly action: 'index' | 'create' | 'update' | 'delete'
  /** The action line. */
  readonly line: string
  /** What the action line says of its document, in the JSON of the line. */
  readonly place: { readonly source: JsonSource; readonly node: JsonObjectNode }
  /** Percent-encoded; '' where neither line nor path names one. */
  readonly index: string
  readonly id?: string
  /** The line behind it; none for `delete`. */
  readonly body?: string
}

const ACTIONS = ['index', 'create', 'update', 'delete'] as const

/**
 * @param index first part of the request's path
 * @returns undefined for lines that are no operations: the engine says so
 */
export function readBulk(lines: readonly string[], index: string): readonly BulkOperation[] | undefined {
  const operations: BulkOperation[] = []
  const rest = lines.values()
  for (const line of rest) {
    // Engines pass over empty lines between operations.
    if (line.trim() === '') continue
    const operation = readAction(line, index)
    if (operation === undefined) return undefined
    if (operation.action === 'delete') {
      operations.push(operation)
      continue
    }
    const body = rest.next()
    if (body.done === true) return undefined
    operations.push({ ...operation, body: body.value })
  }
  return operations
}

function readAction(line: string, index: string): Omit<BulkOperation, 'body'> | undefined {
  const source = readJson(line)
  const only = source && onlyMember(source.root)
  const action = ACTIONS.find((known) => known === only?.[0])
  const node = only?.[1]
  if (source === undefined || action === undefined || node?.kind !== 'object') return undefined
  const named = stringOf(memberOf(node, '_index'))
  const id = idOf(node, line)
  return {
    action,
    line,
    place: { source, node },
    index: named === undefined ? index : encodeURIComponent(named),
    ...(id !== undefined && { id }),
  }
}

/** Engines take a number for an id, too. */
function idOf(node: JsonObjectNode, line: string): string | undefined {
  const id = memberOf(node, '_id')
  if (id?.kind !== 'scalar' || id.value === null) return undefined
  return typeof id.value === 'string' ? id.value : line.slice(id.start, id.end)
}
