import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { ConfigurationError, EncodingError } from '../errors.js'
import type { TokenizerFiles } from '../model/bundle.js'
import { toSparseVector, type SparseVector, type TokenSpans } from '../sparse-vector.js'
import { type Chunk, chunkSpan } from '../tokenizer/chunk-plan.js'
import type { TextTokenizer, TokenizedText } from '../tokenizer/text-tokenizer.js'
import type { EncodedChunk, Encoder, EncoderIdentity, Encoding } from './encoder.js'
import { LargestWeights } from './largest-weights.js'
import { locateTokens, readableToken } from './locate-tokens.js'
import { cutText, type LongTextOptions, type LongTextSettings } from './long-texts.js'
import { normalizeLongTextOptions } from './long-texts.js'
import { normalizePruneOptions, prune, type PruneOptions } from './pruning.js'
import { authorization, request, TemporaryFailure } from './remote-request.js'

export interface RemoteEncoderOptions extends LongTextOptions {
  /** Address of a server with text-embeddings-inference's `/embed_sparse`, for example `http://127.0.0.1:8080`. */
  readonly url: string
  /** The tokenizer of the model that is served: it gives token ids their names and texts their spans. */
  readonly tokenizer: TextTokenizer
  /** What the server said of itself. */
  readonly info: RemoteModelInfo
  /** Sent as a bearer token. */
  readonly apiKey?: string
  /** Longest wait for one answer, in milliseconds. Default 60,000. */
  readonly requestTimeoutMs?: number
  /** Times that an overloaded or unreachable server is asked again. Default 5. */
  readonly maxRetries?: number
  readonly pruneDocuments?: PruneOptions
  readonly pruneQueries?: PruneOptions
}

/** The fields of `/info` that matter here. */
export interface RemoteModelInfo {
  readonly identity: EncoderIdentity
  /** Longest input in tokens. */
  readonly maxTokens: number
  /** Most texts of one request. */
  readonly maxBatchTexts: number
  /** True for our own server, which encodes queries by their own rules when told so. */
  readonly tellsQueriesApart: boolean
}

const DEFAULT_TIMEOUT_MS = 60_000
const DEFAULT_RETRIES = 5
const FIRST_DELAY_MS = 200
const DEFAULT_BATCH_TEXTS = 32

/**
 * Asks a server which model it serves.
 *
 * @throws EncodingError if it cannot be reached or does not answer like text-embeddings-inference
 */
export async function readRemoteInfo(url: string, apiKey?: string): Promise<RemoteModelInfo> {
  const init = { headers: authorization(apiKey) }
  const answer = ((await request(url, '/info', init, DEFAULT_TIMEOUT_MS)) ?? {}) as Record<string, unknown>
  const modelId = answer.model_id
  if (typeof modelId !== 'string')
    throw new EncodingError(`${url}/info names no model_id; is it an encoder server?`)
  const own = answer.splade_bridge as EncoderIdentity | undefined
  const revision = typeof answer.model_sha === 'string' ? answer.model_sha : ''
  return {
    identity: own ?? {
      name: modelId,
      fingerprint: createHash('sha256').update(`${modelId}\0${revision}`).digest('hex').slice(0, 16),
    },
    maxTokens: typeof answer.max_input_length === 'number' ? answer.max_input_length : Infinity,
    maxBatchTexts:
      typeof answer.max_client_batch_size === 'number' ? answer.max_client_batch_size : DEFAULT_BATCH_TEXTS,
    tellsQueriesApart: own !== undefined,
  }
}

/**
 * The tokenizer of the model that is served, from our own server.
 *
 * @throws EncodingError if the server has no such thing; then a local copy must be named
 */
export async function readRemoteTokenizer(url: string, apiKey?: string): Promise<TokenizerFiles> {
  const init = { headers: authorization(apiKey) }
  return request(url, '/tokenizer', init, DEFAULT_TIMEOUT_MS).catch((cause: unknown) => {
    throw new EncodingError(
      `${url} does not hand out its tokenizer; name a model folder that has it with --tokenizer`,
      { cause },
    )
  }) as Promise<TokenizerFiles>
}

/** Texts go to a server, token ids and weights come back. */
export function createRemoteEncoder(options: RemoteEncoderOptions): Encoder {
  const { requestTimeoutMs = DEFAULT_TIMEOUT_MS, maxRetries = DEFAULT_RETRIES } = options
  if (!(Number.isInteger(requestTimeoutMs) && requestTimeoutMs > 0)) {
    throw new ConfigurationError('requestTimeoutMs', 'must be an integer > 0', requestTimeoutMs)
  }
  if (!(Number.isInteger(maxRetries) && maxRetries >= 0)) {
    throw new ConfigurationError('maxRetries', 'must be an integer >= 0', maxRetries)
  }
  return new RemoteEncoder({ ...options, requestTimeoutMs, maxRetries })
}

interface WeightedId {
  readonly index: number
  readonly value: number
}

type Side = 'query' | 'document'

/** A text whose vectors are still to come. */
interface Draft {
  readonly largest: LargestWeights
  readonly chunks: EncodedChunk[]
  readonly described: Pick<Encoding, 'tokenCount' | 'truncated' | 'chunkCount' | 'fragmentation'>
}

/** What the server is asked for a chunk. */
interface Piece {
  readonly draft: Draft
  readonly span: EncodedChunk['span']
  readonly text: string
}

class RemoteEncoder implements Encoder {
  readonly identity: EncoderIdentity
  readonly longTexts: LongTextSettings
  private readonly pruning: Readonly<Record<Side, PruneOptions>>

