import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { modelCheck } from '../../../src/cli/engine-encoder-flags.js'
import { createEncoderServer, type EncoderServer } from '../../../src/encoder-server/encoder-server.js'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { arrayMember, member, stringMember } from '../../../src/engine/json.js'
import { applySetup, planSetup, setupName, type SetupOptions } from '../../../src/engine/set-up.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { toRankFeatures } from '../../../src/rank-features/document-field.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import { deleteIndices, NEURAL_ENGINE, testEngine, uniqueName } from '../../engines.js'
import { allowLoopbackModels } from '../../ml-commons.js'

const MODEL = fileURLToPath(new URL('../../../models/splade-tiny-en', import.meta.url))
const KEY = 'key-of-the-test'

let client: EngineClient
let encoder: Encoder
let server: EncoderServer
let address: string

beforeAll(async () => {
  client = await connect({ url: testEngine(NEURAL_ENGINE).url })
  const bundle = await loadModelBundle(MODEL)
  const { tokenizerFiles, maxTokens } = bundle
  encoder = await loadNeuralEncoder(bundle, { longTexts: 'truncate' })
  const tokenizer = loadTokenizer(tokenizerFiles)
  server = createEncoderServer({ encoder, tokenizer, tokenizerFiles, maxTokens, apiKey: KEY })
  address = await server.listen('127.0.0.1', 0)
  await allowLoopbackModels(client)
})

afterAll(async () => {
  await deleteIndices(client, 'called-')
  await server.close()
  await encoder.close()
  await client.close()
})

function options(index: string, more: Partial<SetupOptions> = {}): SetupOptions {
  return {
    target: { kind: 'index', name: index },
    meta: { field: 'splade', textFields: ['title', 'text'], encoder: encoder.identity },
    engineEncoder: { address, hasKey: true },
    ...more,
  }
}

/** @returns `action kind` of each change */
async function setUp(wanted: SetupOptions, encoderKey = KEY): Promise<readonly string[]> {
  const plan = await planSetup(client, wanted)
  const onModel = modelCheck(client, encoder, setupName(wanted.target))
  await applySetup(client, plan, wanted, { encoderKey, onModel })
  return plan.changes.map(({ action, resource }) => `${action} ${resource.kind}`)
}

async function write(index: string, id: string, document: object): Promise<unknown> {
  const path = `/${index}/_doc/${id}`
  await client.request({ method: 'PUT', path, body: document, query: { refresh: true } })
  return member((await client.request({ method: 'GET', path })).body, '_source')
}

async function search(index: string, body: object): Promise<readonly unknown[]> {
  const answer = await client.request({ method: 'POST', path: `/${index}/_search`, body })
  return arrayMember(member(answer.body, 'hits'), 'hits')
}

async function vectorOf(text: string): Promise<Readonly<Record<string, number>>> {
  const [encoding] = await encoder.encodeDocuments([text])
  return toRankFeatures(encoding!.vector)
}

/** Weights of an answer of the engine, which are floats in decimal notation. */
function expectVector(received: unknown, expected: Readonly<Record<string, number>>): void {
  expect(Object.keys(received as object).sort()).toEqual(Object.keys(expected).sort())
  for (const [token, weight] of Object.entries(expected))
    expect(member(received, token)).toBeCloseTo(weight, 5)
}

