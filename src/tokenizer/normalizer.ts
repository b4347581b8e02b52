import type { AlignedText } from './aligned-text.js'
import { bertNormalizer } from './bert-normalizer.js'
import type { JsonCursor } from './json-cursor.js'

/** Rewrites a text before it is cut into words. */
export interface Normalizer {
  normalize(text: AlignedText): AlignedText
  /**
   * True if cutting a text between a visible character and a following space and normalizing the parts one by
   * one gives the same as normalizing the whole: what allows results to be remembered word by word.
   */
  readonly isLocalToWords: boolean
}

/**
 * Builds the normalizer that tokenizer.json describes.
 *
 * @param config the `normalizer` entry; absent for none
 * @throws {ModelError} naming a type that is not supported
 */
export function createNormalizer(config: JsonCursor): Normalizer {
  if (!config.isPresent) return { normalize: (text) => text, isLocalToWords: true }
  const type = config.at('type')
  switch (type.string()) {
    case 'BertNormalizer':
      return bertNormalizer(config)
    default:
      return type.fail('must be a supported normalizer (BertNormalizer)')
  }
}
