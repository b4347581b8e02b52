import { bpeModel } from './bpe.js'
import type { JsonCursor } from './json-cursor.js'
import type { SubwordModel } from './subword-model.js'
import { unigramModel } from './unigram.js'
import { wordPieceModel } from './word-piece.js'

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
    case 'BPE':
      return bpeModel(config)
    case 'Unigram':
      return unigramModel(config)
    default:
      return type.fail('must be a supported model (WordPiece, BPE, Unigram)')
  }
}
