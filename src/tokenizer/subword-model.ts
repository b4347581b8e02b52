import type { JsonCursor } from './json-cursor.js'

/** The tokens of one word. */
export interface WordTokens {
  readonly ids: readonly number[]
  /** Two numbers an id: UTF-16 units `[start, end)` of the word. */
  readonly bounds: readonly number[]
}

/** Cuts one word into tokens of a vocabulary. */
export interface SubwordModel {
  /** Token -> id, without the added tokens. */
  readonly idsByToken: ReadonlyMap<string, number>
  /** Id of the token for what the vocabulary lacks. */
  readonly unknownId: number | undefined
  /** What marks a token that continues a word, for example `##`; empty for none. */
  readonly continuationPrefix: string
  encode(word: string): WordTokens
}

/**
 * Reads a vocabulary written as one object of token -> id.
 *
 * @throws {ModelError} naming an entry that is not an id
 */
export function readVocabulary(config: JsonCursor): ReadonlyMap<string, number> {
  return new Map(config.entries().map(([token, id]) => [token, id.natural()]))
}

/** The byte that a `<0xE3>`-like token stands for; undefined for any other token. */
export function byteToken(token: string): Uint8Array | undefined {
  const [, digits] = /^<0x([0-9A-F]{2})>$/.exec(token) ?? []
  return digits === undefined ? undefined : Uint8Array.of(Number.parseInt(digits, 16))
}

/** Ids of `<0xE3>`-like tokens for the UTF-8 bytes of a text; undefined if the vocabulary lacks one of them. */
export function byteTokenIds(
  text: string,
  idsByToken: ReadonlyMap<string, number>,
): readonly number[] | undefined {
  const ids: number[] = []
  for (const byte of Buffer.from(text)) {
    const id = idsByToken.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
    if (id === undefined) return undefined
    ids.push(id)
  }
  return ids
}
