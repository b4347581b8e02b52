import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { Encoder } from '../../../src/encoder/encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import type { EngineId } from '../../../src/engine/embedded/catalogue.js'
import { connect } from '../../../src/engine/connect.js'
import { member } from '../../../src/engine/json.js'
import { enrichIndex } from '../../../src/enrich/enrich-index.js'
import type { EnrichEvent } from '../../../src/enrich/events.js'
import { rebuildIndex, type RebuildOptions } from '../../../src/enrich/rebuild-index.js'
import { openSearcher } from '../../../src/search/search.js'
import { defaultFieldType, deleteIndices, OUTER_ENGINES, testEngine, uniqueName } from '../../engines.js'

const DOCUMENTS = 40
const oldEncoder = createLexicalEncoder()
/** The same weights under another name, as of another model. */
const newEncoder: Encoder = {
  identity: { name: 'newer', fingerprint: 'fedcba9876543210' },
  encodeDocuments: (texts) => oldEncoder.encodeDocuments(texts),
  encodeQueries: (texts) => oldEncoder.encodeQueries(texts),
  locate: (text) => oldEncoder.locate(text),
  close: () => oldEncoder.close(),
}
const metaOf = (encoder: Encoder) => ({ field: 'splade', textFields: ['text'], encoder: encoder.identity })
/** A word of letters only, which no other document has. */
const wordOf = (number: number): string =>
  `zq${String(number).replace(/\d/g, (digit) => 'bcdfghjkmn'.charAt(Number(digit)))}`

/** The module reindex is not published for Elasticsearch 8 and later, where mapper-extras is not either. */
const canCopy = (id: EngineId): boolean => defaultFieldType(id) === 'rank_features'

async function fill(client: EngineClient, index: string, alias: string): Promise<void> {
  await client.request({
    method: 'PUT',
    path: `/${index}`,
    body: {
      settings: {
        number_of_shards: 2,
        number_of_replicas: 0,
        // Nothing becomes searchable unless somebody asks for it.
        refresh_interval: -1,
        analysis: { analyzer: { own: { type: 'custom', tokenizer: 'standard' } } },
      },
      mappings: { properties: { text: { type: 'text', analyzer: 'own' } } },
      aliases: { [alias]: { filter: { match_all: {} } }, [`${alias}-other`]: {} },
    },
  })
  const lines = Array.from({ length: DOCUMENTS }, (_, number) => {
    const text = number === 7 ? '' : `${wordOf(number)} train`
    return `${JSON.stringify({ index: { _id: `d${number}` } })}\n{"text":"${text}","big":9007199254740993}\n`
  })
  await client.request({ method: 'POST', path: `/${index}/_bulk?refresh=true`, ndjson: lines.join('') })
}

