import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { readIndexMeta } from '../../../src/engine/index-meta.js'
import { arrayMember, isObject, member } from '../../../src/engine/json.js'
import { applySetup, planSetup, type SetupOptions } from '../../../src/engine/set-up.js'
import { toRankFeatureQuery } from '../../../src/rank-features/query.js'
import { defaultFieldType, deleteIndices, ENGINES, testEngine, uniqueName } from '../../engines.js'

const META = {
  field: 'splade',
  textFields: ['title', 'text'],
  encoder: { name: 'model-a', fingerprint: 'aaaaaaaaaaaaaaaa' },
}
const OTHER_MODEL = { ...META, encoder: { name: 'model-b', fingerprint: 'bbbbbbbbbbbbbbbb' } }

/** Painless is published for these alone. */
const HAS_PAINLESS: readonly string[] = ['opensearch-3', 'opensearch-2']
/** Elsewhere data streams are a module that is not published. */
const HAS_DATA_STREAMS = ENGINES.filter((id) => id.startsWith('opensearch'))

describe.each(ENGINES)('set-up on %s', (id) => {
  let client: EngineClient
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
  })
  afterAll(async () => {
    await deleteIndices(client, 'made-')
    await client.close()
  })

  const options = (name: string, more: Partial<SetupOptions> = {}): SetupOptions => ({
    target: { kind: 'template', pattern: `${name}-*` },
    meta: META,
    ...more,
  })

  /** @returns `action kind` of each change */
  async function setUp(wanted: SetupOptions): Promise<readonly string[]> {
    const plan = await planSetup(client, wanted)
    await applySetup(client, plan, wanted)
    return plan.changes.map(({ action, resource }) => `${action} ${resource.kind}`)
  }

  async function get(path: string): Promise<unknown> {
    return (await client.request({ method: 'GET', path })).body
  }

  it('makes indices of a pattern that say which model fills their vectors', async () => {
    const name = uniqueName('made')
    expect(await setUp(options(name, { analyzer: 'nori', settings: { number_of_shards: 2 } }))).toEqual([
      'create component template',
      expect.stringContaining('component template'),
      'create index template',
    ])
    const index = `${name}-1`
    await client.request({ method: 'PUT', path: `/${index}/_doc/1`, body: { splade: { a: 1 }, text: 'x' } })
    expect(await readIndexMeta(client, index)).toEqual({ ...META, fieldType: defaultFieldType(id) })
    const properties = member(await get(`/${index}/_mapping`), index, 'mappings', 'properties')
    expect(member(properties, 'splade', 'type')).toBe(defaultFieldType(id))
    expect(member(properties, 'text')).toEqual({ type: 'text', analyzer: 'nori' })
    expect(member(properties, 'splade_meta', 'properties', 'fingerprint')).toEqual({ type: 'keyword' })
    expect(member(await get(`/${index}/_settings`), index, 'settings', 'index', 'number_of_shards')).toBe('2')
  })

  it('changes nothing the second time', async () => {
    const wanted = options(uniqueName('made'))
    await setUp(wanted)
    expect(await setUp(wanted)).toEqual([
      'keep component template',
      'keep component template',
      'keep index template',
    ])
  })

  it('only plans until it is told to apply', async () => {
    const name = uniqueName('made')
    const { changes } = await planSetup(client, options(name))
    expect(changes.map(({ resource }) => resource.name)).toEqual([
      `splade-bridge-${name}-vectors`,
      'splade-bridge-side-fields',
      `splade-bridge-${name}`,
    ])
    await expect(get(`/_index_template/splade-bridge-${name}`)).rejects.toThrow('404')
  })

  describe('of a template that is there', () => {
    /** Replaces members of the index template. */
    async function edit(name: string, members: object): Promise<void> {
      const path = `/_index_template/splade-bridge-${name}`
      const template = member(arrayMember(await get(path), 'index_templates')[0], 'index_template')
      const body = Object.entries(isObject(template) ? template : {}).filter(
        ([key]) => !key.includes('_date'),
      )
      await client.request({ method: 'PUT', path, body: { ...Object.fromEntries(body), ...members } })
    }

    it('upgrades an older one', async () => {
      const name = uniqueName('made')
      await setUp(options(name))
      await edit(name, { version: 0, priority: 150 })
      expect(await setUp(options(name))).toContain('update index template')
      expect(await setUp(options(name))).toContain('keep index template')
    })

    it('leaves a newer one alone', async () => {
      const name = uniqueName('made')
      await setUp(options(name))
      await edit(name, { version: 1000 })
      await expect(planSetup(client, options(name))).rejects.toThrow(
        'has version 1000, and this splade-bridge makes version 1: update splade-bridge',
      )
    })

    it('leaves one of somebody else alone', async () => {
      const name = uniqueName('made')
      await setUp(options(name))
      await edit(name, { _meta: { managed_by: 'another' } })
      await expect(planSetup(client, options(name))).rejects.toThrow(
        `index template "splade-bridge-${name}" is there and not of splade-bridge`,
      )
    })

    it('refuses another model, and another pattern of the same name', async () => {
      const name = uniqueName('made')
      await setUp(options(name))
      await expect(planSetup(client, options(name, { meta: OTHER_MODEL }))).rejects.toThrow(
        'is there for {"fingerprint":"aaaaaaaaaaaaaaaa","name":"model-a"}, you asked for {"fingerprint":"bbbb',
      )
      const target = { kind: 'template', pattern: `${name}*` } as const
      await expect(planSetup(client, options(name, { target }))).rejects.toThrow(
        `is there for ["${name}-*"], you asked for ["${name}*"]`,
      )
    })
  })

  it('keeps an index that is set up alike, and refuses one of another model', async () => {
    const target = { kind: 'index', name: uniqueName('made') } as const
    expect(await setUp({ target, meta: META })).toEqual(['create index'])
    expect(await setUp({ target, meta: META })).toEqual(['keep index'])
    await expect(planSetup(client, { target, meta: OTHER_MODEL })).rejects.toThrow(
      'was written by model model-a',
    )
  })

  if (!HAS_PAINLESS.includes(id)) {
    it('says that the engine has no scripts, before anything is made', async () => {
      const name = uniqueName('made')
      await expect(setUp(options(name, { guard: true }))).rejects.toThrow('script')
      await expect(get(`/_index_template/splade-bridge-${name}`)).rejects.toThrow('404')
    })
    return
  }

  describe('with the guard', () => {
    it('takes out what the engine would refuse a document for, and says what', async () => {
      const index = uniqueName('made')
      const target = { kind: 'index', name: index } as const
      expect(await setUp({ target, meta: META, guard: true })).toEqual([
        'create ingest pipeline',
        'create index',
      ])
      const features = { good: 1.5, none: 0, less: -1, 'e.g': 2, '': 1, text: '1.5', gone: null, huge: 1e39 }
      const path = `/${index}/_doc/1`
      const answer = await client.request({ method: 'PUT', path, body: { splade: features } })
      expect(answer.status).toBe(201)
      const source = member(await get(path), '_source')
      expect(member(source, 'splade')).toEqual({ good: 1.5 })
      const errors = arrayMember(source, 'splade_errors')
      expect(errors).toHaveLength(4)
      // The engine hands features to scripts in no order.
      expect(new Set(errors)).toEqual(
        new Set([
          { field: 'splade', feature: 'e.g', reason: 'dot in the name' },
          { field: 'splade', feature: '', reason: 'empty name' },
          { field: 'splade', feature: 'text', reason: 'weight is not a number' },
          { field: 'splade', feature: 'huge', reason: 'weight is not finite' },
        ]),
      )
    })

    it('keeps a document whose vector is none, and drops the reasons once it is mended', async () => {
      const index = uniqueName('made')
      const target = { kind: 'index', name: index } as const
      await setUp({ target, meta: META, guard: true })
      const path = `/${index}/_doc/1`
      await client.request({ method: 'PUT', path, body: { splade: 'car', text: 'kept' } })
      const broken = member(await get(path), '_source')
      expect(broken).toEqual({ text: 'kept', splade_errors: [{ field: 'splade', reason: 'not a vector' }] })
      await client.request({ method: 'PUT', path, body: { ...(broken as object), splade: { car: 1 } } })
      expect(member(await get(path), '_source')).toEqual({ text: 'kept', splade: { car: 1 } })
    })

    it('finds what it has let through, in nested chunks too', async () => {
      const index = uniqueName('made')
      const longTexts = { longTexts: 'nested', chunkTokens: 64, chunkOverlap: 0 } as const
      await setUp({ target: { kind: 'index', name: index }, meta: { ...META, longTexts }, guard: true })
      const chunks = [{ weights: { car: 2, 'a.b': 1 }, start: 0, end: 3 }, 'no chunk']
      const refresh = { refresh: true }
      await client.request({
        method: 'PUT',
        path: `/${index}/_doc/1`,
        query: refresh,
        body: { splade: chunks },
      })
      const clause = { rank_feature: { field: 'splade.weights.car', linear: {}, boost: 3 } }
      const body = { query: { nested: { path: 'splade', query: clause } } }
      const found = await client.request({ method: 'POST', path: `/${index}/_search`, body })
      expect(member(arrayMember(found.body, 'hits', 'hits')[0], '_score')).toBe(6)
      expect(member(arrayMember(found.body, 'hits', 'hits')[0], '_source', 'splade_errors')).toEqual([
        { field: 'splade', feature: 'a.b', reason: 'dot in the name' },
        { field: 'splade', reason: 'not a vector' },
      ])
    })

    it('names as many reasons as fit, and says that there are more', async () => {
      const index = uniqueName('made')
      await setUp({ target: { kind: 'index', name: index }, meta: META, guard: true })
      const features = Object.fromEntries(Array.from({ length: 50 }, (_, number) => [`a.${number}`, 1]))
      await client.request({ method: 'PUT', path: `/${index}/_doc/1`, body: { splade: features } })
      const errors = arrayMember(await get(`/${index}/_doc/1`), '_source', 'splade_errors')
      expect(errors).toHaveLength(21)
      expect(errors.at(-1)).toEqual({ field: 'splade', reason: 'more were taken out' })
    })

    it('joins an index that is there, but not in place of another pipeline', async () => {
      const name = uniqueName('made')
      const target = { kind: 'index', name } as const
      await setUp({ target, meta: META })
      expect(await setUp({ target, meta: META, guard: true })).toEqual([
        'create ingest pipeline',
        'create index settings',
        'keep index',
      ])
      expect(await setUp({ target, meta: META, guard: true })).toEqual([
        'keep ingest pipeline',
        'keep index settings',
        'keep index',
      ])
      const settings = { index: { default_pipeline: 'another' } }
      await client.request({ method: 'PUT', path: `/${name}/_settings`, body: settings })
      await expect(planSetup(client, { target, meta: META, guard: true })).rejects.toThrow(
        `index "${name}" has the default pipeline "another"`,
      )
    })

    it('does not turn from the fields of one index to those of another', async () => {
      const name = uniqueName('made')
      await setUp({ target: { kind: 'index', name }, meta: META, guard: true })
      const otherField = { ...META, field: 'sparse_terms' }
      await expect(planSetup(client, options(name, { meta: otherField, guard: true }))).rejects.toThrow(
        `ingest pipeline "splade-bridge-${name}-guard" is there for ["splade"], you asked for ["sparse_terms"]`,
      )
    })

    it('is in force for every index of a template', async () => {
      const name = uniqueName('made')
      await setUp(options(name, { guard: true }))
      await client.request({ method: 'PUT', path: `/${name}-1/_doc/1`, body: { splade: { 'a.b': 1 } } })
      expect(arrayMember(await get(`/${name}-1/_doc/1`), '_source', 'splade_errors')).toHaveLength(1)
    })
  })
})

