import type { AddedTokenFinder } from './added-tokens.js'
import { AlignedText } from './aligned-text.js'
import type { Normalizer } from './normalizer.js'
import type { PreTokenizer } from './pre-tokenizer.js'
import type { SubwordModel } from './subword-model.js'
import type { TokenList } from './token-list.js'

/** The stages between a piece of original text and its tokens, in the order of the data. */
export interface PipelineStages {
  readonly normalizer: Normalizer
  /** Finds the added tokens that are looked for in normalized text. */
  readonly normalizedTokens: AddedTokenFinder
  readonly preTokenizer: PreTokenizer
  readonly model: SubwordModel
}

/**
 * Cuts a piece of original text into tokens, exactly and without remembering anything.
 *
 * @param piece text without added tokens of the kind that is looked for in the original
 * @param offset where the piece starts in the original text
 * @param tokens receives the tokens, with spans in the original text
 */
export function encodePiece(stages: PipelineStages, piece: string, offset: number, tokens: TokenList): void {
  const normalized = stages.normalizer.normalize(AlignedText.original(piece, offset))
  for (const { start, end, id } of stages.normalizedTokens.split(normalized.text)) {
    const section = normalized.slice(start, end)
    if (id === undefined) encodeWords(stages, section, tokens)
    else pushWhole(section, id, tokens)
  }
}

function encodeWords(stages: PipelineStages, section: AlignedText, tokens: TokenList): void {
  for (const word of stages.preTokenizer.split(section)) {
    const { ids, bounds } = stages.model.encode(word.text)
    for (const [index, id] of ids.entries()) {
      const start = bounds[2 * index] ?? 0
      const end = bounds[2 * index + 1] ?? 0
      tokens.push(id, word.startOf(start), word.endOf(end - 1))
    }
    tokens.endWord()
  }
}

function pushWhole(section: AlignedText, id: number, tokens: TokenList): void {
  tokens.push(id, section.startOf(0), section.endOf(section.text.length - 1))
  tokens.endWord()
}