describe('an index whose documents OpenSearch has encoded', () => {
  let index: string
  beforeAll(async () => {
    index = uniqueName('called')
    expect(await setUp(options(index, { searchPipeline: true }))).toEqual([
      'create model',
      'create model',
      'create ingest pipeline',
      'create search pipeline',
      'create index',
    ])
  })

  it('has the vectors that the encoder gives, of all text fields, and nothing else', async () => {
    const source = await write(index, '1', { title: ['Car', 'trouble'], text: 'The battery is flat.', n: 1 })
    expect(Object.keys(source as object).sort()).toEqual(['n', 'splade', 'text', 'title'])
    expectVector(member(source, 'splade'), await vectorOf('Car trouble The battery is flat.'))
  })

  it('keeps vectors that a document comes with, and documents without text', async () => {
    expect(await write(index, '2', { text: 'pie', splade: { own: 2 } })).toEqual({
      text: 'pie',
      splade: { own: 2 },
    })
    expect(await write(index, '3', { n: 3, text: ' ' })).toEqual({ n: 3, text: ' ' })
  })

  it('finds them by the text of a neural_sparse query that names no model', async () => {
    await write(index, '1', { title: 'Car', text: 'The battery is flat.' })
    const query = { neural_sparse: { splade: { query_text: 'a flat battery' } } }
    const [hit] = await search(index, { query })
    expect(stringMember(hit, '_id')).toBe('1')
  })

  it('brings the parts of a hybrid query to one scale', async () => {
    await write(index, '1', { title: 'Car', text: 'The battery is flat.' })
    const queries = [
      { neural_sparse: { splade: { query_text: 'a flat battery' } } },
      { match: { text: 'battery' } },
      { match: { title: 'car' } },
    ]
    const [hit] = await search(index, { query: { hybrid: { queries } } })
    expect(member(hit, '_score')).toBe(1)
  })

  it('is kept by a second run, which shows no key', async () => {
    const { changes } = await planSetup(client, options(index, { searchPipeline: true }))
    expect(changes.map(({ action }) => action)).toEqual(Array<string>(6).fill('keep'))
    expect(JSON.stringify(changes)).not.toContain(KEY)
  })
})

describe('setting up an encoder that the engine calls', () => {
  it('calls nobody with a key that the server does not take, and mends that with the right one', async () => {
    const index = uniqueName('called')
    await expect(setUp(options(index), 'another')).rejects.toThrow(
      'SPLADE_BRIDGE_ENCODER_KEY has to be the key that the encoder server was started with',
    )
    const exists = client.request({ method: 'GET', path: `/${index}` })
    await expect(exists).rejects.toThrow('404')
    expect((await setUp(options(index))).slice(0, 2)).toEqual(['update model', 'create model'])
  })

  it('refuses a server with another model than the index', async () => {
    const index = uniqueName('called')
    const other: Encoder = { ...encoder, encodeDocuments: () => encoder.encodeDocuments(['another text']) }
    const plan = await planSetup(client, options(index))
    const onModel = modelCheck(client, other, index)
    const applied = applySetup(client, plan, options(index), { encoderKey: KEY, onModel })
    await expect(applied).rejects.toThrow(
      'the encoder server weighs a document in another way than splade-tiny-en, the model of the index',
    )
  })

  it('says which cluster setting keeps it from calling', async () => {
    const elsewhere = { address: address.replace('127.0.0.1', 'localhost'), hasKey: true }
    const refused = setUp(options(uniqueName('called'), { engineEncoder: elsewhere }))
    await expect(refused).rejects.toThrow('plugins.ml_commons.trusted_connector_endpoints_regex')
  })

  it('lets documents pass the guard afterwards, also where the guard was there before', async () => {
    const index = uniqueName('called')
    const guarded: Partial<SetupOptions> = { guard: true }
    await setUp(options(index, { ...guarded, engineEncoder: undefined }))
    expect(await setUp(options(index, guarded))).toContain('update index settings')
    const source = await write(index, '1', { text: 'x', splade: { good: 1, 'a.dot': 2, zero: 0 } })
    expect(member(source, 'splade')).toEqual({ good: 1 })
  })

  it('refuses an index that documents reach through another pipeline', async () => {
    const index = uniqueName('called')
    await setUp(options(index, { guard: true, engineEncoder: undefined }))
    await expect(planSetup(client, options(index))).rejects.toThrow(
      `index "${index}" has the default pipeline "splade-bridge-${index}-guard"; call "splade-bridge-${index}-encode"`,
    )
  })

  it('serves all indices of a template', async () => {
    const name = uniqueName('called')
    const wanted = options(name, { target: { kind: 'template', pattern: `${name}-*` } })
    await setUp(wanted)
    expect(new Set(await setUp(wanted))).toEqual(
      new Set(
        ['model', 'ingest pipeline', 'search pipeline', 'component template', 'index template'].map(
          (kind) => `keep ${kind}`,
        ),
      ),
    )
    expectVector(
      member(await write(`${name}-1`, '1', { text: 'apple pie' }), 'splade'),
      await vectorOf('apple pie'),
    )
  })
})
