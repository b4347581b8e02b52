import type { JsonNode, JsonObjectNode } from './json-source.js'

/** Looking into parsed JSON, where anything may stand anywhere. */

/** @returns the member's value; undefined where `node` is no object or lacks it */
export function memberOf(node: JsonNode | undefined, ...path: readonly string[]): JsonNode | undefined {
  let current = node
  for (const name of path) {
    if (current?.kind !== 'object') return undefined
    current = current.members.get(name)?.value
  }
  return current
}

/** @returns the items; of anything but an array itself as the only one */
export function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  if (node === undefined) return []
  return node.kind === 'array' ? node.items : [node]
}

export function stringOf(node: JsonNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}

export function numberOf(node: JsonNode | undefined): number | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined
}

/** Name and value of an object's only member, which is the form of every query. */
export function onlyMember(node: JsonNode): readonly [name: string, value: JsonNode] | undefined {
  if (node.kind !== 'object' || node.members.size !== 1) return undefined
  const [member] = node.members.values()
  return member && [member.name, member.value]
}

/** The members of an object, none of anything else. */
export function membersOf(node: JsonNode | undefined): JsonObjectNode['members'] {
  return node?.kind === 'object' ? node.members : new Map()
}

/** The value as JavaScript has it; numbers beyond 2^53 lose digits. */
export function valueOf(node: JsonNode): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'array') return node.items.map(valueOf)
  return Object.fromEntries(Array.from(node.members.values(), ({ name, value }) => [name, valueOf(value)]))
}
