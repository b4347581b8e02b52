import { type JsonNode, type JsonObjectNode, type JsonSource } from './json-source.js'
import { SourceEdits } from './source-edits.js'

/**
 * A document with a partial one laid over it, as an engine's `_update` does it: objects are merged, anything else is
 * replaced. All that stays keeps its bytes.
 */
export function mergeSource(document: JsonSource, patch: JsonSource, from: JsonObjectNode): string {
  const edits = new SourceEdits(document.text)
  if (document.root.kind === 'object') mergeInto(edits, document.root, patch.text, from)
  return edits.render()
}

/** An object's text without some of its members. */
export function withoutMembers(
  { text }: Pick<JsonSource, 'text'>,
  node: JsonObjectNode,
  names: ReadonlySet<string>,
): string {
  const kept = [...node.members.values()].filter(({ name }) => !names.has(name))
  return `{${kept.map(({ start, value }) => text.slice(start, value.end)).join(',')}}`
}

function mergeInto(edits: SourceEdits, into: JsonObjectNode, patchText: string, patch: JsonObjectNode): void {
  for (const { name, value } of patch.members.values()) {
    const known = into.members.get(name)?.value
    if (isObjectNode(known) && isObjectNode(value)) mergeInto(edits, known, patchText, value)
    else edits.setMember(into, name, patchText.slice(value.start, value.end))
  }
}

function isObjectNode(node: JsonNode | undefined): node is JsonObjectNode {
  return node?.kind === 'object'
}
