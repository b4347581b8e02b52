import type { Span } from '../sparse-vector.js'
import type { TokenContribution } from './contributions.js'
import { groupByWord, type WordGroup } from './word-groups.js'

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
 * Puts the contributions of a word's pieces together. Each token counts for one word, so that the sum of all stays the
 * score.
 *
 * @param text what was encoded, which the spans are places in
 * @returns heaviest word first; equal ones by their place
 */
export function contributionsByWord(
  text: string,
  tokens: readonly TokenContribution[],
): readonly WordContribution[] {
  const { words, apart } = groupByWord(text, tokens)
  return [...words.map(toWord), ...apart.map(alone)].sort((a, b) => b.contribution - a.contribution)
}

function toWord({ word, tokens, spans }: WordGroup<TokenContribution>): WordContribution {
  const sum = (value: (token: TokenContribution) => number): number =>
    tokens.reduce((total, token) => total + value(token), 0)
  return {
    word,
    expansion: false,
    contribution: sum(({ contribution }) => contribution),
    share: sum(({ share }) => share),
    tokens,
    spans,
  }
}

function alone(token: TokenContribution): WordContribution {
  const { contribution, share, expansion, readable: word } = token
  return {
    word,
    ...(expansion !== undefined && { expansion }),
    contribution,
    share,
    tokens: [token],
    spans: [],
  }
}
