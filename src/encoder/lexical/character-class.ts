/**
 * What the analysis does with a character depends on how its script is written, and on nothing else. The
 * classes come from Unicode properties, so a script that nobody thought of still gives words.
 */

/** Anything that ends a term: space, punctuation, symbols, lone surrogates. */
export const SEPARATOR = 1
/** Hangul syllables: words with particles and endings glued on. */
export const HANGUL = 2
/** Scripts written without spaces (Han, kana, Thai, Lao, Khmer, Burmese): no words without a dictionary. */
export const SPACELESS = 3
/** Letters of every other script: words stand between separators. */
export const LETTER = 4
/** Decimal digits. */
export const DIGIT = 5
/** Combining marks that no precomposed letter took up: they belong to the character before. */
export const MARK = 6
/** Pictures such as U+1F355: each is a term. */
export const EMOJI = 7

export type CharacterClass =
  | typeof SEPARATOR
  | typeof HANGUL
  | typeof SPACELESS
  | typeof LETTER
  | typeof DIGIT
  | typeof MARK
  | typeof EMOJI

const UNKNOWN = 0
const SPACELESS_SCRIPT =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u
const WORD_CHARACTER = /[\p{L}\p{M}\p{N}]/u

// Filled as characters turn up: testing all of Unicode at start would cost every command some 50 ms.
const basicPlane = new Uint8Array(0x10000)
const otherPlanes = new Map<number, CharacterClass>()

/** Class of the character that starts at UTF-16 index `index`; its width is {@link characterWidth}. */
export function classAt(text: string, index: number): CharacterClass {
  const unit = text.charCodeAt(index)
  const known = basicPlane[unit] as CharacterClass | typeof UNKNOWN
  if (known !== UNKNOWN) return known
  const codePoint = text.codePointAt(index) ?? 0
  if (codePoint > 0xffff) return otherPlaneClass(codePoint)
  // A high surrogate alone is a separator, but not its pair: its unit must stay unknown.
  if (unit >= 0xd800 && unit <= 0xdfff) return SEPARATOR
  return (basicPlane[unit] = classify(codePoint))
}

/** UTF-16 code units, 1 or 2, of the character at `index`. */
export function characterWidth(text: string, index: number): number {
  const unit = text.charCodeAt(index)
  // Asking for the code point takes longer, and few characters need it.
  if (!(unit >= 0xd800 && unit <= 0xdbff)) return 1
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1
}

function otherPlaneClass(codePoint: number): CharacterClass {
  let known = otherPlanes.get(codePoint)
  if (known === undefined) otherPlanes.set(codePoint, (known = classify(codePoint)))
  return known
}

function classify(codePoint: number): CharacterClass {
  const character = String.fromCodePoint(codePoint)
  // A skin tone is no subject of its own.
  if (/\p{Emoji_Modifier}/u.test(character)) return SEPARATOR
  if (/\p{Emoji_Presentation}/u.test(character)) return EMOJI
  if (!WORD_CHARACTER.test(character)) return SEPARATOR
  if (codePoint >= 0xac00 && codePoint <= 0xd7a3) return HANGUL
  if (SPACELESS_SCRIPT.test(character)) return SPACELESS
  if (/\p{M}/u.test(character)) return MARK
  return /\p{Nd}/u.test(character) ? DIGIT : LETTER
}
