import type { AlignedText } from './aligned-text.js'
import { BERT_PUNCTUATION, WHITE_SPACE } from './character-class.js'
import type { JsonCursor } from './json-cursor.js'

/** Cuts a normalized text into words, the pieces that the model sees one by one. */
export interface PreTokenizer {
  split(text: AlignedText): readonly AlignedText[]
}

/**
 * Builds the pre-tokenizer that tokenizer.json describes.
 *
 * @param config the `pre_tokenizer` entry; absent for none
 * @throws {ModelError} naming a type that is not supported
 */
export function createPreTokenizer(config: JsonCursor): PreTokenizer {
  if (!config.isPresent) return { split: (text) => [text] }
  const type = config.at('type')
  switch (type.string()) {
    case 'BertPreTokenizer':
      return { split: splitBertWords }
    default:
      return type.fail('must be a supported pre-tokenizer (BertPreTokenizer)')
  }
}

/** Words between whitespace; each punctuation character is a word of its own. */
function splitBertWords(text: AlignedText): readonly AlignedText[] {
  const words: AlignedText[] = []
  let start = 0
  const cutBefore = (unit: number): void => {
    if (unit > start) words.push(text.slice(start, unit))
    start = unit
  }
  for (let unit = 0; unit < text.text.length;) {
    const codePoint = text.text.codePointAt(unit) ?? 0
    const next = unit + (codePoint > 0xffff ? 2 : 1)
    if (WHITE_SPACE.has(codePoint)) {
      cutBefore(unit)
      start = next
    } else if (BERT_PUNCTUATION.has(codePoint)) {
      cutBefore(unit)
      cutBefore(next)
    }
    unit = next
  }
  cutBefore(text.text.length)
  return words
}
