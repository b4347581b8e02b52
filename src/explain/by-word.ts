import type { Span } from '../sparse-vector.js'
import type { TokenContribution } from './contributions.js'

/** What the tokens of one word gave together, or a token that stands in no word of the text. */
export interface WordContribution {
  /** The word as it stands in the text, or a token as people read it. */
  readonly word: string
  /** True for a token that the model added: it does not stand in the text. Absent where nobody knows. */
  readonly expansion?: boolean
  readonly contribution: number
  /** Part of the sparse score, 0-1. */
  readonly share: number
  /** Heaviest first. */
  readonly tokens: readonly TokenContribution[]
  /** Where the word stands; of a word that comes several times, each place. */
  readonly spans: readonly Span[]
}

/**
 * Puts the pieces of a word together: `보스`, `스턴` and `보스턴` are one word to a reader. A token that stands in several
 * words counts for the one whose other tokens are the heaviest, so that the sum of all stays the score.
 *
 * @param text what was encoded, which the spans are places in
 * @returns heaviest word first; equal ones by their place
 */
export function contributionsByWord(
  text: string,
  tokens: readonly TokenContribution[],
): readonly WordContribution[] {
  const wordAt = wordFinder(text)
  const groups = new Map<string, { tokens: TokenContribution[]; spans: Map<number, Span> }>()
  const added: WordContribution[] = []
  // Heaviest first, so that a light piece joins the word that a heavy one has opened.
  for (const token of tokens) {
    const words = token.spans.map(wordAt)
    const [first] = words
    if (first === undefined) {
      const { contribution, share, expansion, readable: word } = token
      const known = expansion !== undefined && { expansion }
      added.push({ word, ...known, contribution, share, tokens: [token], spans: [] })
      continue
    }
    const chosen = words.find(({ key }) => groups.has(key)) ?? first
    const group = groups.get(chosen.key) ?? { tokens: [], spans: new Map<number, Span>() }
    group.tokens.push(token)
    for (const { key, span } of words) if (key === chosen.key) group.spans.set(span[0], span)
    groups.set(chosen.key, group)
  }
  const present = [...groups.values()].map((group) => toWord(text, group.tokens, [...group.spans.values()]))
  return [...present, ...added].sort((a, b) => b.contribution - a.contribution)
}

interface FoundWord {
  /** Equal for places of the same word. */
  readonly key: string
  readonly span: Span
}

/** Words by the rules of Unicode, and by dictionaries where a script has no spaces. */
function wordFinder(text: string): (span: Span) => FoundWord {
  const segments = new Intl.Segmenter('und', { granularity: 'word' }).segment(text)
  return ([start, end]) => {
    const segment = segments.containing(start)
    const from = segment?.index ?? start
    const to = Math.max(end, from + (segment?.segment.length ?? 0))
    return { key: text.slice(from, to).toLowerCase(), span: [from, to] }
  }
}

function toWord(
  text: string,
  tokens: readonly TokenContribution[],
  spans: readonly Span[],
): WordContribution {
  const sum = (value: (token: TokenContribution) => number): number =>
    tokens.reduce((total, token) => total + value(token), 0)
  const [[start, end] = [0, 0]] = spans
  return {
    word: text.slice(start, end),
    expansion: false,
    contribution: sum(({ contribution }) => contribution),
    share: sum(({ share }) => share),
    tokens,
    spans: [...spans].sort(([a], [b]) => a - b),
  }
}
