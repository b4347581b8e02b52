import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createEncoderServer, type EncoderServer } from '../../../src/encoder-server/encoder-server.js'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import { createRemoteEncoder, readRemoteInfo } from '../../../src/encoder/remote.js'
import { EncodingError } from '../../../src/errors.js'
import { loadModelBundle, type ModelBundle } from '../../../src/model/bundle.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import type { TextTokenizer } from '../../../src/tokenizer/text-tokenizer.js'

const MODEL = fileURLToPath(new URL('../../../models/splade-tiny-en', import.meta.url))
const TEXTS = ['my car does not start', '', 'heart attack symptoms', 'word '.repeat(700), '서울']

let bundle: ModelBundle
let tokenizer: TextTokenizer
let local: Encoder
let server: EncoderServer
let url: string

beforeAll(async () => {
  bundle = await loadModelBundle(MODEL)
  tokenizer = loadTokenizer(bundle.tokenizerFiles)
  local = await loadNeuralEncoder(bundle, { pruneQueries: { topK: 4 }, longTexts: 'truncate' })
  server = createEncoderServer({
    encoder: local,
    tokenizer,
    tokenizerFiles: bundle.tokenizerFiles,
    maxTokens: bundle.maxTokens,
    maxBatchTexts: 3,
    apiKey: 'key-of-the-test',
  })
  url = await server.listen('127.0.0.1', 0)
})

afterAll(async () => {
  await server.close()
  await local.close()
})

