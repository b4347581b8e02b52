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
  switch (type.string(typeByShape(config))) {
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

/** Old files do not name the type of their model; tokenizers takes the first that has the fields, in this order. */
function typeByShape(config: JsonCursor): string | undefined {
  if (config.at('merges').isPresent) return 'BPE'
  if (config.at('vocab').isArray) return 'Unigram'
  return config.at('max_input_chars_per_word').isPresent ? 'WordPiece' : undefined
}
