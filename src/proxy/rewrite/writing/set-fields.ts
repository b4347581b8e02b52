import type { JsonObjectNode } from '../json/json-source.js'
import type { SourceEdits } from '../json/source-edits.js'

/** Name of a field below an object, dots included -> JSON text of its value. */
type Fields = ReadonlyMap<string, string>

/**
 * Sets fields where `withField` of `engine/field-path` does: in a member that has the very name, else below objects,
 * which are added where there are none.
 */
export function setFields(edits: SourceEdits, node: JsonObjectNode, fields: Fields): void {
  const { members, below } = split(fields, (name) => node.members.has(name))
  for (const [head, rest] of below) {
    const value = node.members.get(head)?.value
    if (value?.kind === 'object') setFields(edits, value, rest)
    else if (value === undefined) edits.setMember(node, head, objectText(rest))
    // A field cannot be below a text: the engine says so of the name as it stands.
    else for (const [name, text] of rest) edits.setMember(node, `${head}.${name}`, text)
  }
  for (const [name, text] of members) edits.setMember(node, name, text)
}

/** @param isMember whether a name with dots is that of a member all the same */
function split(fields: Fields, isMember: (name: string) => boolean) {
  const members = new Map<string, string>()
  const below = new Map<string, Map<string, string>>()
  for (const [name, text] of fields) {
    const dot = name.indexOf('.')
    const [head, rest] = [name.slice(0, dot), name.slice(dot + 1)]
    if (dot < 0 || isMember(name)) members.set(name, text)
    else below.set(head, (below.get(head) ?? new Map<string, string>()).set(rest, text))
  }
  return { members, below }
}

function objectText(fields: Fields): string {
  const { members, below } = split(fields, () => false)
  const objects = Array.from(below, ([head, rest]) => [head, objectText(rest)] as const)
  const texts = [...members, ...objects].map(([name, text]) => `${JSON.stringify(name)}:${text}`)
  return `{${texts.join(',')}}`
}