describe.each(HAS_DATA_STREAMS)('a data stream on %s', (id) => {
  let client: EngineClient
  const name = uniqueName('made-stream')
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
  })
  afterAll(async () => {
    await client.request({ method: 'DELETE', path: `/_data_stream/${name}` })
    await client.close()
  })

  it('may have a name that a template for indices fits as well', async () => {
    const pattern = uniqueName('made')
    const template: SetupOptions = { target: { kind: 'template', pattern: `${pattern}-*` }, meta: META }
    const stream: SetupOptions = { target: { kind: 'data stream', name: `${pattern}-stream` }, meta: META }
    for (const wanted of [template, stream]) await applySetup(client, await planSetup(client, wanted), wanted)
    const { body } = await client.request({ method: 'GET', path: `/_data_stream/${pattern}-stream` })
    expect(arrayMember(body, 'data_streams')).toHaveLength(1)
    await client.request({ method: 'DELETE', path: `/_data_stream/${pattern}-stream` })
  })

  it('takes documents, rolls over and is searched as one index', async () => {
    const wanted: SetupOptions = { target: { kind: 'data stream', name }, meta: META }
    await applySetup(client, await planSetup(client, wanted), wanted)
    const again = await planSetup(client, wanted)
    expect(again.changes.map(({ action }) => action)).toEqual(['keep', 'keep', 'keep', 'keep'])
    for (const id of ['1', '2']) {
      const body = { '@timestamp': '2026-01-01T00:00:00Z', splade: { car: 1.5 } }
      await client.request({ method: 'PUT', path: `/${name}/_create/${id}`, body })
      await client.request({ method: 'POST', path: `/${name}/_rollover`, body: {} })
    }
    await client.request({ method: 'POST', path: `/${name}/_refresh` })
    expect(await readIndexMeta(client, name)).toEqual({ ...META, fieldType: 'rank_features' })
    const query = toRankFeatureQuery(new Map([['car', 2]]), { field: 'splade' })
    const { body } = await client.request({ method: 'POST', path: `/${name}/_search`, body: { query } })
    expect(arrayMember(body, 'hits', 'hits').map((hit) => member(hit, '_score'))).toEqual([3, 3])
  })
})
