import { LATER_PUNCTUATION } from './later-unicode.js'

/** A set of characters given by a regular expression, with the answers for the first 65,536 remembered. */
export class CharacterClass {
  /** 0 not asked yet, 1 outside, 2 inside. */
  private readonly answers = new Uint8Array(0x10000)

  /** @param pattern matches one character of the set, with the `u` flag and without `g` or `y` */
  constructor(private readonly pattern: RegExp) {}

  /** @param codePoint 0 to 0x10ffff */
  has(codePoint: number): boolean {
    if (codePoint > 0xffff) return this.ask(codePoint)
    const known = this.answers[codePoint]
    if (known !== 0) return known === 2
    const answer = this.ask(codePoint)
    this.answers[codePoint] = answer ? 2 : 1
    return answer
  }

  private ask(codePoint: number): boolean {
    return this.pattern.test(String.fromCodePoint(codePoint))
  }
}

/** Unicode White_Space, as Rust's `char::is_whitespace` and Oniguruma's `\s`; JavaScript's `\s` adds U+FEFF. */
export const WHITE_SPACE = new CharacterClass(/\p{White_Space}/u)

/** What BERT splits off: Unicode punctuation (as of version 8, with U+166D and U+111C9) and every ASCII symbol. */
export const BERT_PUNCTUATION = new CharacterClass(
  new RegExp(`(?![${LATER_PUNCTUATION}])[\\p{P}\\u166d\\u{111c9}$+<=>^\`|~]`, 'u'),
)

/** Unicode letters. */
export const LETTER = new CharacterClass(/\p{L}/u)

/** Unicode numbers of every kind, as Rust's `char::is_numeric`. */
export const NUMBER = new CharacterClass(/\p{N}/u)

/** `\w` of Rust's regular expressions. */
export const WORD_CHARACTER = new CharacterClass(/[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u)
