import type { Span } from '../sparse-vector.js'
import type { TokenContribution } from './contributions.js'
import { isLowSurrogate } from './text-stretches.js'

/** A stretch of a document's text, cut where most of the score comes from. */
export interface Snippet {
  /** True if text was left out before, or after. */
  readonly cutBefore: boolean
  readonly cutAfter: boolean
  /** The stretch in order; `highlighted` pieces carry matched tokens. */
  readonly pieces: readonly SnippetPiece[]
}

export interface SnippetPiece {
  readonly text: string
  readonly highlighted: boolean
}

/** What a snippet needs to know of a token. */
export type MarkedToken = Pick<TokenContribution, 'spans' | 'contribution'>

interface WeightedSpan {
  readonly span: Span
  readonly contribution: number
}

/** A window may start this much earlier to begin at a word. */
const WORD_SLACK = 24

/**
 * Picks the window of at most `length` UTF-16 units whose matched tokens contributed most, each token counted
 * once, and marks the tokens in it. Overlapping marks are joined.
 *
 * @param within the part of the text to pick from, for example the chunk that matched. Default: all of it
 */
export function makeSnippet(
  text: string,
  contributions: readonly MarkedToken[],
  length: number,
  within: Span = [0, text.length],
): Snippet {
  const spans = contributions
    .flatMap(({ spans: places, contribution }) =>
      places.map((span): WeightedSpan => ({ span, contribution })),
    )
    .filter(({ span }) => span[0] >= within[0] && span[1] <= within[1])
    .sort((a, b) => a.span[0] - b.span[0])
  const [first, last] = within
  const best = bestStart(spans, first, length)
  const start = last - first <= length ? first : Math.max(first, startOfWord(text, best))
  const end = last - start <= length ? last : endOfWord(text, start + length)
  const inside = joinOverlapping(
    spans.map(({ span }) => span).filter(([from, to]) => from >= start && to <= end),
  )
  return { cutBefore: start > 0, cutAfter: end < text.length, pieces: cut(text, start, end, inside) }
}

/** Tries a window from each matched token on; documents have few, and windows hold few of those. */
function bestStart(spans: readonly WeightedSpan[], first: number, length: number): number {
  let best = { start: first, sum: -1 }
  spans.forEach(({ span: [start] }, index) => {
    const counted = new Set<number>()
    for (let i = index; i < spans.length; i++) {
      const candidate = spans[i]
      if (candidate === undefined || candidate.span[1] > start + length) break
      // One token has one contribution, so equal contributions are the same token but for rare ties.
      counted.add(candidate.contribution)
    }
    const sum = [...counted].reduce((total, contribution) => total + contribution, 0)
    if (sum > best.sum) best = { start, sum }
  })
  return best.start
}

function startOfWord(text: string, start: number): number {
  const before = text.slice(Math.max(0, start - WORD_SLACK), start)
  const sentence = before.search(/(?<=[.!?]\s+)\S*$/u)
  const offset = sentence >= 0 ? sentence : before.search(/\S*$/u)
  return characterStart(text, start - (before.length - offset))
}

function endOfWord(text: string, end: number): number {
  const space = text.lastIndexOf(' ', end)
  return space > end - WORD_SLACK ? space : characterStart(text, end)
}

/** Half of a character cannot be shown. */
function characterStart(text: string, at: number): number {
  return isLowSurrogate(text.charCodeAt(at)) ? at - 1 : at
}

function joinOverlapping(spans: readonly Span[]): readonly Span[] {
  const joined: [number, number][] = []
  for (const [start, end] of spans) {
    const last = joined.at(-1)
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
    else joined.push([start, end])
  }
  return joined
}

function cut(text: string, start: number, end: number, marks: readonly Span[]): readonly SnippetPiece[] {
  const pieces: SnippetPiece[] = []
  let position = start
  for (const [from, to] of marks) {
    pieces.push(
      { text: text.slice(position, from), highlighted: false },
      { text: text.slice(from, to), highlighted: true },
    )
    position = to
  }
  pieces.push({ text: text.slice(position, end), highlighted: false })
  return pieces.filter((piece) => piece.text !== '')
}
