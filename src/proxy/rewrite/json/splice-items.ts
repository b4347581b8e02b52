import type { WholeAnswer } from '../../rewriter.js'
import { type JsonSource, JsonSyntaxError, parseJsonSource } from './json-source.js'
import { itemsOf, memberOf, onlyMember } from './read-node.js'
import { SourceEdits } from './source-edits.js'

/** Items that the proxy answers for itself as JSON, by their places among all items that the client sent. */
export type OwnItems = ReadonlyMap<number, string>

/**
 * Puts items of the proxy's own into an answer that lists one item for each that was sent on.
 *
 * @param list name of the array, `items` or `responses`
 * @param members further members of the answer to set, such as `errors`
 */
export function spliceItems(
  answer: WholeAnswer,
  list: string,
  own: OwnItems,
  members: Readonly<Record<string, string>> = {},
): WholeAnswer {
  if (answer.status >= 300) return answer
  const source = readAnswer(answer)
  if (source?.root.kind !== 'object') return answer
  const { text, root } = source
  const edits = new SourceEdits(text)
  // Without the array, which `filter_path` can take away, there are only the own items to tell of.
  const items = itemsOf(memberOf(root, list)).map(({ start, end }) => text.slice(start, end))
  edits.setMember(root, list, `[${mergeItems(items, own).join(',')}]`)
  for (const [name, value] of Object.entries(members)) edits.setMember(root, name, value)
  return { ...answer, body: Buffer.from(edits.render()) }
}

/**
 * Gives items of a `_bulk` answer the names of the actions that the client sent.
 *
 * @param names one an item; undefined leaves the item's own
 */
export function renameItems(answer: WholeAnswer, names: readonly (string | undefined)[]): WholeAnswer {
  const source = readAnswer(answer)
  const items = itemsOf(memberOf(source?.root, 'items'))
  // With `filter_path` the answer may list some only, and nobody knows which.
  if (source === undefined || items.length !== names.length) return answer
  const edits = new SourceEdits(source.text)
  items.forEach((item, place) => {
    const only = onlyMember(item)
    const name = names[place]
    if (only === undefined || name === undefined) return
    edits.replace(item, `{${JSON.stringify(name)}:${source.text.slice(only[1].start, only[1].end)}}`)
  })
  return { ...answer, body: Buffer.from(edits.render()) }
}

/**
 * Own items stand where they were sent, the engine's fill the places between. Of an answer that lists fewer than were
 * sent, which `filter_path` can do, they come last.
 */
export function mergeItems(items: readonly string[], own: OwnItems): readonly string[] {
  const theirs = items.values()
  const merged = Array.from(
    { length: items.length + own.size },
    (_, place) => own.get(place) ?? nextOf(theirs),
  )
  const late = [...own].filter(([place]) => place >= items.length + own.size).map(([, text]) => text)
  return [...merged, ...late].filter((text) => text !== undefined)
}

/** @returns undefined for an answer that is no JSON */
export function readAnswer({ body }: WholeAnswer): JsonSource | undefined {
  try {
    return parseJsonSource(body.toString())
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined
    throw error
  }
}

function nextOf(items: Iterator<string>): string | undefined {
  const next = items.next()
  return next.done === true ? undefined : next.value
}
