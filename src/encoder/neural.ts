import { setImmediate } from 'node:timers/promises'
import { EncodingError } from '../errors.js'
import type { SpladeSession, TermWeights } from '../inference/splade-session.js'
import type { SparseVector, TokenSpans } from '../sparse-vector.js'
import { toSparseVector } from '../sparse-vector.js'
import { chunkIds, chunkSpan } from '../tokenizer/chunk-plan.js'
import { withPrompt } from '../tokenizer/prompted-tokenizer.js'
import type { TextTokenizer } from '../tokenizer/text-tokenizer.js'
import { ChunkVectors } from './chunk-vectors.js'
import type { Encoder, EncoderIdentity, Encoding } from './encoder.js'
import { locateTokens, readableToken } from './locate-tokens.js'
import { type CutText, cutText, type LongTextOptions, type LongTextSettings } from './long-texts.js'
import { normalizeLongTextOptions } from './long-texts.js'
import { normalizePruneOptions, prune, type PruneOptions } from './pruning.js'
import { RunQueue, type TextKind } from './run-queue.js'
import { TokenBudget } from './token-budget.js'
import type { TokenWeightLookup } from './token-weights.js'

export interface NeuralEncoderOptions extends LongTextOptions {
  readonly identity: EncoderIdentity
  readonly tokenizer: TextTokenizer
  /** Closed with the encoder. */
  readonly session: SpladeSession
  /** The model's limit in tokens, special tokens included. */
  readonly maxTokens: number
  /** What is put before every text of a kind. Default: nothing. */
  readonly prompts?: Readonly<Record<TextKind, string>>
  /** Encodes queries by looking their tokens up; default: queries are run through the model like documents. */
  readonly queryLookup?: TokenWeightLookup
  /** Default: keep every term. */
  readonly pruneDocuments?: PruneOptions
  /** Default: keep every term. */
  readonly pruneQueries?: PruneOptions
  /** Most tokens of one run. Default: what suits the session's device, 1,024 on a CPU. */
  readonly maxBatchTokens?: number
}

const DEFAULT_BATCH_TOKENS = 1024

/** Of a chunk that the model need not see. */
const NO_IDS = new Int32Array()

/** Enough for texts of equal length to meet, little enough to hold a handful of long texts at a time. */
const TOKENS_ON_THE_WAY = 2 ** 18

/**
 * Tokens that are cut before the event loop has a turn: the model starts on the first texts while the others are cut,
 * and gets its next run soon after it has finished one. On a GPU, cutting takes as long as half of the model's work.
 */
const TOKENS_A_TURN = 2048

/** An encoder whose weights a masked language model computes. */
export function createNeuralEncoder(options: NeuralEncoderOptions): Encoder {
  return new NeuralEncoder(options)
}

class NeuralEncoder implements Encoder {
  readonly identity: EncoderIdentity
  readonly longTexts: LongTextSettings
  private readonly tokenizer: TextTokenizer
  /** With the prompt of each kind of text. */
  private readonly prompted: Readonly<Record<TextKind, TextTokenizer>>
  private readonly session: SpladeSession
  private readonly pruning: Readonly<Record<TextKind, PruneOptions>>
  private readonly queue: RunQueue<TermWeights>
  private readonly queryLookup: TokenWeightLookup | undefined
  /** Queries never wait for documents. */
  private readonly budgets = {
    query: new TokenBudget(TOKENS_ON_THE_WAY),
    document: new TokenBudget(TOKENS_ON_THE_WAY),
  }

  constructor(options: NeuralEncoderOptions) {
    this.identity = options.identity
    const { tokenizer, prompts } = options
    this.tokenizer = tokenizer
    this.prompted = {
      query: withPrompt(tokenizer, prompts?.query ?? ''),
      document: withPrompt(tokenizer, prompts?.document ?? ''),
    }
    this.session = options.session
    this.queryLookup = options.queryLookup
    this.longTexts = normalizeLongTextOptions(options, {
      maxTokens: options.maxTokens,
      specialTokens: Math.max(
        ...Object.values(this.prompted).map((prompted) => prompted.tokenize('').tokenCount),
      ),
    })
    this.pruning = {
      query: normalizePruneOptions(options.pruneQueries ?? {}),
      document: normalizePruneOptions(options.pruneDocuments ?? {}),
    }
    this.queue = new RunQueue(
      options.session,
      options.maxBatchTokens ?? options.session.batchTokens ?? DEFAULT_BATCH_TOKENS,
    )
  }

  encodeDocuments(texts: readonly string[]): Promise<readonly Encoding[]> {
    return this.encode(texts, 'document')
  }

