import { EncodingError } from '../errors.js'
import type { SpladeSession, TermWeights } from '../inference/splade-session.js'
import type { SparseVector, TokenSpans } from '../sparse-vector.js'
import { toSparseVector } from '../sparse-vector.js'
import type { TextTokenizer, TokenizedText } from '../tokenizer/text-tokenizer.js'
import type { Encoder, EncoderIdentity, Encoding } from './encoder.js'
import { locateTokens } from './locate-tokens.js'
import { normalizePruneOptions, prune, type PruneOptions } from './pruning.js'
import { RunQueue, type TextKind } from './run-queue.js'
import type { TokenWeightLookup } from './token-weights.js'

export interface NeuralEncoderOptions {
  readonly identity: EncoderIdentity
  readonly tokenizer: TextTokenizer
  /** Closed with the encoder. */
  readonly session: SpladeSession
  /** The model's limit in tokens, special tokens included; the end of a longer text is dropped and reported. */
  readonly maxTokens: number
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

/** An encoder whose weights a masked language model computes. */
export function createNeuralEncoder(options: NeuralEncoderOptions): Encoder {
  return new NeuralEncoder(options)
}

class NeuralEncoder implements Encoder {
  readonly identity: EncoderIdentity
  private readonly tokenizer: TextTokenizer
  private readonly session: SpladeSession
  private readonly pruneDocuments: PruneOptions
  private readonly pruneQueries: PruneOptions
  private readonly queue: RunQueue<TermWeights>
  private readonly queryLookup: TokenWeightLookup | undefined
  private readonly maxTokens: number

  constructor(options: NeuralEncoderOptions) {
    this.identity = options.identity
    this.tokenizer = options.tokenizer
    this.session = options.session
    this.maxTokens = options.maxTokens
    this.queryLookup = options.queryLookup
    this.pruneDocuments = normalizePruneOptions(options.pruneDocuments ?? {})
    this.pruneQueries = normalizePruneOptions(options.pruneQueries ?? {})
    this.queue = new RunQueue(
      options.session,
      options.maxBatchTokens ?? options.session.batchTokens ?? DEFAULT_BATCH_TOKENS,
    )
  }

  encodeDocuments(texts: readonly string[]): Promise<readonly Encoding[]> {
    return this.encode(texts, (text) => this.infer(text, 'document'), this.pruneDocuments)
  }

  encodeQueries(texts: readonly string[]): Promise<readonly Encoding[]> {
    const { queryLookup } = this
    return this.encode(
      texts,
      (text) => (queryLookup === undefined ? this.infer(text, 'query') : queryLookup.toVector(text)),
      this.pruneQueries,
    )
  }

  locate(text: string): TokenSpans {
    return locateTokens(this.tokenizer, text)
  }

  async close(): Promise<void> {
    await this.queue.drain()
    await this.session.close()
  }

  private async encode(
    texts: readonly string[],
    toVector: (text: TokenizedText) => SparseVector | Promise<SparseVector>,
    pruneOptions: PruneOptions,
  ): Promise<readonly Encoding[]> {
    return Promise.all(
      texts.map(async (text) => {
        const tokenized = this.tokenizer.tokenize(text, { maxTokens: this.maxTokens })
        return this.describe(tokenized, prune(await toVector(tokenized), pruneOptions))
      }),
    )
  }

  /** A text without content has an empty vector; the model would give it the terms of its special tokens. */
  private async infer(text: TokenizedText, kind: TextKind): Promise<SparseVector> {
    return this.hasContent(text) ? this.toVector(await this.queue.run(text.ids, kind)) : new Map()
  }

  private hasContent({ ids }: TokenizedText): boolean {
    return ids.some((id) => !this.tokenizer.specialIds.has(id))
  }

  /** Special tokens are filtered by id: a model gives `[SEP]` or `[MASK]` weight like any other term. */
  private toVector({ tokenIds, weights }: TermWeights): SparseVector {
    const { tokenizer } = this
    const entries: [string, number][] = []
    tokenIds.forEach((id, index) => {
      // A model's vocabulary is often padded to a round number beyond the tokenizer's last token.
      if (id >= tokenizer.vocabularySize || tokenizer.specialIds.has(id)) return
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

  private describe(text: TokenizedText, vector: SparseVector): Encoding {
    return {
      vector,
      tokenCount: text.tokenCount,
      truncated: text.truncated,
      fragmentation: this.tokenizer.fragmentation(text),
    }
  }
}
