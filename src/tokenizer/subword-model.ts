import type { JsonCursor } from './json-cursor.js'
import { wordPieceModel } from './word-piece.js'

/** The tokens of one word. */
export interface WordTokens {
  readonly ids: readonly number[]
  /** Two numbers an id: units `[start, end)` of the word. */
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
 * Builds the model that tokenizer.json describes.
 *
 * @param config the `model` entry
 * @throws {ModelError} naming a type that is not supported, or a broken vocabulary
 */
export function createSubwordModel(config: JsonCursor): SubwordModel {
  const type = config.at('type')
  switch (type.string()) {
    case 'WordPiece':
      return wordPieceModel(config)
    default:
      return type.fail('must be a supported model (WordPiece)')
  }
}

/** Reads a vocabulary written as one object of token -> id. */
export function readVocabulary(config: JsonCursor): ReadonlyMap<string, number> {
  return new Map(config.entries().map(([token, id]) => [token, id.natural()]))
}
