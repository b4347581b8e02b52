import type { JsonCursor } from './json-cursor.js'
import { readVocabulary, type SubwordModel, type WordTokens } from './subword-model.js'
import { TokenTrie } from './token-trie.js'

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
  private readonly trie: TokenTrie
  private readonly continuation: number

  constructor(
    idsByToken: ReadonlyMap<string, number>,
    private readonly unknownId: number,
    prefix: string,
    private readonly maxCharacters: number,
  ) {
    this.trie = new TokenTrie(idsByToken)
    this.continuation = this.trie.walk(prefix)
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
    let longest = start
    let longestId: number = TokenTrie.NONE
    let node = start === 0 ? TokenTrie.ROOT : this.continuation
    for (let unit = start; unit < word.length && node !== TokenTrie.NONE; unit++) {
      node = this.trie.step(node, word.charCodeAt(unit))
      const id = this.trie.idAt(node)
      if (id === TokenTrie.NONE) continue
      longest = unit + 1
      longestId = id
    }
    if (longest > start) ids.push(longestId)
    return longest
  }

  private unknown(word: string): WordTokens {
    return { ids: [this.unknownId], bounds: [0, word.length] }
  }

  private isTooLong(word: string): boolean {
    if (word.length <= this.maxCharacters) return false
    return word.length > 2 * this.maxCharacters || Array.from(word).length > this.maxCharacters
  }
}
