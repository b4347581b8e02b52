import type { Span } from '../sparse-vector.js'
import { stretchFinder } from './text-stretches.js'

/** The tokens of one word of a text. */
export interface WordGroup<Token> {
  /** As it stands in the text, where it comes first. */
  readonly word: string
  /** In the order in which they were given. */
  readonly tokens: readonly Token[]
  /** Where the word stands, in order; of a word that comes several times, each place. */
  readonly spans: readonly Span[]
}

/** Tokens by the words that they stand in. */
export interface WordGroups<Token> {
  readonly words: readonly WordGroup<Token>[]
  /** Tokens that stand nowhere in the text. */
  readonly apart: readonly Token[]
}

/**
 * Puts the pieces of a word together: `보스`, `스턴` and `보스턴` are one word to a reader. A token that stands in several
 * words counts for one of them: the one that a token before it has opened.
 *
 * @param text what the spans are places in
 * @param tokens heaviest first, so that a light piece joins the word that a heavy one has opened
 */
export function groupByWord<Token extends { readonly spans: readonly Span[] }>(
  text: string,
  tokens: readonly Token[],
): WordGroups<Token> {
  const wordAt = wordFinder(text)
  const groups = new Map<string, { tokens: Token[]; spans: Map<number, Span> }>()
  const apart: Token[] = []
  for (const token of tokens) {
    const words = token.spans.map(wordAt)
    const [first] = words
    if (first === undefined) {
      apart.push(token)
      continue
    }
    const chosen = words.find(({ key }) => groups.has(key)) ?? first
    const group = groups.get(chosen.key) ?? { tokens: [], spans: new Map<number, Span>() }
    group.tokens.push(token)
    for (const { key, span } of words) if (key === chosen.key) group.spans.set(span[0], span)
    groups.set(chosen.key, group)
  }
  return { words: [...groups.values()].map((group) => toWordGroup(text, group.tokens, group.spans)), apart }
}

function toWordGroup<Token>(
  text: string,
  tokens: readonly Token[],
  places: ReadonlyMap<number, Span>,
): WordGroup<Token> {
  const spans = [...places.values()].sort(([a], [b]) => a - b)
  const [[start, end] = [0, 0]] = spans
  return { word: text.slice(start, end), tokens, spans }
}

interface FoundWord {
  /** Equal for places of the same word. */
  readonly key: string
  readonly span: Span
}

/** Words by the rules of Unicode, and by dictionaries where a script has no spaces. */
function wordFinder(text: string): (span: Span) => FoundWord {
  const stretchAt = stretchFinder(text)
  return ([start, end]) => {
    const stretch = stretchAt(start)
    const segment = stretch.words.containing(start - stretch.start)
    const from = segment === undefined ? start : stretch.start + segment.index
    const to = Math.max(end, from + (segment?.segment.length ?? 0))
    return { key: text.slice(from, to).toLowerCase(), span: [from, to] }
  }
}
