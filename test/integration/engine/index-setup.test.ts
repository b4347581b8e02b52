import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from '../../../src/engine/connect.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { readIndexMeta, type IndexMeta } from '../../../src/engine/index-meta.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { member } from '../../../src/engine/json.js'
import type { SparseFieldType } from '../../../src/rank-features/field-type.js'
import { defaultFieldType, deleteIndices, ENGINES, testEngine, uniqueName } from '../../engines.js'

const COMMON = {
  field: 'splade',
  textFields: ['title', 'text'],
  encoder: { name: 'model-a', fingerprint: 'aaaaaaaaaaaaaaaa' },
}

const otherType = (type: SparseFieldType): SparseFieldType =>
  type === 'rank_features' ? 'sparse_vector' : 'rank_features'

describe.each(ENGINES)('index set-up on %s', (id) => {
  const fieldType = defaultFieldType(id)
  const META: IndexMeta = { ...COMMON, fieldType }
  let client: EngineClient
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
  })
  afterAll(async () => {
    await deleteIndices(client, 'setup-')
    await client.close()
  })

  async function mappingOf(index: string): Promise<unknown> {
    const { body } = await client.request({ method: 'GET', path: `/${index}/_mapping` })
    return member(body, index, 'mappings')
  }

  it('creates the mapping of mappings/ with a field that the engine has, and the model in its _meta', async () => {
    const index = uniqueName('setup')
    expect(await createIndex(client, { index, meta: COMMON })).toEqual({ created: true, meta: META })
    const mapping = await mappingOf(index)
    expect(member(mapping, 'properties', 'splade')).toEqual({ type: fieldType })
    expect(member(mapping, 'properties', 'splade_meta', 'properties', 'content_hash')).toEqual({
      type: 'keyword',
    })
    expect(member(mapping, '_meta', 'splade_bridge')).toEqual({
      version: 1,
      field: 'splade',
      field_type: fieldType,
      text_fields: ['title', 'text'],
      encoder: { name: 'model-a', fingerprint: 'aaaaaaaaaaaaaaaa' },
    })
  })

  it('reads back what it wrote, average length included', async () => {
    const index = uniqueName('setup')
    const meta = { ...META, averageLength: 87.5 }
    await createIndex(client, { index, meta })
    expect(await readIndexMeta(client, index)).toEqual(meta)
  })

  it('keeps an index that is set up alike', async () => {
    const index = uniqueName('setup')
    await createIndex(client, { index, meta: META })
    await client.request({ method: 'PUT', path: `/${index}/_doc/1`, body: { text: 'kept' } })
    expect(await createIndex(client, { index, meta: META })).toEqual({ created: false, meta: META })
    const { body } = await client.request({ method: 'GET', path: `/${index}/_doc/1` })
    expect(member(body, '_source', 'text')).toBe('kept')
  })

  it('lets two creators at once both end with the index', async () => {
    const index = uniqueName('setup')
    const results = await Promise.all([1, 2, 3].map(() => createIndex(client, { index, meta: META })))
    expect(results.filter(({ created }) => created)).toHaveLength(1)
  })

  it('refuses an index of another model and says the way out', async () => {
    const index = uniqueName('setup')
    await createIndex(client, { index, meta: META })
    const other = { ...META, encoder: { name: 'model-b', fingerprint: 'bbbbbbbbbbbbbbbb' } }
    await expect(createIndex(client, { index, meta: other })).rejects.toThrow(
      `index "${index}" was written by model model-a (fingerprint aaaaaaaaaaaa), but you are using model-b ` +
        '(fingerprint bbbbbbbbbbbb); use it with --model model-a, or let "splade-bridge reindex --index ' +
        `${index} --model model-b" (or the folder or address of that model) build a new index`,
    )
  })

  it.each([
    ['field', { field: 'sparse' }, 'exists with field "splade", you asked for "sparse"'],
    ['text fields', { textFields: ['body'] }, 'exists with text fields "title, text"'],
    ['field type', { fieldType: otherType(fieldType) }, `exists with field type "${fieldType}", you asked`],
  ])('refuses an index with another %s', async (_what, different, message) => {
    const index = uniqueName('setup')
    await createIndex(client, { index, meta: META })
    await expect(createIndex(client, { index, meta: { ...META, ...different } })).rejects.toThrow(message)
  })

  it('has vectors in _source', async () => {
    const index = uniqueName('setup')
    await createIndex(client, { index, meta: META })
    await client.request({ method: 'PUT', path: `/${index}/_doc/1`, body: { splade: { a: 1.2345 } } })
    const { body } = await client.request({ method: 'GET', path: `/${index}/_doc/1` })
    expect(member(body, '_source')).toEqual({ splade: { a: 1.2345 } })
  })

  it('refuses an index that something else made', async () => {
    const index = uniqueName('setup')
    await client.request({ method: 'PUT', path: `/${index}` })
    await expect(createIndex(client, { index, meta: META })).rejects.toThrow(
      `index "${index}" was not set up by splade-bridge`,
    )
  })

  it('renames the sparse field, and takes an analyzer and settings', async () => {
    const index = uniqueName('setup')
    const meta = { ...META, field: 'sparse_terms' }
    await createIndex(client, { index, meta, analyzer: 'nori', settings: { number_of_shards: 2 } })
    const mapping = await mappingOf(index)
    expect(member(mapping, 'properties', 'sparse_terms')).toEqual({ type: fieldType })
    expect(member(mapping, 'properties', 'splade')).toBeUndefined()
    expect(member(mapping, 'properties', 'text')).toEqual({ type: 'text', analyzer: 'nori' })
    const { body } = await client.request({ method: 'GET', path: `/${index}/_settings` })
    expect(member(body, index, 'settings', 'index', 'number_of_shards')).toBe('2')
  })

  it('reads through an alias where its indices agree, and refuses to mix models', async () => {
    const [alias, ...indices] = ['setup', 'setup', 'setup'].map(uniqueName)
    const [first = '', second = ''] = indices
    await createIndex(client, { index: first, meta: META })
    await client.request({ method: 'PUT', path: `/${first}/_alias/${alias}` })
    expect(await readIndexMeta(client, alias ?? '')).toEqual(META)
    const other = { ...META, encoder: { name: 'model-b', fingerprint: 'bbbbbbbbbbbbbbbb' } }
    await createIndex(client, { index: second, meta: other })
    await client.request({ method: 'PUT', path: `/${second}/_alias/${alias}` })
    await expect(readIndexMeta(client, alias ?? '')).rejects.toThrow(
      'covers indices written by different models',
    )
  })

  it('finds no meta where there is no index', async () => {
    expect(await readIndexMeta(client, uniqueName('setup'))).toBeUndefined()
  })

  it('takes documents whose metadata first looks like a date', async () => {
    const index = uniqueName('setup')
    await createIndex(client, { index, meta: META })
    await client.request({ method: 'PUT', path: `/${index}/_doc/1`, body: { edition: '2024-01-01' } })
    const { status } = await client.request({
      method: 'PUT',
      path: `/${index}/_doc/2`,
      body: { edition: '3rd' },
    })
    expect(status).toBe(201)
  })
})
