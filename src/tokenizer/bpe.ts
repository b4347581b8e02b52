import type { JsonCursor } from './json-cursor.js'
import { PairTable } from './pair-table.js'
import { byteTokenIds, readVocabulary, type SubwordModel, type WordTokens } from './subword-model.js'
import { SymbolChain } from './symbol-chain.js'

/**
 * Byte-pair encoding: a word starts as single characters; the pair that was learned first merges first, the
 * leftmost of equals.
 *
 * Source: tokenizers, models/bpe.
 */
export function bpeModel(config: JsonCursor): SubwordModel {
  const idsByToken = readVocabulary(config.at('vocab'))
  const unknown = config.at('unk_token')
  const unknownId = unknown.isPresent ? idsByToken.get(unknown.string()) : undefined
  if (unknown.isPresent && unknownId === undefined) unknown.fail('must be a token of model.vocab')
  const prefix = config.at('continuing_subword_prefix').string('')
  const encoder = new BpeEncoder({
    idsByToken,
    unknownId,
    merges: readMerges(config.at('merges'), idsByToken, prefix.length),
    prefix,
    suffix: config.at('end_of_word_suffix').string(''),
    fusesUnknown: config.at('fuse_unk').boolean(false),
    spellsBytes: config.at('byte_fallback').boolean(false),
    prefersWholeWords: config.at('ignore_merges').boolean(false),
  })
  return { idsByToken, unknownId, continuationPrefix: prefix, encode: (word) => encoder.encode(word) }
}

/** Merges are written as `"a b"` or `["a", "b"]`, best first. */
function readMerges(
  config: JsonCursor,
  idsByToken: ReadonlyMap<string, number>,
  prefixLength: number,
): PairTable {
  const merges = config.items()
  const table = new PairTable(merges.length)
  for (const [rank, merge] of merges.entries()) {
    const [left = '', right = ''] = merge.isString
      ? merge.string().split(' ')
      : merge.items().map((part) => part.string())
    const ids = [left, right, left + right.slice(prefixLength)].map((token) => idsByToken.get(token))
    const [leftId, rightId, mergedId] = ids
    if (leftId === undefined || rightId === undefined || mergedId === undefined) {
      return merge.fail('must join two tokens of model.vocab into a third')
    }
    table.set(leftId, rightId, rank, mergedId)
  }
  return table
}

interface BpeParts {
  readonly idsByToken: ReadonlyMap<string, number>
  readonly unknownId: number | undefined
  readonly merges: PairTable
  /** Put before characters that do not start a word. */
  readonly prefix: string
  /** Put after the character that ends a word. */
  readonly suffix: string
  readonly fusesUnknown: boolean
  readonly spellsBytes: boolean
  readonly prefersWholeWords: boolean
}

class BpeEncoder {
  constructor(private readonly parts: BpeParts) {}

  encode(word: string): WordTokens {
    const whole = this.parts.prefersWholeWords ? this.parts.idsByToken.get(word) : undefined
    if (whole !== undefined) return { ids: [whole], bounds: [0, word.length] }
    const chain = this.characters(word)
    chain.mergeAll(this.parts.merges)
    return chain.tokens()
  }

  private characters(word: string): SymbolChain {
    const chain = new SymbolChain(this.parts.spellsBytes ? 3 * word.length : word.length)
    for (let start = 0; start < word.length;) {
      const end = start + ((word.codePointAt(start) ?? 0) > 0xffff ? 2 : 1)
      this.addCharacter(chain, this.marked(word, start, end), start, end)
      start = end
    }
    return chain
  }

  private marked(word: string, start: number, end: number): string {
    const { prefix, suffix } = this.parts
    return (start === 0 ? '' : prefix) + word.slice(start, end) + (end === word.length ? suffix : '')
  }

  /** A character that neither the vocabulary, nor its bytes, nor an unknown token stands for leaves no token. */
  private addCharacter(chain: SymbolChain, character: string, start: number, end: number): void {
    const { idsByToken, unknownId, fusesUnknown } = this.parts
    const id = idsByToken.get(character)
    const bytes = id === undefined ? this.byteIds(character) : undefined
    if (id !== undefined) chain.add(id, start, end)
    else if (bytes !== undefined) for (const byteId of bytes) chain.add(byteId, start, end)
    else if (unknownId !== undefined && !(fusesUnknown && chain.extendLast(unknownId, start, end))) {
      chain.add(unknownId, start, end)
    }
  }

  private byteIds(character: string): readonly number[] | undefined {
    if (!this.parts.spellsBytes) return undefined
    return byteTokenIds(character, this.parts.idsByToken)
  }
}
