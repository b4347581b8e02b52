import type { AddedTokenFinder } from './added-tokens.js'
import { AlignedText } from './aligned-text.js'
import { BoundedCache } from './bounded-cache.js'
import type { Normalizer } from './normalizer.js'
import type { PreTokenizer } from './pre-tokenizer.js'
import { spacedWordEnds } from './spaced-words.js'
import type { SubwordModel, WordTokens } from './subword-model.js'
import { TokenList } from './token-list.js'

/** The stages between a piece of original text and its tokens, in the order of the data. */
export interface PipelineStages {
  readonly normalizer: Normalizer
  /** Finds the added tokens that are looked for in normalized text. */
  readonly normalizedTokens: AddedTokenFinder
  readonly preTokenizer: PreTokenizer
  readonly model: SubwordModel
}

/** Turns a piece of text without added tokens (of the kind that is looked for in the original) into tokens. */
export interface PieceEncoder {
  /**
   * @param piece the text
   * @param offset where the piece starts in the original text
   * @param tokens receives the tokens, with spans in the original text
   */
  encode(piece: string, offset: number, tokens: TokenList): void
}

/**
 * Where every stage works alike on both sides of a space, words with the space before them are remembered with
 * their tokens: most words of a text have been seen before, and cost one look-up. Elsewhere only the model's part
 * of the work is remembered.
 */
export function createPieceEncoder(stages: PipelineStages): PieceEncoder {
  const isLocal =
    stages.normalizer.isLocalToWords &&
    stages.normalizedTokens.isLocalToWords &&
    stages.preTokenizer.beforeSpace === 'cuts'
  return isLocal ? new SpacedWordEncoder(stages) : new WholePieceEncoder(stages)
}

/** Every stage over the whole piece. */
class WholePieceEncoder implements PieceEncoder {
  private readonly wordTokens: BoundedCache<WordTokens>

  constructor(private readonly stages: PipelineStages) {
    this.wordTokens = new BoundedCache((word) => stages.model.encode(word))
  }

  encode(piece: string, offset: number, tokens: TokenList): void {
    encodeWhole(this.stages, (word) => this.wordTokens.get(word), AlignedText.original(piece, offset), tokens)
  }
}

/** Room in a remembered list: what most words need, and what the runtime stores without a buffer of its own. */
const TOKENS_PER_WORD = 4

/** Word by word, remembering each word's tokens. */
class SpacedWordEncoder implements PieceEncoder {
  private readonly wordTokens: BoundedCache<TokenList>

  constructor(private readonly stages: PipelineStages) {
    this.wordTokens = new BoundedCache((word) => {
      const tokens = new TokenList(TOKENS_PER_WORD)
      // Any offset but 0: the start of a text is a place of its own to some stages.
      this.encodeAt(word, 1, tokens)
      return tokens
    })
  }

  encode(piece: string, offset: number, tokens: TokenList): void {
    let start = 0
    for (const end of spacedWordEnds(piece)) {
      const word = piece.slice(start, end)
      if (start === 0) this.encodeAt(word, offset, tokens)
      else tokens.append(this.wordTokens.get(word), offset + start - 1)
      start = end
    }
  }

  private encodeAt(word: string, offset: number, tokens: TokenList): void {
    const { model } = this.stages
    encodeWhole(this.stages, (text) => model.encode(text), AlignedText.original(word, offset), tokens)
  }
}

function encodeWhole(
  stages: PipelineStages,
  encodeWord: (word: string) => WordTokens,
  piece: AlignedText,
  tokens: TokenList,
): void {
  const normalized = stages.normalizer.normalize(piece)
  for (const { start, end, id } of stages.normalizedTokens.split(normalized.text)) {
    const section = normalized.slice(start, end)
    if (id !== undefined) tokens.pushWord(id, section.startOf(0), section.endOf(end - start - 1))
    else
      for (const word of stages.preTokenizer.split(section)) pushTokens(word, encodeWord(word.text), tokens)
  }
}

function pushTokens(word: AlignedText, { ids, bounds }: WordTokens, tokens: TokenList): void {
  for (const [index, id] of ids.entries()) {
    const start = bounds[2 * index] ?? 0
    const end = bounds[2 * index + 1] ?? 0
    tokens.push(id, word.startOf(start), word.endOf(end - 1))
  }
  tokens.endWord()
}