describe.each(OUTER_ENGINES)('building an index anew on %s', (id) => {
  let client: EngineClient
  let index: string
  let alias: string
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
  })
  afterAll(async () => {
    await deleteIndices(client, 'rebuilding-')
    await client.close()
  })
  beforeEach(async () => {
    alias = uniqueName('rebuilding')
    index = `${alias}-v1`
    await fill(client, index, alias)
    await enrichIndex(client, oldEncoder, { index, meta: { ...metaOf(oldEncoder), averageLength: 10 } })
  })
  const rebuild = (options: Partial<RebuildOptions> = {}) =>
    rebuildIndex(client, newEncoder, {
      index: alias,
      into: `${alias}-v2`,
      meta: metaOf(newEncoder),
      ...options,
    })
  const aliasesOf = async (name: string): Promise<unknown> =>
    member((await client.request({ method: 'GET', path: `/${name}` })).body, name, 'aliases')
  const find = async (query: string): Promise<readonly string[]> =>
    (await (await openSearcher(client, newEncoder, alias)).search({ query })).hits.map((hit) => hit.id)

  if (!canCopy(id)) {
    it('says what the engine lacks', async () => {
      await expect(rebuild()).rejects.toThrow('its module "reindex" is missing')
    })
    return
  }

  it('copies and encodes everything, verifies it, and moves the alias with its filter', async () => {
    const result = await rebuild()
    expect(result).toMatchObject({
      source: index,
      target: `${alias}-v2`,
      aliases: [alias],
      copied: DOCUMENTS,
      enriched: DOCUMENTS - 1,
      skipped: 1,
      verification: { documents: DOCUMENTS, withVectors: DOCUMENTS - 1, samples: 20, found: 20 },
    })
    expect(await find(wordOf(12))).toEqual(['d12'])
    expect(await aliasesOf(`${alias}-v2`)).toEqual({ [alias]: { filter: { match_all: {} } } })
    expect(await aliasesOf(index)).toEqual({ [`${alias}-other`]: {} })
    const { body } = await client.request({ method: 'GET', path: `/${alias}-v2` })
    expect(member(body, `${alias}-v2`, 'settings', 'index', 'analysis', 'analyzer', 'own', 'type')).toBe(
      'custom',
    )
    expect(member(body, `${alias}-v2`, 'settings', 'index', 'number_of_shards')).toBe('2')
  })

  it('takes over what is written, changed and deleted meanwhile, and lets the old index be written again', async () => {
    const write = (name: string, body: object) =>
      client.request({ method: 'PUT', path: `/${index}/_doc/${name}`, body })
    const remove = (name: string) => client.request({ method: 'DELETE', path: `/${index}/_doc/${name}` })
    const changes: Promise<unknown>[] = []
    const onStep = (step: string): void => {
      if (step.startsWith('encoding'))
        changes.push(write('new', { text: 'newcomer' }), write('d3', { text: 'altered' }), remove('d5'))
    }
    const events: EnrichEvent[] = []
    const result = await rebuild({ onStep, onEvent: (event) => events.push(event) })
    await Promise.all(changes)
    const { enriched, skipped } = result
    expect(events.at(-1)).toMatchObject({
      type: 'progress',
      counts: { read: enriched + skipped, enriched, skipped },
    })
    expect(result).toMatchObject({ caughtUp: 2, removed: 1, verification: { documents: DOCUMENTS } })
    expect(await find('newcomer')).toEqual(['new'])
    expect(await find('altered')).toEqual(['d3'])
    expect(await find(`${wordOf(3)} ${wordOf(5)}`)).toEqual([])
    await expect(write('later', { text: 'later' })).resolves.toMatchObject({ status: 201 })
  })

  it('leaves a block alone that keeps the old index from being written already', async () => {
    await client.request({ method: 'PUT', path: `/${index}/_block/write` })
    expect((await rebuild()).verification).toMatchObject({ documents: DOCUMENTS })
    const settings = (await client.request({ method: 'GET', path: `/${index}/_settings` })).body
    expect(member(settings, index, 'settings', 'index', 'blocks', 'write')).toBe('true')
  })

  it('copies what was written just before, and is not searchable yet', async () => {
    const body = { text: 'newcomer' }
    await client.request({ method: 'PUT', path: `/${index}/_doc/new`, body })
    await client.request({ method: 'PUT', path: `/${index}/_doc/d3`, body: { text: 'altered' } })
    expect(await rebuild()).toMatchObject({ copied: DOCUMENTS + 1, caughtUp: 0 })
    expect(await find('newcomer')).toEqual(['new'])
    expect(await find('altered')).toEqual(['d3'])
  })

  it('leaves out what the query no longer finds in the end', async () => {
    const changes: Promise<unknown>[] = []
    const onStep = (step: string): void => {
      const body = { text: 'ship' }
      if (step.startsWith('encoding'))
        changes.push(client.request({ method: 'PUT', path: `/${index}/_doc/d3`, body }))
    }
    const result = await rebuild({ query: { match: { text: 'train' } }, onStep })
    await Promise.all(changes)
    expect(result).toMatchObject({ copied: DOCUMENTS - 1, removed: 1 })
    expect(result.verification.documents).toBe(DOCUMENTS - 2)
    expect(await find(`${wordOf(3)} ship`)).toEqual([])
  })

  it('goes on with an unfinished copy', async () => {
    const stop = new AbortController()
    const onStep = (step: string): void => {
      if (step.startsWith('encoding')) stop.abort()
    }
    await expect(rebuild({ onStep, signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' })
    expect(await aliasesOf(index)).toHaveProperty(alias)
    await client.request({ method: 'PUT', path: `/${index}/_doc/d1`, body: { text: 'altered' } })
    expect(await rebuild()).toMatchObject({ caughtUp: 1, verification: { documents: DOCUMENTS, found: 20 } })
    expect(await find('altered')).toEqual(['d1'])
  })

  it('refuses a name that is taken, and itself', async () => {
    const other = `${alias}-taken`
    await client.request({ method: 'PUT', path: `/${other}` })
    await expect(rebuild({ into: other })).rejects.toThrow(`there is an index "${other}" already`)
    await expect(rebuild({ into: index })).rejects.toThrow('name another new index')
    await expect(rebuild({ index: 'rebuilding-none' })).rejects.toThrow(/no such index|there is no index/)
  })
})
