import type { JsonCursor } from './json-cursor.js'
import { readVocabulary, type SubwordModel, type WordTokens } from './subword-model.js'

/**
 * WordPiece: always the longest token that fits, from the left; a word with a part that no token fits is unknown
 * as a whole, and so is a word of more than `max_input_chars_per_word` characters.
 *
 * Source: tokenizers, models/wordpiece.
 */
export function wordPieceModel(config: JsonCursor): SubwordModel {
  const idsByToken = readVocabulary(config.at('vocab'))
  const unknownId = idsByToken.get(config.at('unk_token').string('[UNK]'))
  if (unknownId === undefined) return config.at('unk_token').fail('must be a token of model.vocab')
  const prefix = config.at('continuing_subword_prefix').string('##')
  const maxCharacters = config.at('max_input_chars_per_word').natural(100)
  const encoder = new WordPieceEncoder(idsByToken, unknownId, prefix, maxCharacters)
  return {
    idsByToken,
    unknownId,
    continuationPrefix: prefix,
    encode: (word) => encoder.encode(word),
  }
}

class WordPieceEncoder {
  private readonly longestToken: number

  constructor(
    private readonly idsByToken: ReadonlyMap<string, number>,
    private readonly unknownId: number,
    private readonly prefix: string,
    private readonly maxCharacters: number,
  ) {
    this.longestToken = Math.max(...Array.from(idsByToken.keys(), (token) => token.length))
  }

  encode(word: string): WordTokens {
    const ids: number[] = []
    const bounds: number[] = []
    if (this.isTooLong(word)) return this.unknown(word)
    for (let start = 0; start < word.length;) {
      const end = this.longestMatch(word, start, ids)
      if (end === start) return this.unknown(word)
      bounds.push(start, end)
      start = end
    }
    return { ids, bounds }
  }

  /** Adds the id of the longest token that fits at `start` and gives its end; gives `start` if none fits. */
  private longestMatch(word: string, start: number, ids: number[]): number {
    const prefix = start === 0 ? '' : this.prefix
    for (let end = Math.min(word.length, start + this.longestToken); end > start; end--) {
      const id = this.idsByToken.get(prefix + word.slice(start, end))
      if (id === undefined) continue
      ids.push(id)
      return end
    }
    return start
  }

  private unknown(word: string): WordTokens {
    return { ids: [this.unknownId], bounds: [0, word.length] }
  }

  private isTooLong(word: string): boolean {
    if (word.length <= this.maxCharacters) return false
    return word.length > 2 * this.maxCharacters || Array.from(word).length > this.maxCharacters
  }
}
