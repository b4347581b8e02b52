import { LETTER, NUMBER, WHITE_SPACE } from './character-class.js'

/**
 * Cuts a text as GPT-2's expression does:
 * `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
 * Written out, because V8 overflows its stack on words of a few million characters.
 *
 * @returns where each word ends, in UTF-16 units; the words cover the text
 */
export function gpt2WordEnds(text: string): readonly number[] {
  const ends: number[] = []
  for (let start = 0; start < text.length;) {
    start = contractionEnd(text, start) ?? runAfterSpaceEnd(text, start) ?? whitespaceEnd(text, start)
    ends.push(start)
  }
  return ends
}

const CONTRACTIONS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"]

function contractionEnd(text: string, start: number): number | undefined {
  if (text.charCodeAt(start) !== 0x27) return undefined
  const found = CONTRACTIONS.find((contraction) => text.startsWith(contraction, start))
  return found === undefined ? undefined : start + found.length
}

/** At most one space, then the longest run of letters, of numbers, or of other visible characters. */
function runAfterSpaceEnd(text: string, start: number): number | undefined {
  const first = text.charCodeAt(start) === 0x20 ? start + 1 : start
  const kind = kindAt(text, first)
  if (kind === 'space' || kind === 'end') return undefined
  let end = first
  while (kindAt(text, end) === kind) end += lengthAt(text, end)
  return end
}

/** Whitespace up to the end of the text, or all of a run but the last, which belongs to the word after it. */
function whitespaceEnd(text: string, start: number): number {
  let end = start
  while (kindAt(text, end) === 'space') end++
  return end === text.length || end === start + 1 ? end : end - 1
}

function kindAt(text: string, unit: number): 'space' | 'letter' | 'number' | 'other' | 'end' {
  const codePoint = text.codePointAt(unit)
  if (codePoint === undefined) return 'end'
  if (LETTER.has(codePoint)) return 'letter'
  if (WHITE_SPACE.has(codePoint)) return 'space'
  return NUMBER.has(codePoint) ? 'number' : 'other'
}

function lengthAt(text: string, unit: number): number {
  return (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1
}