  constructor(
    private readonly options: RemoteEncoderOptions & { requestTimeoutMs: number; maxRetries: number },
  ) {
    this.identity = options.info.identity
    this.longTexts = normalizeLongTextOptions(options, {
      maxTokens: options.info.maxTokens,
      specialTokens: options.tokenizer.tokenize('').tokenCount,
    })
    this.pruning = {
      query: normalizePruneOptions(options.pruneQueries ?? {}),
      document: normalizePruneOptions(options.pruneDocuments ?? {}),
    }
  }

  encodeDocuments(texts: readonly string[]): Promise<readonly Encoding[]> {
    return this.encode(texts, 'document')
  }

  encodeQueries(texts: readonly string[]): Promise<readonly Encoding[]> {
    return this.encode(texts, 'query')
  }

  locate(text: string): TokenSpans {
    return locateTokens(this.options.tokenizer, text)
  }

  readonly readable = (token: string, standsIn?: string): string =>
    readableToken(this.options.tokenizer, token, standsIn)

  close(): Promise<void> {
    return Promise.resolve()
  }

  private async encode(texts: readonly string[], side: Side): Promise<readonly Encoding[]> {
    const { maxBatchTexts } = this.options.info
    const drafts: Draft[] = []
    let batch: Piece[] = []
    for (const text of texts) {
      const pieces = this.cut(text)
      drafts.push(...pieces.slice(0, 1).map(({ draft }) => draft))
      for (const piece of pieces) {
        batch.push(piece)
        if (batch.length < maxBatchTexts) continue
        await this.fill(batch, side)
        batch = []
      }
    }
    if (batch.length > 0) await this.fill(batch, side)
    return drafts.map((draft) => this.finish(draft, side))
  }

  /** The server takes texts and no ids, so a chunk is tokenized again there, with the space before it. */
  private cut(text: string): readonly Piece[] {
    const { tokenizer, info } = this.options
    const { tokenized, chunks } = cutText(tokenizer, text, this.longTexts)
    const texts = chunks.length === 1 ? [text] : chunks.map((chunk) => textOf(text, tokenized, chunk))
    const isCut = (piece: string): boolean => tokenizer.tokenize(piece).tokenCount > info.maxTokens
    const draft: Draft = {
      largest: new LargestWeights(),
      chunks: [],
      described: {
        tokenCount: tokenized.tokenCount,
        truncated: tokenized.truncated || (chunks.length > 1 && texts.some(isCut)),
        chunkCount: chunks.length,
        fragmentation: tokenizer.fragmentation(tokenized),
      },
    }
    return chunks.map((chunk, index) => ({
      draft,
      span: chunkSpan(tokenized, chunk),
      text: texts[index] ?? '',
    }))
  }

  private async fill(batch: readonly Piece[], side: Side): Promise<void> {
    const rows = await this.ask(
      batch.map(({ text }) => text),
      side,
    )
    const keepsChunks = side === 'document' && this.longTexts.longTexts === 'nested'
    batch.forEach(({ draft, span }, position) => {
      const vector = this.toVector(rows[position] ?? [])
      draft.largest.add(vector)
      if (keepsChunks) draft.chunks.push({ span, vector: prune(vector, this.pruning[side]) })
    })
  }

  private finish({ largest, chunks, described }: Draft, side: Side): Encoding {
    const vector = prune(largest.toVector(), this.pruning[side])
    return { vector, ...described, ...(chunks.length > 0 && { chunks }) }
  }

  private async ask(texts: readonly string[], side: Side): Promise<readonly (readonly WeightedId[])[]> {
    const { url, apiKey, info, requestTimeoutMs, maxRetries } = this.options
    const body = JSON.stringify({
      inputs: texts,
      truncate: true,
      ...(info.tellsQueriesApart && { prompt_name: side }),
    })
    const init = {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...authorization(apiKey) },
    }
    for (let retry = 0; ; retry++) {
      try {
        const rows = await request(url, '/embed_sparse', init, requestTimeoutMs)
        if (Array.isArray(rows) && rows.length === texts.length && rows.every(Array.isArray))
          return rows as WeightedId[][]
        throw new EncodingError(`${url} answered with something other than ${texts.length} vectors`)
      } catch (error) {
        if (!(error instanceof TemporaryFailure) || retry >= maxRetries) throw error
        // Full jitter, so that many clients of one server do not come back together.
        await wait(Math.random() * FIRST_DELAY_MS * 2 ** retry)
      }
    }
  }

  private toVector(row: readonly WeightedId[]): SparseVector {
    const { tokenizer, url } = this.options
    const entries: [string, number][] = []
    for (const { index, value } of row) {
      if (!Number.isInteger(index) || index < 0 || !(value >= 0 && Number.isFinite(value))) {
        throw new EncodingError(`${url} answered with token ${index} of weight ${value}`)
      }
      if (value === 0 || !tokenizer.isToken(index) || tokenizer.specialIds.has(index)) continue
      entries.push([tokenizer.tokenOf(index), value])
    }
    return toSparseVector(entries)
  }
}

/** From the end of the token before, so that a byte-level tokenizer sees the space that it makes part of a token. */
function textOf(text: string, tokenized: TokenizedText, chunk: Chunk): string {
  const [start, end] = chunkSpan(tokenized, chunk)
  const endBefore = tokenized.spans[2 * chunk.first - 1] ?? 0
  return text.slice(Math.min(start, endBefore), end)
}
