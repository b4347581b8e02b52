import type { Span, TokenSpans } from '../sparse-vector.js'
import type { TextTokenizer } from '../tokenizer/text-tokenizer.js'

/** The token as people read it, see {@link TextTokenizer.surfaceOf}; one that the vocabulary lacks stays as it is. */
export function readableToken(tokenizer: TextTokenizer, token: string, standsIn?: string): string {
  const id = tokenizer.idOf(token)
  return id === undefined ? token : tokenizer.surfaceOf(id, standsIn)
}

/** Places of a vocabulary's tokens in a text, over its whole length; special tokens left out. */
export function locateTokens(tokenizer: TextTokenizer, text: string): TokenSpans {
  const { ids, spans, words } = tokenizer.tokenize(text)
  const located = new Map<string, Span[]>()
  ids.forEach((id, index) => {
    if (words[index] === -1 || tokenizer.specialIds.has(id)) return
    const token = tokenizer.tokenOf(id)
    const span: Span = [spans[2 * index] ?? 0, spans[2 * index + 1] ?? 0]
    const known = located.get(token)
    if (known === undefined) located.set(token, [span])
    else known.push(span)
  })
  return located
}
