import { createHash, timingSafeEqual } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Encoder, Encoding } from '../encoder/encoder.js'
import type { TokenizerFiles } from '../model/bundle.js'
import { toRankFeatures } from '../rank-features/document-field.js'
import type { TextTokenizer } from '../tokenizer/text-tokenizer.js'

export interface EncoderServerOptions {
  readonly encoder: Encoder
  readonly tokenizer: TextTokenizer
  /** Handed to clients, which need the tokenizer to name tokens and to find them in texts. */
  readonly tokenizerFiles: TokenizerFiles
  /** The model's limit in tokens. */
  readonly maxTokens: number
  /** Most texts of one request; more are refused with 413. Default 32, as in text-embeddings-inference. */
  readonly maxBatchTexts?: number
  /** Texts that may wait or run at once; more are refused with 429. Default 512. */
  readonly maxConcurrentTexts?: number
  /** Largest request body in bytes. Default 2,000,000. */
  readonly maxBodyBytes?: number
  /** Bearer token that clients must send; default none. */
  readonly apiKey?: string
}

export interface EncoderServer {
  /**
   * @param port 0 for a free one
   * @returns the address, for example `http://127.0.0.1:8080`
   */
  listen(host: string, port: number): Promise<string>
  /** Answers what is in flight, then stops; the encoder stays open. */
  close(): Promise<void>
}

/** Of what may be left out, clients of text-embeddings-inference also say `null`. */
interface Prompt {
  /** Whether texts are encoded as queries. Default `document`. */
  readonly prompt_name?: 'query' | 'document' | null
}

interface EmbedBody extends Prompt {
  readonly inputs: string | readonly string[]
  readonly truncate?: boolean | null
}

const PROMPT_NAME = { enum: ['query', 'document', null] }
const EMBED_SPARSE_SCHEMA = {
  body: {
    type: 'object',
    required: ['inputs'],
    properties: {
      inputs: { anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: 'string' } }] },
      truncate: { type: ['boolean', 'null'] },
      prompt_name: PROMPT_NAME,
    },
  },
}
// Engines that can be told an address, but no more of the body than the texts, say there what the texts are.
const EMBED_FEATURES_SCHEMA = {
  ...EMBED_SPARSE_SCHEMA,
  querystring: { type: 'object', additionalProperties: false, properties: { prompt_name: PROMPT_NAME } },
}

/**
 * Serves an encoder over the sparse part of text-embeddings-inference's API, so that encoding can live on another
 * machine: `POST /embed_sparse`, `GET /info`, `GET /health`; and `GET /tokenizer` for our own clients. For engines that
 * call a server themselves, `POST /embed_features` answers with what their fields take: feature name -> weight.
 *
 * https://github.com/huggingface/text-embeddings-inference
 */
export function createEncoderServer(options: EncoderServerOptions): EncoderServer {
  const server = Fastify({
    bodyLimit: options.maxBodyBytes ?? 2_000_000,
    // A number is no text: say so, where Fastify would turn it into one.
    ajv: { customOptions: { coerceTypes: false } },
  })
  addAuthorization(server, options.apiKey)
  addErrors(server)
  addDescriptions(server, options)
  addEmbeddings(server, options)
  return {
    listen: (host, port) => server.listen({ host, port }),
    close: () => server.close(),
  }
}

function addAuthorization(server: FastifyInstance, apiKey: string | undefined): void {
  if (apiKey === undefined) return
  server.addHook('onRequest', async (request, reply) => {
    if (request.url === '/health' || isSame(request.headers.authorization ?? '', `Bearer ${apiKey}`)) return
    await reply.code(401).send({ error: 'the bearer token is missing or wrong', error_type: 'unauthorized' })
  })
}

/** Compares digests in constant time: how long it takes tells nothing of the key. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/** Errors have the form of text-embeddings-inference: a message and a type. */
function addErrors(server: FastifyInstance): void {
  server.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 424
    await reply
      .code(status)
      .send({ error: error.message, error_type: status === 424 ? 'backend' : 'validation' })
  })
}

function addDescriptions(server: FastifyInstance, options: EncoderServerOptions): void {
  const { encoder, tokenizerFiles, maxTokens, maxBatchTexts = 32, maxConcurrentTexts = 512 } = options
  const { name, fingerprint } = encoder.identity
  server.get('/health', () => ({}))
  server.get('/tokenizer', () => tokenizerFiles)
  server.get('/info', () => ({
    model_id: name,
    model_sha: fingerprint,
    model_type: { embedding: { pooling: 'splade' } },
    max_input_length: maxTokens,
    max_client_batch_size: maxBatchTexts,
    max_concurrent_requests: maxConcurrentTexts,
    splade_bridge: { name, fingerprint },
  }))
}

function addEmbeddings(server: FastifyInstance, options: EncoderServerOptions): void {
  const embed = createEmbedder(options)
  server.post<{ Body: EmbedBody }>('/embed_sparse', { schema: EMBED_SPARSE_SCHEMA }, ({ body }, reply) =>
    embed(body, reply, (encoding) => toWeightedIds(encoding, options.tokenizer)),
  )
  server.post<{ Body: EmbedBody; Querystring: Prompt }>(
    '/embed_features',
    { schema: EMBED_FEATURES_SCHEMA },
    ({ body, query }, reply) => embed({ ...query, ...body }, reply, ({ vector }) => toRankFeatures(vector)),
  )
}

/** Encodes the texts of a request and answers with a row for each. */
type Embed = (
  body: EmbedBody,
  reply: FastifyReply,
  toRow: (encoding: Encoding) => unknown,
) => Promise<unknown>

/** All that embed share one limit of texts in flight. */
function createEmbedder(options: EncoderServerOptions): Embed {
  const { encoder, maxTokens, maxBatchTexts = 32, maxConcurrentTexts = 512 } = options
  let inFlight = 0
  return async ({ inputs, truncate, prompt_name: side }, reply, toRow) => {
    const texts = typeof inputs === 'string' ? [inputs] : inputs
    if (texts.length > maxBatchTexts) {
      return reply.code(413).send({
        error: `batch size ${texts.length} > maximum allowed batch size ${maxBatchTexts}`,
        error_type: 'validation',
      })
    }
    if (inFlight + texts.length > maxConcurrentTexts) {
      return reply
        .code(429)
        .header('retry-after', '1')
        .send({ error: 'the model is overloaded', error_type: 'overloaded' })
    }
    inFlight += texts.length
    try {
      const encodings = await (side === 'query'
        ? encoder.encodeQueries(texts)
        : encoder.encodeDocuments(texts))
      const long = truncate === true ? -1 : encodings.findIndex(({ truncated }) => truncated)
      if (long >= 0) return await reply.code(413).send(tooLong(long, encodings, maxTokens))
      return encodings.map(toRow)
    } finally {
      inFlight -= texts.length
    }
  }
}

function tooLong(position: number, encodings: readonly Encoding[], maxTokens: number): object {
  const tokens = encodings[position]?.tokenCount ?? 0
  const error = `inputs[${position}] has ${tokens} tokens, more than the ${maxTokens} that the model reads; send "truncate": true to drop the end`
  return { error, error_type: 'validation' }
}

/** In order of token id, as the reference server answers. */
function toWeightedIds(
  { vector }: Encoding,
  tokenizer: TextTokenizer,
): readonly { index: number; value: number }[] {
  const entries: { index: number; value: number }[] = []
  for (const [token, value] of vector) {
    const index = tokenizer.idOf(token)
    if (index !== undefined) entries.push({ index, value })
  }
  return entries.sort((a, b) => a.index - b.index)
}
