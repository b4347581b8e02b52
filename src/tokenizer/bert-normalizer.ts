import type { JsonCursor } from './json-cursor.js'
import { LATER_FORMAT_CHARACTERS, LATER_MARKS } from './later-unicode.js'
import type { Normalizer } from './normalizer.js'
import { normalizeAs } from './unicode-form.js'

interface BertOptions {
  readonly cleanText: boolean
  readonly padIdeographs: boolean
  readonly stripAccents: boolean
  readonly lowercase: boolean
}

const DROPPED = new RegExp(`(?![${LATER_FORMAT_CHARACTERS}])[\\0\\ufffd\\p{Cc}\\p{Cf}\\p{Co}]`, 'u')

/** Marks without width; U+1734 and U+1171E were among them up to Unicode 13. */
const ACCENTS = new RegExp(`(?![${LATER_MARKS}])[\\p{Mn}\\u1734\\u{1171e}]`, 'gu')

/** Characters whose rewriting is remembered; a text in one language uses a few thousand. */
const REMEMBERED_CHARACTERS = 0x10000

/**
 * BERT's normalizer: drops control characters, puts spaces around ideographs, strips accents (which takes Hangul
 * syllables apart into jamo) and lowercases. Every step looks at one character only, so one remembered rewriting
 * a character does them all.
 *
 * Source: tokenizers, normalizers/bert.rs. Marks that stay behind after stripping (spacing marks with a
 * combining class, such as the Hangul tone marks) are not put into canonical order.
 */
export function bertNormalizer(config: JsonCursor): Normalizer {
  const lowercase = config.at('lowercase').boolean(true)
  const rewrite = remembering(
    characterRewriting({
      cleanText: config.at('clean_text').boolean(true),
      padIdeographs: config.at('handle_chinese_chars').boolean(true),
      stripAccents: config.at('strip_accents').boolean(lowercase),
      lowercase,
    }),
  )
  return { normalize: (text) => text.rewriteCharacters(rewrite), isLocalToWords: true }
}

function characterRewriting(options: BertOptions): (character: string) => string {
  return (character) => {
    let rewritten = options.cleanText ? clean(character) : character
    if (options.padIdeographs && isIdeograph(rewritten)) rewritten = ` ${rewritten} `
    if (options.stripAccents) rewritten = normalizeAs(rewritten, 'NFD').replace(ACCENTS, '')
    return options.lowercase ? lowercased(rewritten) : rewritten
  }
}

function clean(character: string): string {
  if (/[\t\n\r]/.test(character)) return ' '
  if (DROPPED.test(character)) return ''
  return /\p{White_Space}/u.test(character) ? ' ' : character
}

/** The blocks that the original BERT calls Chinese; Hangul and kana are not among them. */
function isIdeograph(character: string): boolean {
  return /^[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]$/u.test(
    character,
  )
}

/** Lowercases each character alone, as Rust does: no final sigma. */
export function lowercased(text: string): string {
  return Array.from(text, (character) => character.toLowerCase()).join('')
}

function remembering(rewrite: (character: string) => string): (character: string) => string {
  const remembered = new Map<string, string>()
  return (character) => {
    const known = remembered.get(character)
    if (known !== undefined) return known
    const rewritten = rewrite(character)
    if (remembered.size < REMEMBERED_CHARACTERS) remembered.set(character, rewritten)
    return rewritten
  }
}
