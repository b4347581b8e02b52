import { sentenceEnds } from './sentence-ends.js'
import type { TokenizedText } from './text-tokenizer.js'

/** How well a text may be cut before a token; higher is better. */
export const EDGE = Object.freeze({
  /** The tokens on both sides are parts of one character. */
  insideCharacter: 0,
  insideWord: 1,
  word: 2,
  space: 3,
  sentence: 4,
})

/** Tokens that a sentence's end is looked for beyond: its rules need to see what follows. */
const LOOKAHEAD = 8

/**
 * Rates the cuts before the tokens `first` to `last`.
 *
 * @param text what `tokenized` was made of
 * @param first at least 1
 * @param last inclusive, a token of the text
 * @returns one of {@link EDGE} a token
 */
export function rateEdges(text: string, tokenized: TokenizedText, first: number, last: number): Uint8Array {
  const ratings = new Uint8Array(last - first + 1)
  for (let token = first; token <= last; token++) ratings[token - first] = rateEdge(text, tokenized, token)
  markSentenceEnds(text, tokenized, first, ratings)
  return ratings
}

/** Rates the cut before a token, ends of sentences left aside. */
export function rateEdge(text: string, { spans, words }: TokenizedText, token: number): number {
  const start = spans[2 * token] ?? 0
  const endBefore = spans[2 * token - 1] ?? 0
  if (start < endBefore) return EDGE.insideCharacter
  if (words[token] === words[token - 1]) return EDGE.insideWord
  return start > endBefore || isSpace(text, start) || isSpace(text, start - 1) ? EDGE.space : EDGE.word
}

function markSentenceEnds(
  text: string,
  { spans, words }: TokenizedText,
  first: number,
  ratings: Uint8Array,
): void {
  let last = Math.min(words.length, first + ratings.length + LOOKAHEAD) - 1
  while (words[last] === -1) last--
  let token = 0
  for (const end of sentenceEnds(text, spans[2 * (first - 1)] ?? 0, spans[2 * last + 1] ?? 0)) {
    // A byte-level token may start with the space that stands behind the sentence.
    const endOfWords = end - spaceBefore(text, end)
    while (token < ratings.length && (spans[2 * (first + token)] ?? 0) < endOfWords) token++
    if (token === ratings.length) return
    if ((spans[2 * (first + token) - 1] ?? 0) <= end) ratings[token] = EDGE.sentence
  }
}

function spaceBefore(text: string, end: number): number {
  let length = 0
  while (isSpace(text, end - length - 1)) length++
  return length
}

function isSpace(text: string, at: number): boolean {
  return /\s/.test(text.charAt(at))
}
