import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createEncoderServer, type EncoderServer } from '../../../src/encoder-server/encoder-server.js'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { toRankFeatures } from '../../../src/rank-features/document-field.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'

const MODEL = fileURLToPath(new URL('../../../models/splade-tiny-en', import.meta.url))
const TEXTS = ['my car does not start', 'a "quoted" text,\nof two lines', 'U.S. 3.5']
const KEY = 'key-of-the-test'
const EXAMPLE_ADDRESS = 'http://encoder.example.com:8080'

let encoder: Encoder
let server: EncoderServer
let url: string

beforeAll(async () => {
  const bundle = await loadModelBundle(MODEL)
  const { tokenizerFiles, maxTokens } = bundle
  encoder = await loadNeuralEncoder(bundle, { pruneQueries: { topK: 4 }, longTexts: 'truncate' })
  const tokenizer = loadTokenizer(tokenizerFiles)
  server = createEncoderServer({ encoder, tokenizer, tokenizerFiles, maxTokens, apiKey: KEY })
  url = await server.listen('127.0.0.1', 0)
})

afterAll(async () => {
  await server.close()
  await encoder.close()
})

const connector = (name: string): string =>
  readFileSync(new URL(`../../../pipelines/connectors/${name}.json`, import.meta.url), 'utf8').replace(
    EXAMPLE_ADDRESS,
    url,
  )

async function expectedDocuments(): Promise<readonly unknown[]> {
  return (await encoder.encodeDocuments(TEXTS)).map(({ vector }) => toRankFeatures(vector))
}

interface MlCommonsConnector {
  readonly parameters: Readonly<Record<string, string>>
  readonly actions: readonly {
    readonly method: string
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
    readonly request_body: string
  }[]
}

/**
 * Sends what ml-commons sends: `connector.pre_process.default.embedding` puts the texts into `parameters.input` as
 * JSON, then parameters and credentials are filled in as texts (ConnectorUtils, MLPreProcessFunction).
 */
async function predict(texts: readonly string[], overlaid: Record<string, string> = {}): Promise<Response> {
  const { parameters, actions } = JSON.parse(connector('opensearch-ml-commons')) as MlCommonsConnector
  const [action] = actions
  const values = { ...parameters, ...overlaid, input: JSON.stringify(texts), key: KEY }
  const fill = (text: string): string =>
    text.replace(/\$\{(?:parameters|credential)\.(\w+)\}/g, (_, name: keyof typeof values) => values[name])
  return fetch(fill(action!.url), {
    method: action!.method,
    headers: Object.entries(action!.headers).map(([name, value]): [string, string] => [name, fill(value)]),
    body: fill(action!.request_body),
  })
}

/** What neural-search makes of an answer without post-processing: the array becomes `response`, its maps the vectors. */
async function tokenWeightMaps(response: Response): Promise<readonly Record<string, number>[]> {
  const dataAsMap = { response: (await response.json()) as readonly Record<string, number>[] }
  return dataAsMap.response.map((map) => {
    for (const weight of Object.values(map)) expect(typeof weight).toBe('number')
    return map
  })
}

describe('the connector for ml-commons of OpenSearch', () => {
  it('gets a map of feature names and weights for every text, as documents are stored', async () => {
    const maps = await tokenWeightMaps(await predict(TEXTS))
    expect(maps).toEqual(await expectedDocuments())
    expect(Object.keys(maps[2]!).filter((name) => name.includes('.'))).toEqual([])
  })

  it('encodes queries where its parameter says so', async () => {
    const [map] = await tokenWeightMaps(await predict(['my car does not start'], { prompt_name: 'query' }))
    const [query] = await encoder.encodeQueries(['my car does not start'])
    expect(map).toEqual(toRankFeatures(query!.vector))
    expect(Object.keys(map!)).toHaveLength(4)
  })
})

describe('the connector for the inference API of Elasticsearch', () => {
  interface Settings {
    readonly service: string
    readonly service_settings: { readonly url: string; readonly api_key: string }
  }

  /** The service hugging_face sends the texts alone, and reads an array of token -> weight. */
  const infer = (side: string, key = KEY): Promise<Response> => {
    const { service, service_settings } = JSON.parse(connector('elasticsearch-inference')) as Settings
    expect(service).toBe('hugging_face')
    return fetch(service_settings.url.replace('=document', `=${side}`), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ inputs: TEXTS }),
    })
  }

  it('gets a map of feature names and weights for every text, as documents are stored', async () => {
    expect(await (await infer('document')).json()).toEqual(await expectedDocuments())
  })

  it('encodes queries where its address says so, and refuses an address that says something else', async () => {
    const queries = (await (await infer('query')).json()) as readonly object[]
    expect(queries.map((map) => Object.keys(map).length)).toEqual([4, 4, 4])
    expect((await infer('passage')).status).toBe(400)
  })

  it('is told where the key is wrong', async () => {
    expect((await infer('document', 'another')).status).toBe(401)
  })
})
