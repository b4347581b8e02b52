import type { Span } from '../sparse-vector.js'
import { contributionsByWord, type WordContribution } from './by-word.js'
import { explainHit, type ExplainHitInput, type TokenContribution } from './contributions.js'
import { missedByWord, type MissedToken, missedTokens, type MissedWord } from './missed.js'

/** A stretch of the text where matched tokens stand; no two of a hit overlap. */
export interface Highlight {
  readonly span: Span
  /** Tokens in it, heaviest first: pieces that overlap or touch are one stretch. */
  readonly tokens: readonly string[]
  /** The same tokens in the same order, as people read them. */
  readonly readable: readonly string[]
}

/** Why a document has its score: the one form in which library, command line, proxy and page explain a hit. */
export interface HitExplanation {
  /** What the sparse query gave: the sum of the contributions. */
  readonly sparseScore: number
  /** Contributions, heaviest first; their shares add up to 1. */
  readonly tokens: readonly TokenContribution[]
  /** The same, with the pieces of a word put together. */
  readonly words: readonly WordContribution[]
  /** Heaviest first. */
  readonly missed: readonly MissedToken[]
  /** The same, with the tokens of a word of the query put together. */
  readonly missedWords: readonly MissedWord[]
  /** In order of the text. */
  readonly highlights: readonly Highlight[]
}

export interface ToHitExplanationInput extends ExplainHitInput {
  readonly text: string
}

/** @returns the explanation of a hit by its sparse query alone; what else its score holds, only the engine knows */
export function toHitExplanation(input: ToHitExplanationInput): HitExplanation {
  const { query, text, asked } = input
  const tokens = explainHit(input)
  const missed = missedTokens(query, new Set(tokens.map(({ token }) => token)), input)
  return {
    sparseScore: tokens.reduce((sum, { contribution }) => sum + contribution, 0),
    tokens,
    words: contributionsByWord(text, tokens),
    missed,
    missedWords: missedByWord(missed, query, asked),
    highlights: highlightsOf(tokens),
  }
}

/** Joins what overlaps, since no text can be marked twice. */
export function highlightsOf(
  tokens: readonly Pick<TokenContribution, 'token' | 'readable' | 'spans'>[],
): readonly Highlight[] {
  const places = tokens
    .flatMap((token, weight) => token.spans.map(([start, end]) => ({ start, end, token, weight })))
    .sort((a, b) => a.start - b.start || b.end - a.end)
  const joined: { start: number; end: number; tokens: Map<(typeof tokens)[number], number> }[] = []
  for (const { start, end, token, weight } of places) {
    const last = joined.at(-1)
    if (last !== undefined && start <= last.end) {
      last.end = Math.max(last.end, end)
      last.tokens.set(token, weight)
    } else joined.push({ start, end, tokens: new Map([[token, weight]]) })
  }
  return joined.map(({ start, end, tokens: inside }) => {
    const heaviestFirst = [...inside].sort(([, a], [, b]) => a - b).map(([token]) => token)
    return {
      span: [start, end],
      tokens: heaviestFirst.map(({ token }) => token),
      readable: heaviestFirst.map(({ readable }) => readable),
    }
  })
}
