import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { isObject, member } from '../../../src/engine/json.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import { decodeFeatureName } from '../../../src/rank-features/feature-name.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'
import { askProxy, MODEL, RECORDS, recordLines } from './corpus.js'
import { type RewritingUpstream, startRewritingUpstream } from './rewriting-upstream.js'

describe.each(ENGINES)('documents written through the rewriter on %s', (id) => {
  const index = uniqueName('written')
  const reference = uniqueName('reference')
  let client: EngineClient
  let encoder: Encoder
  let proxy: RewritingUpstream

  const stored = async (name: string, documentId: string) => {
    const { body } = await client.request({ method: 'GET', path: `/${name}/_doc/${documentId}` })
    return member(body, '_source')
  }
  const vectorOf = async (name: string, documentId: string) =>
    member(await stored(name, documentId), 'splade')
  const vectorOfText = async (text: string) => {
    const [encoding] = await encoder.encodeDocuments([text])
    return [...(encoding?.vector.keys() ?? [])].sort()
  }
  const tokensOf = (vector: unknown) =>
    isObject(vector) ? Object.keys(vector).map(decodeFeatureName).sort() : []

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    encoder = await loadNeuralEncoder(await loadModelBundle(MODEL))
    const meta = {
      field: 'splade',
      textFields: ['text'],
      encoder: encoder.identity,
      longTexts: encoder.longTexts!,
    }
    await createIndex(client, { index, meta })
    await createIndex(client, { index: reference, meta })
    await indexDocuments(client, encoder, { index: reference, inputs: [streamInput(recordLines())] })
    proxy = await startRewritingUpstream(testEngine(id).url, createRewriter({ encoders: [encoder] }))
  })
  afterAll(async () => {
    await proxy.close()
    for (const name of [index, reference]) await client.request({ method: 'DELETE', path: `/${name}` })
    await encoder.close()
    await client.close()
  })

  it('have the vectors and side fields that index gives them', async () => {
    const lines = RECORDS.map(
      ({ _id, text }) => `{"index":{"_id":"${_id}"}}\n{ "text" : ${JSON.stringify(text)} }\n`,
    )
    const { json } = await askProxy(proxy, 'POST', `/${index}/_bulk?refresh=true`, lines.join(''))
    expect(json).toMatchObject({ errors: false })
    const timeless = (source: unknown) => ({
      ...(source as object),
      splade_meta: { ...(member(source, 'splade_meta') as object), encoded_at: 0 },
    })
    for (const { _id } of RECORDS)
      expect(timeless(await stored(index, _id))).toEqual(timeless(await stored(reference, _id)))
  })

  it('keep every byte that they came with', async () => {
    const document = '{ "text" : "bread",  "n":1.50e2, "big": 1234567890123456789 }'
    await askProxy(proxy, 'PUT', `/${index}/_doc/bytes?refresh=true`, document)
    const sent = proxy.sent.at(-1)?.body ?? ''
    expect(sent.startsWith('{ "text" : "bread",  "n":1.50e2, "big": 1234567890123456789 ,"splade":{')).toBe(
      true,
    )
    expect(tokensOf(await vectorOf(index, 'bytes'))).toEqual(await vectorOfText('bread'))
  })

  it('fail alone in a bulk, at their own place of its answer', async () => {
    const lines = [
      '{"index":{"_id":"a"}}',
      '{"text":"a volcano"}',
      '{"create":{"_id":"b"}}',
      '{"text":{"not":"a text"}}',
      '{"delete":{"_id":"nothing"}}',
      '{"index":{"_id":"c"}}',
      '{"other":1}',
    ]
    const { json } = await askProxy(proxy, 'POST', `/${index}/_bulk`, `${lines.join('\n')}\n`)
    expect(json).toMatchObject({
      errors: true,
      items: [
        { index: { _id: 'a', status: 201 } },
        {
          create: {
            _id: 'b',
            _index: index,
            status: 400,
            error: {
              reason: 'document "b": field "text" must be a string or a list of strings to be encoded',
            },
          },
        },
        { delete: { _id: 'nothing', status: 404 } },
        { index: { _id: 'c', status: 201 } },
      ],
    })
    expect(await vectorOf(index, 'c')).toBeUndefined()
  })

  it('are answered for by the proxy where all of a bulk are refused', async () => {
    const { status, json } = await askProxy(
      proxy,
      'POST',
      '/_bulk',
      `{"index":{"_index":"${index}","_id":7}}\n{"text":5}\n`,
    )
    expect(status).toBe(200)
    expect(json).toMatchObject({ errors: true, items: [{ index: { _id: '7', status: 400 } }] })
  })

  it('get the vector of the new text from an update, without tokens of the old one', async () => {
    await askProxy(proxy, 'PUT', `/${index}/_doc/u?refresh=true`, { text: 'a volcano', year: 1 })
    const { json } = await askProxy(proxy, 'POST', `/${index}/_update/u?refresh=true`, {
      doc: { text: 'baking bread' },
    })
    expect(json).toMatchObject({ _id: 'u', result: 'updated', _version: 2 })
    expect(await stored(index, 'u')).toMatchObject({ text: 'baking bread', year: 1 })
    expect(tokensOf(await vectorOf(index, 'u'))).toEqual(await vectorOfText('baking bread'))
  })

  it('keep their vector in an update of other fields, which the engine does by itself', async () => {
    const before = await vectorOf(index, 'u')
    const { json } = await askProxy(proxy, 'POST', `/${index}/_update/u`, { doc: { year: 2 } })
    expect(json).toMatchObject({ result: 'updated' })
    expect(proxy.sent.at(-1)).toMatchObject({ target: `/${index}/_update/u`, body: '{"doc":{"year":2}}' })
    expect(await vectorOf(index, 'u')).toEqual(before)
  })

  it('are updated in bulk, and answered as updates', async () => {
    const lines = [
      '{"update":{"_id":"u","retry_on_conflict":3}}',
      '{"doc":{"text":"the heart"}}',
      '{"update":{"_id":"new"}}',
      '{"doc":{"text":"a symphony"},"doc_as_upsert":true}',
      '{"update":{"_id":"missing"}}',
      '{"doc":{"text":"nothing"}}',
    ]
    const { json } = await askProxy(proxy, 'POST', `/${index}/_bulk`, `${lines.join('\n')}\n`)
    expect(json).toMatchObject({
      errors: true,
      items: [
        { update: { _id: 'u', status: 200 } },
        { update: { _id: 'new', status: 201 } },
        { update: { _id: 'missing', status: 404 } },
      ],
    })
    expect(tokensOf(await vectorOf(index, 'u'))).toEqual(await vectorOfText('the heart'))
    expect(tokensOf(await vectorOf(index, 'new'))).toEqual(await vectorOfText('a symphony'))
  })

  it('are left alone where they come with current vectors, and encoded anew where these are old', async () => {
    const source = (await stored(reference, 'car')) as Record<string, unknown>
    await askProxy(proxy, 'PUT', `/${index}/_doc/car`, source)
    expect(proxy.sent.at(-1)?.body).toBe(JSON.stringify(source))
    await askProxy(proxy, 'PUT', `/${index}/_doc/car`, { ...source, text: 'snow' })
    expect(tokensOf(await vectorOf(index, 'car'))).toEqual(await vectorOfText('snow'))
  })
})
