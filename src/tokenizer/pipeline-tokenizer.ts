import { ConfigurationError } from '../errors.js'
import type { AddedTokenFinder } from './added-tokens.js'
import { encodePiece, type PipelineStages } from './pipeline.js'
import type { PostProcessor } from './post-processor.js'
import type { TextTokenizer, TokenizedText, TokenizeOptions } from './text-tokenizer.js'
import { TokenList } from './token-list.js'
import type { Vocabulary } from './vocabulary.js'

/** The stages and tables of a tokenizer, read and checked. */
export interface TokenizerParts {
  readonly stages: PipelineStages
  /** Finds the added tokens that are looked for in the original text. */
  readonly originalTokens: AddedTokenFinder
  readonly postProcessor: PostProcessor
  readonly vocabulary: Vocabulary
  readonly specialIds: ReadonlySet<number>
  readonly padId: number
  /** Readable form of a raw token that is not special. */
  readonly readable: (token: string) => string
}

/** {@link TextTokenizer} over the stages of a tokenizer.json. */
export class PipelineTokenizer implements TextTokenizer {
  readonly vocabularySize: number
  readonly specialIds: ReadonlySet<number>
  readonly unknownId: number | undefined
  readonly padId: number

  constructor(private readonly parts: TokenizerParts) {
    this.vocabularySize = parts.vocabulary.size
    this.specialIds = parts.specialIds
    this.unknownId = parts.stages.model.unknownId
    this.padId = parts.padId
  }

  tokenOf(id: number): string {
    return this.parts.vocabulary.tokenOf(id)
  }

  idOf(token: string): number | undefined {
    return this.parts.vocabulary.idOf(token)
  }

  surfaceOf(id: number): string {
    const token = this.tokenOf(id)
    return this.specialIds.has(id) ? token : this.parts.readable(token)
  }

  tokenize(text: string, options: TokenizeOptions = {}): TokenizedText {
    const room = this.roomForText(options.maxTokens)
    const tokens = new TokenList(Math.ceil(text.length / 3))
    // A lone surrogate is one unit, and so is what stands for it: offsets stay.
    const wellFormed = text.replace(/\p{Cs}/gu, '\ufffd')
    for (const { start, end, id } of this.parts.originalTokens.split(wellFormed)) {
      if (id === undefined) encodePiece(this.parts.stages, wellFormed.slice(start, end), start, tokens)
      else pushAddedToken(tokens, id, start, end)
    }
    return this.withSpecialTokens(tokens, room)
  }

  fragmentation(tokenized: TokenizedText): number {
    const { ids, words } = tokenized
    let total = 0
    let fragments = 0
    for (let index = 0; index < ids.length; index++) {
      if (words[index] === -1) continue
      total++
      const id = ids[index] ?? 0
      const isPart = words[index] === words[index - 1] || words[index] === words[index + 1]
      if (id === this.unknownId || (isPart && Array.from(this.surfaceOf(id)).length === 1)) fragments++
    }
    return total === 0 ? 0 : fragments / total
  }

  private roomForText(maxTokens: number | undefined): number {
    if (maxTokens === undefined) return Number.POSITIVE_INFINITY
    const room = maxTokens - this.specialCount
    if (Number.isInteger(maxTokens) && room >= 0) return room
    throw new ConfigurationError('maxTokens', `must be a whole number from ${this.specialCount}`, maxTokens)
  }

  private get specialCount(): number {
    return this.parts.postProcessor.prefix.length + this.parts.postProcessor.suffix.length
  }

  private withSpecialTokens(tokens: TokenList, room: number): TokenizedText {
    const { prefix, suffix } = this.parts.postProcessor
    const kept = Math.min(tokens.length, room)
    const length = prefix.length + kept + suffix.length
    const ids = new Int32Array(length)
    ids.set(prefix)
    ids.set(tokens.ids.subarray(0, kept), prefix.length)
    ids.set(suffix, prefix.length + kept)
    const spans = new Int32Array(2 * length)
    spans.set(tokens.spans.subarray(0, 2 * kept), 2 * prefix.length)
    const words = new Int32Array(length).fill(-1)
    words.set(tokens.words.subarray(0, kept), prefix.length)
    const tokenCount = tokens.length + this.specialCount
    return { ids, spans, words, tokenCount, truncated: kept < tokens.length }
  }
}

function pushAddedToken(tokens: TokenList, id: number, start: number, end: number): void {
  tokens.push(id, start, end)
  tokens.endWord()
}
