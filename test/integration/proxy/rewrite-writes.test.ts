import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { isObject, member } from '../../../src/engine/json.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { decodeFeatureName } from '../../../src/rank-features/feature-name.js'
import { OUTER_ENGINES, uniqueName } from '../../engines.js'
import { askProxy, RECORDS } from './corpus.js'
import { type Fixture, openFixture } from './fixture.js'

describe.each(OUTER_ENGINES)('documents written through the rewriter on %s', (id) => {
  const index = uniqueName('written')
  let fixture: Fixture
  let reference: string

  const ask = (method: string, path: string, body?: unknown) => askProxy(fixture.proxy, method, path, body)
  const stored = async (name: string, documentId: string) => {
    const { body } = await fixture.client.request({ method: 'GET', path: `/${name}/_doc/${documentId}` })
    return member(body, '_source')
  }
  const vectorOf = async (name: string, documentId: string) =>
    member(await stored(name, documentId), 'splade')
  const vectorOfText = async (text: string) => {
    const [encoding] = await fixture.encoder.encodeDocuments([text])
    return [...(encoding?.vector.keys() ?? [])].sort()
  }
  const tokensOf = (vector: unknown) =>
    isObject(vector) ? Object.keys(vector).map(decodeFeatureName).sort() : []

  beforeAll(async () => {
    fixture = await openFixture(id)
    reference = fixture.index
    await createIndex(fixture.client, { index, meta: fixture.searcher.meta })
  })
  afterAll(async () => {
    await fixture.client.request({ method: 'DELETE', path: `/${index}` })
    await fixture.close()
  })

  it('have the vectors and side fields that index gives them', async () => {
    const lines = RECORDS.map(
      ({ _id, text }) => `{"index":{"_id":"${_id}"}}\n{ "text" : ${JSON.stringify(text)} }\n`,
    )
    const { json } = await ask('POST', `/${index}/_bulk?refresh=true`, lines.join(''))
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
    await ask('PUT', `/${index}/_doc/bytes?refresh=true`, document)
    const sent = fixture.proxy.sent.at(-1)?.body ?? ''
    expect(sent.startsWith('{ "text" : "bread",  "n":1.50e2, "big": 1234567890123456789 ,"splade":{')).toBe(
      true,
    )
    expect(tokensOf(await vectorOf(index, 'bytes'))).toEqual(await vectorOfText('bread'))
  })

  it('have their vectors below an object, beside what it holds, as applications made for ELSER ask for them', async () => {
    const below = uniqueName('written')
    await createIndex(fixture.client, {
      index: below,
      meta: { ...fixture.searcher.meta, field: 'vector.tokens' },
    })
    try {
      const tokens = async () => tokensOf(member(await stored(below, 'a'), 'vector', 'tokens'))
      await ask('PUT', `/${below}/_doc/a?refresh=true`, '{"text":"bread","vector":{"n":1.50}}')
      expect(fixture.proxy.sent.at(-1)?.body).toMatch(/^\{"text":"bread","vector":\{"n":1\.50,"tokens":\{/)
      expect(await tokens()).toEqual(await vectorOfText('bread'))
      await ask('POST', `/${below}/_update/a?refresh=true`, '{"doc":{"text":"a volcano"}}')
      expect(await tokens()).toEqual(await vectorOfText('a volcano'))
      expect(await stored(below, 'a')).toMatchObject({ vector: { n: 1.5 } })
      const query = {
        text_expansion: { 'vector.tokens': { model_id: 'splade-tiny-en', model_text: 'volcano' } },
      }
      const { json } = await ask('POST', `/${below}/_search`, { query: { bool: { must: [query] } } })
      expect(json).toMatchObject({ hits: { hits: [{ _id: 'a' }] } })
    } finally {
      await fixture.client.request({ method: 'DELETE', path: `/${below}` })
    }
  })

  it.each([
    ['PUT', '_doc/slash/', '{"text":"a volcano"}'],
    ['POST', '_bulk//', '{"index":{"_id":"slash"}}\n{"text":"a glacier"}\n'],
    ['POST', '_update/slash/', '{"doc":{"text":"bread"}}'],
  ])('are encoded where the path ends in slashes: %s %s', async (method, path, body) => {
    const { status } = await ask(method, `/${index}/${path}?refresh=true`, body)
    expect(status).toBeLessThan(300)
    const { text } = (await stored(index, 'slash')) as { text: string }
    expect(tokensOf(await vectorOf(index, 'slash'))).toEqual(await vectorOfText(text))
    const { text: found } = await ask('POST', `/${index}/_search/`, { query: { splade: { text } } })
    expect(found).toContain('"_id":"slash"')
  })

  const withTypes = id === 'elasticsearch-7' || id === 'opensearch-1' ? it : it.skip
  withTypes('are encoded where the path has a type', async () => {
    await ask('POST', `/${index}/_doc/_bulk`, '{"index":{"_id":"typed"}}\n{"text":"a volcano"}\n')
    expect(tokensOf(await vectorOf(index, 'typed'))).toEqual(await vectorOfText('a volcano'))
    await ask('POST', `/${index}/_doc/typed/_update`, { doc: { text: 'bread' } })
    expect(tokensOf(await vectorOf(index, 'typed'))).toEqual(await vectorOfText('bread'))
    await ask('PUT', `/${index}/%5Fdoc/typed`, { text: 'a glacier' })
    expect(tokensOf(await vectorOf(index, 'typed'))).toEqual(await vectorOfText('a glacier'))
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
    const { json } = await ask('POST', `/${index}/_bulk`, `${lines.join('\n')}\n`)
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
    const { status, json } = await ask(
      'POST',
      '/_bulk',
      `{"index":{"_index":"${index}","_id":7}}\n{"text":5}\n`,
    )
    expect(status).toBe(200)
    expect(json).toMatchObject({ errors: true, items: [{ index: { _id: '7', status: 400 } }] })
  })

  it('get the vector of the new text from an update, without tokens of the old one', async () => {
    await ask('PUT', `/${index}/_doc/u?refresh=true`, { text: 'a volcano', year: 1 })
    const { json } = await ask('POST', `/${index}/_update/u?refresh=true`, {
      doc: { text: 'baking bread' },
    })
    expect(json).toMatchObject({ _id: 'u', result: 'updated', _version: 2 })
    expect(await stored(index, 'u')).toMatchObject({ text: 'baking bread', year: 1 })
    expect(tokensOf(await vectorOf(index, 'u'))).toEqual(await vectorOfText('baking bread'))
  })

  it('keep their vector in an update of other fields, which the engine does by itself', async () => {
    const before = await vectorOf(index, 'u')
    const { json } = await ask('POST', `/${index}/_update/u`, { doc: { year: 2 } })
    expect(json).toMatchObject({ result: 'updated' })
    expect(fixture.proxy.sent.at(-1)).toMatchObject({
      target: `/${index}/_update/u`,
      body: '{"doc":{"year":2}}',
    })
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
    const { json } = await ask('POST', `/${index}/_bulk`, `${lines.join('\n')}\n`)
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

  describe('that come several times in one bulk', () => {
    const bulk = async (name: string, lines: readonly object[]) => {
      const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
      return (await ask('POST', `/${name}/_bulk?refresh=true`, body)).json
    }

    it('have the vector of their last text', async () => {
      const answer = await bulk(index, [
        { index: { _id: 'n1' } },
        { text: 'a volcano', year: 1 },
        { index: { _id: 'n2' } },
        { text: 'snow' },
        { update: { _id: 'n1' } },
        { doc: { text: 'baking bread' } },
        { update: { _id: 'n1' } },
        { doc: { year: 2 } },
        { update: { _id: 'n1' } },
        { doc: { text: 'the heart' } },
      ])
      expect(answer).toMatchObject({
        errors: false,
        items: [
          { index: { _id: 'n1', result: 'created', _version: 1 } },
          { index: { _id: 'n2', result: 'created' } },
          { update: { _id: 'n1', result: 'updated', _version: 2 } },
          { update: { _id: 'n1', result: 'updated', _version: 3 } },
          { update: { _id: 'n1', result: 'updated', _version: 4 } },
        ],
      })
      expect(await stored(index, 'n1')).toMatchObject({ text: 'the heart', year: 2 })
      expect(tokensOf(await vectorOf(index, 'n1'))).toEqual(await vectorOfText('the heart'))
      expect(tokensOf(await vectorOf(index, 'n2'))).toEqual(await vectorOfText('snow'))
    })

    it('follow a deletion and a write that failed as they do without the proxy', async () => {
      await ask('PUT', `/${index}/_doc/n3?refresh=true`, { text: 'a volcano', year: 1 })
      const answer = await bulk(index, [
        { create: { _id: 'n3' } },
        { text: 'never stored' },
        { update: { _id: 'n3' } },
        { doc: { text: 'baking bread' } },
        { delete: { _id: 'n3' } },
        { update: { _id: 'n3' } },
        { doc: { text: 'a symphony' }, doc_as_upsert: true },
        { delete: { _id: 'n2' } },
        { update: { _id: 'n2' } },
        { doc: { text: 'nothing to update' } },
      ])
      expect(answer).toMatchObject({
        errors: true,
        items: [
          { create: { _id: 'n3', status: 409 } },
          { update: { _id: 'n3', status: 200 } },
          { delete: { _id: 'n3', status: 200 } },
          { update: { _id: 'n3', status: 201 } },
          { delete: { _id: 'n2', status: 200 } },
          { update: { _id: 'n2', status: 404 } },
        ],
      })
      const document = await stored(index, 'n3')
      expect(document).not.toHaveProperty('year')
      expect(document).toMatchObject({ text: 'a symphony' })
      expect(tokensOf(await vectorOf(index, 'n3'))).toEqual(await vectorOfText('a symphony'))
    })

    it('are one document under the name of an alias, too', async () => {
      const alias = uniqueName('written-alias')
      await fixture.client.request({ method: 'PUT', path: `/${index}/_alias/${alias}` })
      const answer = await bulk(index, [
        { index: { _index: alias, _id: 'n4' } },
        { text: 'a volcano' },
        { update: { _id: 'n4' } },
        { doc: { text: 'snow' } },
      ])
      expect(answer).toMatchObject({ errors: false })
      expect(tokensOf(await vectorOf(index, 'n4'))).toEqual(await vectorOfText('snow'))
    })
  })

  it('are left alone where they come with current vectors, and encoded anew where these are old', async () => {
    const source = (await stored(reference, 'car')) as Record<string, unknown>
    await ask('PUT', `/${index}/_doc/car`, source)
    expect(fixture.proxy.sent.at(-1)?.body).toBe(JSON.stringify(source))
    await ask('PUT', `/${index}/_doc/car`, { ...source, text: 'snow' })
    expect(tokensOf(await vectorOf(index, 'car'))).toEqual(await vectorOfText('snow'))
  })
})
