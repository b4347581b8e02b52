import { makeSnippet, type MarkedToken, type Snippet } from '../explain/snippet.js'
import type { SearchHit } from '../search/search-hit.js'
import type { Span } from '../sparse-vector.js'
import type { Explained, ShownTerm } from './api.js'
import type { LexicalExplanation } from './lexical-search.js'

/** UTF-16 units of a document's text that are shown with a hit. */
const SNIPPET_LENGTH = 220

/** @returns undefined for a document that has no token of the query */
export function sparseExplanation({ text, explanation, chunk }: SearchHit): Explained | undefined {
  if (explanation === undefined || explanation.tokens.length === 0) return undefined
  const { tokens, words, missed, missedWords, highlights, sparseScore } = explanation
  return {
    snippet: makeSnippet(text, tokens, SNIPPET_LENGTH, chunk?.span),
    sum: sparseScore,
    terms: tokens.map((token): ShownTerm => ({
      text: token.readable,
      token: token.token,
      feature: token.feature,
      contribution: token.contribution,
      share: token.share,
      ...(token.expansion !== undefined && { expansion: token.expansion }),
      weights: [token.queryWeight, token.documentWeight],
      spans: token.spans,
    })),
    words: words.map(({ word, contribution, share, expansion, spans }) => ({
      text: word,
      contribution,
      share,
      ...(expansion !== undefined && { expansion }),
      spans,
    })),
    missed: missed.map(({ readable, token, feature, queryWeight }) => ({
      text: readable,
      token,
      feature,
      weight: queryWeight,
    })),
    missedWords: missedWords.map(({ word, queryWeight, partial }) => {
      return { text: word, weight: queryWeight, partial }
    }),
    highlights: highlights.map(({ span }) => span),
    ...(chunk && { chunk: { span: chunk.span, textLength: text.length } }),
  }
}

/** @returns undefined for a document that has no term of the query */
export function lexicalExplanation({ text, spans, terms }: LexicalExplanation): Explained | undefined {
  if (terms.length === 0) return undefined
  const total = terms.reduce((sum, { contribution }) => sum + contribution, 0)
  return {
    snippet: markedSnippet(text, spans),
    sum: total,
    terms: terms.map((term) => ({ ...term, share: term.contribution / total, expansion: false })),
  }
}

/** The engine says where it found something, but not which term: equal words count as one. */
function markedSnippet(text: string, spans: readonly Span[]): Snippet {
  const words = new Map<string, Span[]>()
  for (const span of spans) {
    const word = text.slice(...span).toLowerCase()
    const known = words.get(word)
    if (known === undefined) words.set(word, [span])
    else known.push(span)
  }
  const marks = Array.from(words.values(), (spans, position): MarkedToken => ({
    spans,
    // Nearly equal: a snippet takes equal contributions for one token.
    contribution: 1 + position / 1e6,
  }))
  return makeSnippet(text, marks, SNIPPET_LENGTH)
}
