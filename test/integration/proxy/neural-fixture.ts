import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe } from '@jest/globals'
import { createEncoderServer } from '../../../src/encoder-server/encoder-server.js'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import type { LongTextOptions } from '../../../src/encoder/long-texts.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { stringMember } from '../../../src/engine/json.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { fileInput } from '../../../src/indexer/readers/input.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import type { RewriterOptions } from '../../../src/proxy/rewrite/rewriter-options.js'
import { toRankFeatures } from '../../../src/rank-features/document-field.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import { NEURAL_ENGINE, testEngine, uniqueName } from '../../engines.js'
import { allowLoopbackModels } from '../../ml-commons.js'
import { seededRandom } from '../../random.js'
import { MODEL } from './corpus.js'
import { type RewritingUpstream, startRewritingUpstream } from './rewriting-upstream.js'

const KEY = 'key-of-the-test'
const EXAMPLE_ADDRESS = 'http://encoder.example.com:8080'
const CORPUS = new URL('../../../examples/en/corpus.jsonl', import.meta.url)

/** Suites about OpenSearch with its own plugins; skipped where `TEST_ENGINES` leaves that engine out. */
export const describeNeural = isRunning() ? describe : describe.skip

/** An index of ours with the English examples on the engine with neural-search, and a rewriter before it. */
export interface NeuralFixture {
  readonly index: string
  readonly client: EngineClient
  readonly encoder: Encoder
  readonly proxy: RewritingUpstream
  /** A model of ml-commons that has an encoder server encode queries, with the very encoder of the index. */
  readonly modelId: string
  /** Feature name -> weight, as `query_tokens` takes them. */
  tokensOf(text: string): Promise<Readonly<Record<string, number>>>
  /** The engine's own answer. */
  readonly direct: Send
  /** The same request through the rewriter. */
  readonly through: Send
  close(): Promise<void>
}

type Send = (method: string, path: string, body?: unknown) => Promise<Answered>

export interface Answered {
  readonly status: number
  readonly json: unknown
}

export async function openNeuralFixture(
  rewriting: Partial<RewriterOptions> = {},
  encoding: LongTextOptions = {},
): Promise<NeuralFixture> {
  const index = uniqueName('neural')
  const { url } = testEngine(NEURAL_ENGINE)
  const client = await connect({ url })
  const bundle = await loadModelBundle(MODEL)
  const encoder = await loadNeuralEncoder(bundle, encoding)
  const longTexts = encoder.longTexts!
  const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity, longTexts }
  await createIndex(client, { index, meta })
  await indexDocuments(client, encoder, { index, inputs: [fileInput(CORPUS.pathname)] })
  const { tokenizerFiles, maxTokens } = bundle
  const tokenizer = loadTokenizer(tokenizerFiles)
  const server = createEncoderServer({ encoder, tokenizer, tokenizerFiles, maxTokens, apiKey: KEY })
  const modelId = await registerModel(client, await server.listen('127.0.0.1', 0))
  const rewriter = createRewriter({ encoders: [encoder], modelNames: [modelId], ...rewriting })
  const proxy = await startRewritingUpstream(url, rewriter)
  return {
    index,
    client,
    encoder,
    proxy,
    modelId,
    tokensOf: async (text) => {
      const [encoded] = await encoder.encodeQueries([text])
      return toRankFeatures(encoded!.vector)
    },
    direct: (method, path, body) => ask(url, method, path, body),
    through: (method, path, body) => ask(proxy.url, method, path, body),
    close: async () => {
      await proxy.close()
      await client.request({ method: 'DELETE', path: `/${index}` })
      await server.close()
      await encoder.close()
      await client.close()
    },
  }
}

/** Stretches of the example texts, the same in every run. */
export function randomTexts(count: number): readonly string[] {
  const random = seededRandom(count)
  const words = readFileSync(CORPUS, 'utf8')
    .trim()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as { text: string }).text.split(' '))
  return Array.from({ length: count }, () => {
    const start = Math.floor(random() * (words.length - 12))
    return words.slice(start, start + 1 + Math.floor(random() * 12)).join(' ')
  })
}

/** As docs/setup.md connects ml-commons, with the query side of the model. */
async function registerModel(client: EngineClient, address: string): Promise<string> {
  const post = async (path: string, body: object) =>
    (await client.request({ method: 'POST', path: `/_plugins/_ml/${path}`, body })).body
  await allowLoopbackModels(client)
  const created = await post('connectors/_create', connectorTo(address))
  const model = {
    name: uniqueName('model'),
    function_name: 'remote',
    connector_id: stringMember(created, 'connector_id'),
    // Without it a `semantic` field would not know what the model is.
    model_config: {
      model_type: 'sparse_encoding',
      framework_type: 'sentence_transformers',
      embedding_dimension: 1,
    },
  }
  const modelId = stringMember(await post('models/_register?deploy=true', model), 'model_id') ?? ''
  for (let tries = 0; tries < 100; tries++) {
    const { body } = await client.request({ method: 'GET', path: `/_plugins/_ml/models/${modelId}` })
    if (stringMember(body, 'model_state') === 'DEPLOYED') return modelId
    await sleep(100)
  }
  throw new Error(`ml-commons did not deploy model ${modelId}`)
}

function connectorTo(address: string): object {
  const file = new URL('../../../pipelines/connectors/opensearch-ml-commons.json', import.meta.url)
  const connector = JSON.parse(readFileSync(file, 'utf8').replace(EXAMPLE_ADDRESS, address)) as {
    readonly parameters: object
  }
  const parameters = { ...connector.parameters, prompt_name: 'query' }
  return { ...connector, parameters, credential: { key: KEY } }
}

async function ask(url: string, method: string, path: string, body?: unknown): Promise<Answered> {
  const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body)
  const type = text?.endsWith('\n') === true ? 'application/x-ndjson' : 'application/json'
  const sent = text === undefined ? {} : { body: text, headers: { 'content-type': type } }
  const answer = await fetch(url + path, { method, ...sent })
  return { status: answer.status, json: await answer.json() }
}

function isRunning(): boolean {
  const only = process.env.TEST_ENGINES?.split(',')
  return only?.includes(NEURAL_ENGINE) !== false
}
