import type { AlignedText } from './aligned-text.js'

/**
 * The alphabet of byte-level BPE: one printable character a byte. Printable Latin-1 bytes stand for themselves,
 * the others for U+0100 and up, in order; a space becomes `Ġ`.
 *
 * Source: openai/gpt-2, src/encoder.py, `bytes_to_unicode`.
 */
const CHARACTER_OF_BYTE: readonly string[] = byteAlphabet()
const BYTE_OF_CHARACTER = new Map(CHARACTER_OF_BYTE.map((character, byte) => [character, byte]))

const STANDS_FOR_ITSELF = /^[!-~]*$/

/** Rewrites a text in the byte alphabet: a character becomes one to four characters that all come from it. */
export function toByteAlphabet(text: AlignedText): AlignedText {
  return STANDS_FOR_ITSELF.test(text.text) ? text : text.rewriteCharacters(bytesOf)
}

/** The bytes that a string in the byte alphabet spells; undefined if it is not one. */
export function fromByteAlphabet(token: string): Uint8Array | undefined {
  const bytes = Array.from(token, (character) => BYTE_OF_CHARACTER.get(character) ?? -1)
  return bytes.includes(-1) ? undefined : Uint8Array.from(bytes)
}

/** What characters become, by code point, for those of the first plane that were met. */
const remembered: (string | undefined)[] = []

function bytesOf(character: string): string {
  if (character.length > 1) return computeBytesOf(character)
  return (remembered[character.charCodeAt(0)] ??= computeBytesOf(character))
}

function computeBytesOf(character: string): string {
  let rewritten = ''
  for (const byte of Buffer.from(character)) rewritten += CHARACTER_OF_BYTE[byte] ?? ''
  return rewritten
}

function byteAlphabet(): readonly string[] {
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => {
    const character = String.fromCharCode(byte)
    return /[!-~\u00a1-\u00ac\u00ae-\u00ff]/.test(character) ? character : String.fromCharCode(next++)
  })
}