const post = (body: unknown, headers: Record<string, string> = { authorization: 'Bearer key-of-the-test' }) =>
  fetch(`${url}/embed_sparse`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

describe('the encoder server', () => {
  it('answers /embed_sparse with ids and weights in order of id', async () => {
    const response = await post({ inputs: 'my car does not start' })
    const [row] = (await response.json()) as [{ index: number; value: number }[]]
    const [encoding] = await local.encodeDocuments(['my car does not start'])
    expect(response.status).toBe(200)
    expect(new Map(row.map(({ index, value }) => [tokenizer.tokenOf(index), value]))).toEqual(
      new Map([...encoding!.vector]),
    )
    expect(row.map(({ index }) => index)).toEqual(row.map(({ index }) => index).sort((a, b) => a - b))
  })

  it.each([
    ['a batch over the limit', { inputs: ['a', 'b', 'c', 'd'] }, 413, /batch size 4/],
    [
      'a text over the limit, unless told to truncate',
      { inputs: ['a', 'word '.repeat(700)] },
      413,
      /inputs\[1\] has 702 tokens/,
    ],
    ['no inputs', {}, 400, /inputs/],
    ['inputs of another type', { inputs: 5 }, 400, /inputs/],
    ['broken JSON', '{"inputs": ', 400, /JSON/],
  ])('refuses %s', async (_, body, status, message) => {
    const response = await post(body)
    expect(response.status).toBe(status)
    expect(((await response.json()) as { error: string }).error).toMatch(message)
  })

  it('takes null for what clients of text-embeddings-inference leave open', async () => {
    const open = await post({ inputs: 'a car', truncate: null, prompt_name: null })
    const absent = await post({ inputs: 'a car' })
    expect(open.status).toBe(200)
    expect(await open.json()).toEqual(await absent.json())
    expect((await post({ inputs: 'word '.repeat(700), truncate: null })).status).toBe(413)
  })

  it('cuts a long text when told to', async () => {
    expect((await post({ inputs: 'word '.repeat(700), truncate: true })).status).toBe(200)
  })

  it('refuses callers without the key, but for /health', async () => {
    expect((await post({ inputs: 'a' }, {})).status).toBe(401)
    expect((await post({ inputs: 'a' }, { authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })
})

describe('the remote encoder', () => {
  it('gives the vectors of the encoder that is served, on both sides, over several requests', async () => {
    const info = await readRemoteInfo(url, 'key-of-the-test')
    const remote = createRemoteEncoder({
      url,
      tokenizer,
      info,
      apiKey: 'key-of-the-test',
      longTexts: 'truncate',
    })
    expect(remote.identity).toEqual(local.identity)
    expect(await remote.encodeDocuments(TEXTS)).toEqual(await local.encodeDocuments(TEXTS))
    expect((await remote.encodeQueries(TEXTS)).map(({ vector }) => [...vector])).toEqual(
      (await local.encodeQueries(TEXTS)).map(({ vector }) => [...vector]),
    )
    expect(remote.locate('my car')).toEqual(local.locate('my car'))
  })

  it.each(['merge', 'nested'] as const)(
    'cuts long texts itself and gives the vectors of an encoder here: %s',
    async (longTexts) => {
      const options = { longTexts, chunkTokens: 20, chunkOverlap: 3 }
      const here = await loadNeuralEncoder(bundle, options)
      const info = await readRemoteInfo(url, 'key-of-the-test')
      const remote = createRemoteEncoder({ url, tokenizer, info, apiKey: 'key-of-the-test', ...options })
      const texts = [
        'The sun shines. '.repeat(30),
        'short',
        'Snow falls. It is cold in the mountains. '.repeat(5),
      ]
      const [expected, received] = [await here.encodeDocuments(texts), await remote.encodeDocuments(texts)]
      await here.close()
      expect(received).toEqual(expected)
      expect(received.map(({ chunkCount }) => chunkCount > 1)).toEqual([true, false, true])
      expect((await remote.encodeQueries(texts))[0]).not.toHaveProperty('chunks')
    },
  )

  it('names the address and the answer when the key is wrong, and not the key', async () => {
    const attempt = readRemoteInfo(url, 'wrong-secret')
    await expect(attempt).rejects.toThrow(/\/info answered 401/)
    await expect(attempt).rejects.not.toThrow(/wrong-secret/)
  })

  it('says plainly that nothing answers', async () => {
    await expect(readRemoteInfo('http://127.0.0.1:9')).rejects.toThrow(/does not answer \(.+\)$/)
  })

  it.each([
    ['a page', '<html>', /\/info answered with something other than JSON; is it an encoder server\?$/],
    ['nothing', 'null', /\/info names no model_id; is it an encoder server\?$/],
    ['a list', '[]', /\/info names no model_id; is it an encoder server\?$/],
  ])('takes %s for no encoder server', async (_, answer, message) => {
    const other = await listen((__, response) => response.end(answer))
    await expect(readRemoteInfo(other.url)).rejects.toThrow(message)
    await expect(readRemoteInfo(other.url)).rejects.toThrow(EncodingError)
    await other.close()
  })

  it('asks an overloaded server again, and gives up after its retries', async () => {
    const answers = [429, 503, 200, 503, 503]
    const asked: string[] = []
    const overloaded = await listen((request, response) => {
      asked.push(request.url ?? '')
      const status = answers.shift() ?? 503
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(status === 200 ? '[[{"index":2482,"value":1.5}]]' : '{"error":"busy"}')
    })
    const info = {
      identity: { name: 'm', fingerprint: 'f' },
      maxTokens: 512,
      maxBatchTexts: 8,
      tellsQueriesApart: false,
    }
    const remote = createRemoteEncoder({ url: overloaded.url, tokenizer, info, maxRetries: 2 })
    const [encoding] = await remote.encodeDocuments(['car'])
    expect([...encoding!.vector]).toEqual([[tokenizer.tokenOf(2482), 1.5]])
    answers.splice(0, answers.length, 503, 503, 503)
    await expect(remote.encodeDocuments(['car'])).rejects.toThrow(EncodingError)
    expect(asked).toHaveLength(6)
    await overloaded.close()
  })

  it.each([
    ['a weight that is not a number', '[[{"index":5,"value":null}]]', /token 5 of weight null/],
    ['too few vectors', '[]', /something other than 1 vectors/],
    ['a vector that is none', '[5]', /something other than 1 vectors/],
  ])('refuses %s', async (_, answer, message) => {
    const broken = await listen((__, response) => response.end(answer))
    const info = {
      identity: { name: 'm', fingerprint: 'f' },
      maxTokens: 512,
      maxBatchTexts: 8,
      tellsQueriesApart: false,
    }
    await expect(
      createRemoteEncoder({ url: broken.url, tokenizer, info }).encodeDocuments(['a']),
    ).rejects.toThrow(message)
    await broken.close()
  })
})

async function listen(
  handler: Parameters<typeof createServer>[1],
): Promise<{ url: string; close: () => Promise<void> }> {
  const http: Server = createServer(handler)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
