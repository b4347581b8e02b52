import { characterAt } from './aligned-text.js'
import type { SpaceTrimming } from './post-processor.js'
import type { TokenList } from './token-list.js'

/**
 * Takes the spaces at both ends of a token out of its span, as byte-level post-processors do: as many characters
 * as the token has spaces, be they spaces in the text or not.
 *
 * Source: tokenizers, pre_tokenizers/byte_level.rs, `process_offsets`.
 *
 * @param tokens changed in place
 * @param text the text that they came from
 * @param tokenText raw form of a token; for an added token, the text that it was found in
 */
export function trimSpans(
  tokens: TokenList,
  trimming: SpaceTrimming,
  text: string,
  tokenText: (id: number, start: number, end: number) => string,
): void {
  tokens.rewriteSpans((id, start, end, index) => {
    const token = tokenText(id, start, end)
    const leading = LEADING_SPACES.exec(token)?.[0].length ?? 0
    const trailing = TRAILING_SPACES.exec(token)?.[0].length ?? 0
    // The pre-tokenizer's own space is not in the text: nothing to take out for it.
    const isAddedSpace = trimming.hasAddedSpace && leading === 1 && (index === 0 || start === 0)
    const newStart = isAddedSpace ? start : Math.min(forward(text, start, leading), end)
    return [newStart, Math.max(backward(text, end, trailing), newStart)]
  })
}

/** Spaces as the byte alphabet writes them, and any whitespace itself. */
const LEADING_SPACES = /^[Ġ\p{White_Space}]+/u
const TRAILING_SPACES = /[Ġ\p{White_Space}]+$/u

function forward(text: string, unit: number, characters: number): number {
  let place = unit
  for (let count = 0; count < characters; count++) place += characterAt(text, place).length
  return place
}

function backward(text: string, unit: number, characters: number): number {
  let place = unit
  for (let count = 0; count < characters; count++) place -= isPairBefore(text, place) ? 2 : 1
  return place
}

function isPairBefore(text: string, unit: number): boolean {
  return unit >= 2 && (text.codePointAt(unit - 2) ?? 0) > 0xffff
}
