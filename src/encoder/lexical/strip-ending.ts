import { ENDINGS, ENDINGS_AFTER_ONE_SYLLABLE } from './korean-endings.js'

/** Reads backwards: each edge is a syllable. */
interface EndingNode {
  readonly before: Map<number, EndingNode>
  /** Syllables that must remain before an ending that begins here; infinite where none begins. */
  minimumRemainder: number
}

const root = buildTrie()

/**
 * Where the stem of a Korean word ends: the longest known particle or ending is cut off once.
 *
 * @param text the word is `[start, end)` of it, precomposed syllables only
 * @returns an index in `(start, end]`
 */
export function endOfStem(text: string, start: number, end: number): number {
  let stemEnd = end
  let node: EndingNode | undefined = root
  for (let index = end - 1; index > start; index--) {
    node = node.before.get(text.charCodeAt(index))
    if (node === undefined) break
    if (index - start >= node.minimumRemainder) stemEnd = index
  }
  return stemEnd
}

function buildTrie(): EndingNode {
  const trie = emptyNode()
  for (const ending of ENDINGS) addEnding(trie, ending, 2)
  for (const ending of ENDINGS_AFTER_ONE_SYLLABLE) addEnding(trie, ending, 1)
  return trie
}

function addEnding(trie: EndingNode, ending: string, minimumRemainder: number): void {
  let node = trie
  for (let index = ending.length - 1; index >= 0; index--) {
    const unit = ending.charCodeAt(index)
    let next = node.before.get(unit)
    if (next === undefined) node.before.set(unit, (next = emptyNode()))
    node = next
  }
  node.minimumRemainder = Math.min(node.minimumRemainder, minimumRemainder)
}

function emptyNode(): EndingNode {
  return { before: new Map(), minimumRemainder: Infinity }
}
