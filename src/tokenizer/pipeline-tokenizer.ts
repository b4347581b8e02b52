import { ConfigurationError } from '../errors.js'
import type { AddedTokenFinder } from './added-tokens.js'
import { fragmentationOf } from './fragmentation.js'
import type { PieceEncoder } from './piece-encoder.js'
import type { PostProcessor } from './post-processor.js'
import { SpanTrimmer } from './span-trimming.js'
import type { TextTokenizer, TokenizedText, TokenizeOptions } from './text-tokenizer.js'
import { TokenList } from './token-list.js'
import type { Vocabulary } from './vocabulary.js'

/** Characters a token in common text, for the first size of lists; short of it, lists grow. */
const CHARACTERS_PER_TOKEN = 3

/** The stages and tables of a tokenizer, read and checked. */
export interface TokenizerParts {
  /** Finds the added tokens that are looked for in the original text. */
  readonly originalTokens: AddedTokenFinder
  readonly pieceEncoder: PieceEncoder
  readonly postProcessor: PostProcessor
  readonly vocabulary: Vocabulary
  readonly addedIds: ReadonlySet<number>
  readonly specialIds: ReadonlySet<number>
  readonly unknownId: number | undefined
  readonly padId: number
  /** Readable form of a raw token that was not added. */
  readonly readable: (token: string, standsIn?: string) => string
  /** True for a raw token that stands for one character or a part of one. */
  readonly isSingleCharacter: (token: string) => boolean
}

/** {@link TextTokenizer} over the stages of a tokenizer.json. */
export class PipelineTokenizer implements TextTokenizer {
  readonly vocabularySize: number
  readonly specialIds: ReadonlySet<number>
  readonly unknownId: number | undefined
  readonly padId: number
  private readonly trimmer: SpanTrimmer | undefined

  constructor(private readonly parts: TokenizerParts) {
    this.vocabularySize = parts.vocabulary.size
    this.specialIds = parts.specialIds
    this.unknownId = parts.unknownId
    this.padId = parts.padId
    const { trimming } = parts.postProcessor
    if (trimming !== undefined) {
      this.trimmer = new SpanTrimmer(trimming, (id) => parts.vocabulary.tokenOf(id), parts.addedIds)
    }
  }

  isToken(id: number): boolean {
    return this.parts.vocabulary.has(id)
  }

  tokenOf(id: number): string {
    return this.parts.vocabulary.tokenOf(id)
  }

  idOf(token: string): number | undefined {
    return this.parts.vocabulary.idOf(token)
  }

  surfaceOf(id: number, standsIn?: string): string {
    const token = this.tokenOf(id)
    return this.specialIds.has(id) || this.parts.addedIds.has(id)
      ? token
      : this.parts.readable(token, standsIn)
  }

  tokenize(text: string, options: TokenizeOptions = {}): TokenizedText {
    const room = this.roomForText(options.maxTokens)
    // A lone surrogate is one unit, and so is what stands for it: offsets stay.
    const wellFormed = text.replace(/\p{Cs}/gu, '\ufffd')
    const tokens = this.ownTokens(wellFormed)
    this.trimmer?.trim(tokens, wellFormed)
    return this.withSpecialTokens(tokens, room)
  }

  fragmentation(tokenized: TokenizedText): number {
    return fragmentationOf(tokenized, {
      unknownId: this.unknownId,
      isSingleCharacter: (id) => this.parts.isSingleCharacter(this.tokenOf(id)),
    })
  }

  private ownTokens(text: string): TokenList {
    const tokens = new TokenList(Math.ceil(text.length / CHARACTERS_PER_TOKEN))
    for (const { start, end, id } of this.parts.originalTokens.split(text)) {
      if (id === undefined) this.parts.pieceEncoder.encode(text.slice(start, end), start, tokens)
      else tokens.pushWord(id, start, end)
    }
    return tokens
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
    const spans = new Int32Array(2 * length)
    const words = new Int32Array(length).fill(-1)
    ids.set(prefix)
    tokens.copyTo({ ids, spans, words }, prefix.length, kept)
    ids.set(suffix, prefix.length + kept)
    const tokenCount = tokens.length + this.specialCount
    return { ids, spans, words, tokenCount, truncated: kept < tokens.length }
  }
}
