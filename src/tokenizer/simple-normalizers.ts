import { AlignedTextBuilder, type AlignedText } from './aligned-text.js'
import { WHITE_SPACE } from './character-class.js'
import type { Matcher } from './pattern.js'

/** Puts `content` in the place of every match; it comes from all that it replaced. */
export function replaceMatches(text: AlignedText, matcher: Matcher, content: string): AlignedText {
  const matches = matcher(text.text)
  if (!matches.some(({ isMatch }) => isMatch)) return text
  const builder = new AlignedTextBuilder(text.text.length)
  for (const { start, end, isMatch } of matches) {
    if (isMatch) builder.append(content, text.startOf(start), text.endOf(Math.max(start, end - 1)))
    else builder.appendFrom(text, start, end)
  }
  return builder.build()
}

/** Drops whitespace at the ends. */
export function stripSpace(text: AlignedText, left: boolean, right: boolean): AlignedText {
  let start = 0
  let end = text.text.length
  while (left && start < end && WHITE_SPACE.has(text.text.charCodeAt(start))) start++
  while (right && start < end && WHITE_SPACE.has(text.text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** Puts a string before a text that is not empty; it comes from where the text's first character came from. */
export function prependText(text: AlignedText, prefix: string): AlignedText {
  if (text.text === '') return text
  const builder = new AlignedTextBuilder(prefix.length + text.text.length)
  builder.append(prefix, text.startOf(0), text.endOf(0))
  builder.appendAll(text)
  return builder.build()
}

/**
 * SentencePiece's clean-up of control characters and unusual whitespace.
 *
 * Source: tokenizers, normalizers/unicode.rs, `do_nmt`.
 */
export function nmtCharacter(character: string): string {
  if (/[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]/.test(character)) return ''
  return /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/.test(character) ? ' ' : character
}
