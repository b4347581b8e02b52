import type { TokenContribution } from '../../../explain/contributions.js'
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
  { clause, meta, vector, encoder }: WeighedClause,
  hit: SearchHit | undefined,
): object {
  const asked = {
    field: meta.field,
    ...('text' in clause.wanted && { query: clause.wanted.text }),
    ...(clause.name !== undefined && { _name: clause.name }),
  }
  if (vector.size === 0) return { ...asked, tokens: [], note: 'the query has no token that the model knows' }
  if (hit === undefined) return { ...asked, tokens: [], note: 'the document is not in the index any more' }
  if (hit.tokens.length === 0)
    return {
      ...asked,
      tokens: [],
      note: `none of the query's ${vector.size} tokens is in the document's vector`,
    }
  const shown = hit.tokens.slice(0, SHOWN_TOKENS)
  return {
    ...asked,
    score: Math.fround(hit.tokens.reduce((sum, { contribution }) => sum + contribution, 0)),
    tokens: shown.map((token) => tokenJson(token, encoder.readable)),
    more_tokens: hit.tokens.length - shown.length,
    ...(hit.chunk && { chunk: hit.chunk.span }),
    highlight: highlight(hit),
  }
}

function tokenJson(
  { token, queryWeight, documentWeight, contribution, share, spans }: TokenContribution,
  readable: ((token: string) => string) | undefined,
): object {
  const shown = readable?.(token) ?? token
  return {
    token,
    ...(shown !== token && { readable: shown }),
    query_weight: queryWeight,
    document_weight: documentWeight,
    contribution,
    share,
    spans,
  }
}

/** The stretch of the encoded text that most of the score comes from, its tokens in `<em>` as engines mark them. */
function highlight({ text, tokens, chunk }: SearchHit): string {
  const { cutBefore, cutAfter, pieces } = makeSnippet(text, tokens, SNIPPET_LENGTH, chunk?.span)
  const marked = pieces.map((piece) => (piece.highlighted ? `<em>${piece.text}</em>` : piece.text)).join('')
  return `${cutBefore ? '…' : ''}${marked}${cutAfter ? '…' : ''}`
}
