import type { Encoder } from '../encoder/encoder.js'
import type { JsonObject } from '../engine/json.js'
import type { TokenContribution } from '../explain/contributions.js'
import { makeSnippet, type Snippet } from '../explain/snippet.js'
import type { SearchHit } from '../search/search-hit.js'
import type { Span } from '../sparse-vector.js'
import type { Explained, ShownTerm } from './api.js'
import type { LexicalExplanation } from './lexical-search.js'

/** UTF-16 units of a document's text that are shown with a hit. */
const SNIPPET_LENGTH = 220

/** What stands above a hit. Empty for a document without a title. */
export function titleOf({ title }: JsonObject): string {
  return typeof title === 'string' ? title : ''
}

/** @returns undefined for a document that has no token of the query */
export function sparseExplanation(
  { text, tokens, chunk }: SearchHit,
  { readable }: Pick<Encoder, 'readable'>,
): Explained | undefined {
  if (tokens.length === 0) return undefined
  return {
    snippet: makeSnippet(text, tokens, SNIPPET_LENGTH, chunk?.span),
    terms: tokens.map(({ token, contribution, share, queryWeight, documentWeight, spans }): ShownTerm => ({
      text: readable?.(token) ?? token,
      contribution,
      share,
      expansion: spans.length === 0,
      weights: [queryWeight, documentWeight],
    })),
  }
}

/** @returns undefined for a document that has no term of the query */
export function lexicalExplanation({ text, spans, terms }: LexicalExplanation): Explained | undefined {
  if (terms.length === 0) return undefined
  const total = terms.reduce((sum, { contribution }) => sum + contribution, 0)
  return {
    snippet: markedSnippet(text, spans),
    terms: terms.map((term) => ({ ...term, share: term.contribution / total, expansion: false })),
  }
}

/** The engine says where it found something, but not which term: equal words count as one. */
function markedSnippet(text: string, spans: readonly Span[]): Snippet {
  const words = new Map<string, Span[]>()
  for (const span of spans) {
    const word = text.slice(...span).toLowerCase()
    words.set(word, [...(words.get(word) ?? []), span])
  }
  const marks = Array.from(words, ([token, places], position): TokenContribution => ({
    token,
    spans: places,
    queryWeight: 1,
    documentWeight: 1,
    // Nearly equal: a snippet takes equal contributions for one token.
    contribution: 1 + position / 1e6,
    share: 0,
  }))
  return makeSnippet(text, marks, SNIPPET_LENGTH)
}
