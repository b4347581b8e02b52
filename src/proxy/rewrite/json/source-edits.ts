import type { JsonArrayNode, JsonNode, JsonObjectNode } from './json-source.js'

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Changes to a JSON text, each at one place; all other text stays. */
export class SourceEdits {
  private readonly edits: Edit[] = []
  private readonly grown = new Set<JsonNode>()

  constructor(readonly text: string) {}

  get isEmpty(): boolean {
    return this.edits.length === 0
  }

  /** The same edits so far; those made to it are its own. */
  copy(): SourceEdits {
    const copy = new SourceEdits(this.text)
    copy.edits.push(...this.edits)
    for (const node of this.grown) copy.grown.add(node)
    return copy
  }

  /** Replaces a value; edits inside it count no longer. */
  replace({ start, end }: JsonNode, text: string): void {
    this.edits.push({ start, end, text })
  }

  /** Adds a member at the end of an object, or an item at the end of an array. */
  append(node: JsonObjectNode | JsonArrayNode, text: string): void {
    const isEmpty = (node.kind === 'object' ? node.members.size : node.items.length) === 0
    const comma = isEmpty && !this.grown.has(node) ? '' : ','
    this.grown.add(node)
    this.edits.push({ start: node.end - 1, end: node.end - 1, text: `${comma}${text}` })
  }

  /** Sets a member's value, whether it was there or not. */
  setMember(node: JsonObjectNode, name: string, text: string): void {
    const member = node.members.get(name)
    if (member === undefined) this.append(node, `${JSON.stringify(name)}:${text}`)
    else this.replace(member.value, text)
  }

  /** Takes a member out, with one comma beside it. At most one of an object. */
  removeMember(node: JsonObjectNode, name: string): void {
    const members = [...node.members.values()]
    const position = members.findIndex((member) => member.name === name)
    const [before, removed, after] = [members[position - 1], members[position], members[position + 1]]
    if (removed === undefined) return
    const start = after === undefined && before !== undefined ? before.value.end : removed.start
    this.edits.push({ start, end: after?.start ?? removed.value.end, text: '' })
  }

  /** A value's text with the edits inside it, or what replaces it. Default: the whole text. */
  render({ start, end }: Pick<JsonNode, 'start' | 'end'> = { start: 0, end: this.text.length }): string {
    const inside = this.edits
      .filter((edit) => edit.start >= start && edit.end <= end)
      .sort((a, b) => a.start - b.start || b.end - a.end)
    let rendered = ''
    let position = start
    for (const edit of inside) {
      // Inside of what was replaced already.
      if (edit.start < position) continue
      rendered += this.text.slice(position, edit.start) + edit.text
      position = edit.end
    }
    return rendered + this.text.slice(position, end)
  }
}