  async encodeQueries(texts: readonly string[]): Promise<readonly Encoding[]> {
    const { queryLookup } = this
    return queryLookup === undefined
      ? this.encode(texts, 'query')
      : texts.map((text) => this.lookUp(text, queryLookup))
  }

  locate(text: string): TokenSpans {
    return locateTokens(this.prompted.document, text)
  }

  readonly readable = (token: string, standsIn?: string): string =>
    readableToken(this.tokenizer, token, standsIn)

  async close(): Promise<void> {
    await this.queue.drain()
    await this.session.close()
  }

  private async encode(texts: readonly string[], kind: TextKind): Promise<readonly Encoding[]> {
    const encodings: Promise<Encoding>[] = []
    let tokens = 0
    for (const text of texts) {
      const cut = cutText(this.prompted[kind], text, this.longTexts)
      const vectors = new ChunkVectors(kind === 'document' && this.longTexts.longTexts === 'nested')
      await this.start(cut, vectors, kind)
      const encoding = vectors.settled().then(() => this.describe(cut, vectors, kind))
      // Its error is thrown where all are awaited; until then it must not count as unhandled.
      encoding.catch(() => undefined)
      encodings.push(encoding)
      tokens += cut.tokenized.tokenCount
      if (tokens < TOKENS_A_TURN) continue
      tokens = 0
      await setImmediate()
    }
    return Promise.all(encodings)
  }

  /** Hands chunk after chunk to the model as room becomes free; stops at the first that fails. */
  private async start({ tokenized, chunks }: CutText, vectors: ChunkVectors, kind: TextKind): Promise<void> {
    const budget = this.budgets[kind]
    for (const chunk of chunks) {
      if (vectors.hasFailed) return
      const ids = this.hasContent(tokenized.ids.subarray(chunk.first, chunk.end))
        ? chunkIds(tokenized, chunk)
        : NO_IDS
      await budget.take(ids.length)
      const vector = this.infer(ids, kind).finally(() => {
        budget.give(ids.length)
      })
      vectors.expect(chunkSpan(tokenized, chunk), vector)
    }
  }

  /**
   * A text without content has an empty vector; the model would give it the terms of its special tokens, or of the
   * prompt.
   *
   * @param own ids of the text itself
   */
  private hasContent(own: Int32Array): boolean {
    return own.some((id) => !this.tokenizer.specialIds.has(id))
  }

  private async infer(ids: Int32Array, kind: TextKind): Promise<SparseVector> {
    return ids.length === 0 ? new Map() : this.toVector(await this.queue.run(ids, kind))
  }

  /** A token weighs the same wherever it stands, so there is nothing to cut. */
  private lookUp(text: string, queryLookup: TokenWeightLookup): Encoding {
    const { longTexts, chunkTokens } = this.longTexts
    const limit = longTexts === 'truncate' ? { maxTokens: chunkTokens } : {}
    const tokenized = this.prompted.query.tokenize(text, limit)
    const own = tokenized.ids.filter((_, index) => tokenized.words[index] !== -1)
    const vector = this.hasContent(own) ? queryLookup.toVector(tokenized) : new Map<string, number>()
    return {
      vector: prune(vector, this.pruning.query),
      tokenCount: tokenized.tokenCount,
      truncated: tokenized.truncated,
      chunkCount: 1,
      fragmentation: this.tokenizer.fragmentation(tokenized),
    }
  }

  /** Special tokens are filtered by id: a model gives `[SEP]` or `[MASK]` weight like any other term. */
  private toVector({ tokenIds, weights }: TermWeights): SparseVector {
    const { tokenizer } = this
    const entries: [string, number][] = []
    tokenIds.forEach((id, index) => {
      // A model has often more rows than the vocabulary has tokens: up to a round number, or for ids left out.
      if (!tokenizer.isToken(id) || tokenizer.specialIds.has(id)) return
      const weight = weights[index] ?? NaN
      if (!Number.isFinite(weight)) {
        throw new EncodingError(
          `model ${this.identity.name} gave token "${tokenizer.tokenOf(id)}" the weight ${weight}; its weights are damaged`,
        )
      }
      entries.push([tokenizer.tokenOf(id), weight])
    })
    return toSparseVector(entries)
  }

  private describe({ tokenized, chunks }: CutText, vectors: ChunkVectors, kind: TextKind): Encoding {
    const rules = this.pruning[kind]
    return {
      vector: prune(vectors.merged(), rules),
      tokenCount: tokenized.tokenCount,
      truncated: tokenized.truncated,
      chunkCount: chunks.length,
      ...(vectors.keepsChunks && { chunks: vectors.chunks((vector) => prune(vector, rules)) }),
      fragmentation: this.tokenizer.fragmentation(tokenized),
    }
  }
}
