import { ConfigurationError } from '../errors.js'
import { type Chunk, planChunks } from '../tokenizer/chunk-plan.js'
import type { TextTokenizer, TokenizedText } from '../tokenizer/text-tokenizer.js'

/**
 * What becomes of a text that is longer than a chunk: `merge` encodes chunks and keeps the largest weight of each
 * token, `nested` keeps the vector of each chunk as well, `truncate` drops the end and says so.
 */
export type LongTexts = 'merge' | 'nested' | 'truncate'

/** Every {@link LongTexts}, the default first. */
export const LONG_TEXTS: readonly LongTexts[] = Object.freeze(['merge', 'nested', 'truncate'])

export interface LongTextOptions {
  /** Queries are merged where documents are nested. Default `merge`. */
  readonly longTexts?: LongTexts
  /** Longest chunk in tokens, special tokens included; at most the model's limit. Default: the model's limit. */
  readonly chunkTokens?: number
  /**
   * Most tokens that a chunk repeats from the one before; an integer from 0 to half of a chunk. Default 0: chunks
   * end where sentences do, and a token's largest weight does not grow by being computed twice.
   */
  readonly chunkOverlap?: number
}

/** {@link LongTextOptions} as they apply; an index records them. */
export interface LongTextSettings {
  readonly longTexts: LongTexts
  /** `Infinity` where no limit is known. */
  readonly chunkTokens: number
  readonly chunkOverlap: number
}

export interface ModelLimits {
  /** Longest text in tokens, special tokens included. */
  readonly maxTokens: number
  /** Special tokens that are put around every text. */
  readonly specialTokens: number
}

/** @throws ConfigurationError naming the option and its rule */
export function normalizeLongTextOptions(
  options: LongTextOptions,
  { maxTokens, specialTokens }: ModelLimits,
): Readonly<LongTextSettings> {
  const { longTexts = 'merge', chunkTokens = maxTokens, chunkOverlap = 0 } = options
  if (!LONG_TEXTS.includes(longTexts)) {
    throw new ConfigurationError('longTexts', `must be one of ${LONG_TEXTS.join(', ')}`, longTexts)
  }
  if (longTexts === 'truncate') {
    requireAbsent('chunkTokens', options.chunkTokens)
    requireAbsent('chunkOverlap', options.chunkOverlap)
    return Object.freeze({ longTexts, chunkTokens, chunkOverlap })
  }
  if (!(isWhole(chunkTokens) && chunkTokens > specialTokens && chunkTokens <= maxTokens)) {
    const rule = `must be a whole number from ${specialTokens + 1} to ${maxTokens}, the model's limit`
    throw new ConfigurationError('chunkTokens', rule, chunkTokens)
  }
  const most = Math.floor((chunkTokens - specialTokens) / 2)
  if (!(isWhole(chunkOverlap) && chunkOverlap >= 0 && chunkOverlap <= most)) {
    throw new ConfigurationError('chunkOverlap', `must be a whole number from 0 to ${most}`, chunkOverlap)
  }
  return Object.freeze({ longTexts, chunkTokens, chunkOverlap })
}

/** A text with the stretches of it that are encoded. */
export interface CutText {
  readonly tokenized: TokenizedText
  /** At least one; just one where the rest is dropped. */
  readonly chunks: readonly Chunk[]
}

/** Tokenizes a text and cuts it as the settings say. */
export function cutText(tokenizer: TextTokenizer, text: string, settings: LongTextSettings): CutText {
  const { longTexts, chunkTokens, chunkOverlap } = settings
  const isKept = longTexts !== 'truncate' || chunkTokens === Infinity
  const tokenized = tokenizer.tokenize(text, isKept ? {} : { maxTokens: chunkTokens })
  return { tokenized, chunks: planChunks(text, tokenized, { maxTokens: chunkTokens, overlap: chunkOverlap }) }
}

function requireAbsent(option: string, value: number | undefined): void {
  if (value !== undefined) throw new ConfigurationError(option, 'needs chunks: not with truncate', value)
}

function isWhole(value: number): boolean {
  return Number.isInteger(value) || value === Infinity
}
