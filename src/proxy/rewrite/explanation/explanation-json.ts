import type { WordContribution } from '../../../explain/by-word.js'
import type { TokenContribution } from '../../../explain/contributions.js'
import type { MissedToken, MissedWord } from '../../../explain/missed.js'
import { makeSnippet } from '../../../explain/snippet.js'
import type { SearchHit } from '../../../search/search-hit.js'
import type { WeighedClause } from '../query/weighed-clause.js'

/** Tokens that an explanation names, heaviest first; the others are counted. */
const SHOWN_TOKENS = 10
/** UTF-16 units of text around the heaviest tokens. */
const SNIPPET_LENGTH = 200

/**
 * What one sparse query gave to one hit, as it is added to the hit.
 *
 * @param hit undefined for a document that could not be asked for again
 */
export function toExplanationJson(
  { clause, meta, vector }: WeighedClause,
  hit: SearchHit | undefined,
): object {
  const asked = {
    field: meta.field,
    ...('text' in clause.wanted && { query: clause.wanted.text }),
    ...(clause.name !== undefined && { _name: clause.name }),
  }
  if (vector.size === 0) return { ...asked, tokens: [], note: 'the query has no token that the model knows' }
  if (hit === undefined) return { ...asked, tokens: [], note: 'the document is not in the index any more' }
  const { explanation } = hit
  const missed = explanation?.missed.slice(0, SHOWN_TOKENS).map(missedJson) ?? []
  const missedWords = explanation?.missedWords.slice(0, SHOWN_TOKENS).map(missedWordJson) ?? []
  if (explanation === undefined || explanation.tokens.length === 0) {
    const note = `none of the query's ${vector.size} tokens is in the document's vector`
    return { ...asked, score: 0, tokens: [], missed, missed_words: missedWords, note }
  }
  const shown = explanation.tokens.slice(0, SHOWN_TOKENS)
  return {
    ...asked,
    score: Math.fround(explanation.sparseScore),
    tokens: shown.map(tokenJson),
    more_tokens: explanation.tokens.length - shown.length,
    words: explanation.words.slice(0, SHOWN_TOKENS).map(wordJson),
    missed,
    more_missed: explanation.missed.length - missed.length,
    missed_words: missedWords,
    ...(hit.chunk && { chunk: hit.chunk.span }),
    highlights: explanation.highlights.map(({ span }) => span),
    highlight: highlight(hit),
  }
}

function tokenJson(token: TokenContribution): object {
  return {
    token: token.token,
    readable: token.readable,
    feature: token.feature,
    expansion: token.expansion,
    query_weight: token.queryWeight,
    document_weight: token.documentWeight,
    contribution: token.contribution,
    share: token.share,
    spans: token.spans,
  }
}

function wordJson({ word, expansion, contribution, share, tokens, spans }: WordContribution): object {
  return { word, expansion, contribution, share, tokens: tokens.map(({ readable }) => readable), spans }
}

function missedJson({ token, readable, feature, queryWeight }: MissedToken): object {
  return { token, readable, feature, query_weight: queryWeight }
}

function missedWordJson({ word, expansion, partial, queryWeight, tokens, spans }: MissedWord): object {
  const readable = tokens.map((token) => token.readable)
  return { word, expansion, partial, query_weight: queryWeight, tokens: readable, spans }
}

/** The stretch of the encoded text that most of the score comes from, its tokens in `<em>` as engines mark them. */
function highlight({ text, tokens, chunk }: SearchHit): string {
  const { cutBefore, cutAfter, pieces } = makeSnippet(text, tokens, SNIPPET_LENGTH, chunk?.span)
  const marked = pieces.map((piece) => (piece.highlighted ? `<em>${piece.text}</em>` : piece.text)).join('')
  return `${cutBefore ? '…' : ''}${marked}${cutAfter ? '…' : ''}`
}
