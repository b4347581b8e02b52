import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient, EngineRequest } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { readIndexMeta } from '../../../src/engine/index-meta.js'
import { arrayMember, member } from '../../../src/engine/json.js'
import { enrichIndex, type EnrichOptions } from '../../../src/enrich/enrich-index.js'
import type { EnrichEvent, EnrichResult } from '../../../src/enrich/events.js'
import { IndexPreparer } from '../../../src/enrich/prepare-index.js'
import { readByIds, readShardPositions } from '../../../src/enrich/read-shards.js'
import { openSearcher } from '../../../src/search/search.js'
import { defaultFieldType, deleteIndices, OUTER_ENGINES, testEngine, uniqueName } from '../../engines.js'

const encoder = createLexicalEncoder()
const meta = {
  field: 'splade',
  textFields: ['headline', 'body'],
  encoder: encoder.identity,
  averageLength: 10,
}
const DOCUMENTS = 50
const BIG_NUMBER = '9007199254740993'

/** A word that no other document has, of letters only: a number in a word is a term of its own. */
const wordOf = (number: number): string =>
  `zq${String(number).replace(/\d/g, (digit) => 'bcdfghjkmn'.charAt(Number(digit)))}`

describe.each(OUTER_ENGINES)('enriching an index on %s', (id) => {
  let client: EngineClient
  let index: string
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
  })
  afterAll(async () => {
    await deleteIndices(client, 'enriching-')
    await client.close()
  })
  beforeEach(async () => {
    index = uniqueName('enriching')
    await client.request({
      method: 'PUT',
      path: `/${index}`,
      body: {
        settings: { number_of_shards: 3, number_of_replicas: 0 },
        mappings: {
          _meta: { owner: 'library' },
          properties: { headline: { type: 'text' }, body: { type: 'text' }, number: { type: 'keyword' } },
        },
      },
    })
    const lines = Array.from({ length: DOCUMENTS }, (_, number) => {
      const action = { index: { _id: `d${number}`, ...(number % 7 === 3 && { routing: `r${number}` }) } }
      // A number beyond 2^53 loses its last digits wherever it is parsed.
      const source = `{"headline":"서울 기사 ${number}","body":"${wordOf(number)} train","number":${BIG_NUMBER}}`
      return `${JSON.stringify(action)}\n${source}\n`
    })
    await client.request({ method: 'POST', path: `/${index}/_bulk?refresh=true`, ndjson: lines.join('') })
  })
  const enrich = (options: Partial<EnrichOptions> = {}, through: EngineClient = client) =>
    enrichIndex(through, encoder, { index, meta, batchDocuments: 8, ...options })
  const idsOf = async (query: string): Promise<readonly string[]> => {
    const searcher = await openSearcher(client, encoder, index)
    return (await searcher.search({ query, explain: true })).hits.map((hit) => hit.id)
  }
  const update = (documentId: string, doc: object, to: EngineClient = client) =>
    to.request({ method: 'POST', path: `/${index}/_update/${documentId}`, body: { doc } })

  it('gives every document its vectors, and leaves the rest of it as it was', async () => {
    const result = await enrich()
    expect(result).toMatchObject({
      read: DOCUMENTS,
      enriched: DOCUMENTS,
      unchanged: 0,
      conflicts: 0,
      gone: 0,
    })
    expect(await idsOf(wordOf(42))).toEqual(['d42'])
    expect(await readIndexMeta(client, index)).toMatchObject({ ...meta, fieldType: defaultFieldType(id) })
    const { body } = await client.request({ method: 'GET', path: `/${index}/_mapping` })
    expect(member(body, index, 'mappings', '_meta', 'owner')).toBe('library')
    const search = await client.request({
      method: 'POST',
      path: `/${index}/_search`,
      body: { size: 0, query: { term: { number: BIG_NUMBER } }, track_total_hits: true },
    })
    expect(member(search.body, 'hits', 'total', 'value')).toBe(DOCUMENTS)
  })

  it('leaves documents alone that have the vectors of their text, also after another field has changed', async () => {
    await enrich()
    await update('d1', { number: 5 })
    expect(await enrich()).toMatchObject({ read: DOCUMENTS, enriched: 0, unchanged: DOCUMENTS })
    expect(await enrich({ force: true })).toMatchObject({ enriched: DOCUMENTS, unchanged: 0 })
  })

  it('encodes a changed text anew, and what it no longer says is no longer found', async () => {
    await enrich()
    await update('d4', { body: 'plane' })
    expect(await enrich()).toMatchObject({ enriched: 1, unchanged: DOCUMENTS - 1 })
    expect(await idsOf(wordOf(4))).toEqual([])
    expect(await idsOf('plane')).toEqual(['d4'])
  })

  it('takes the vectors from a document whose text is gone, once', async () => {
    await enrich()
    await update('d5', { headline: '', body: '  ' })
    expect(await enrich()).toMatchObject({ enriched: 0, unchanged: DOCUMENTS - 1, skipped: 1 })
    expect(await idsOf(wordOf(5))).toEqual([])
    let writes = 0
    const counting: EngineClient = {
      info: client.info,
      close: () => Promise.resolve(),
      request: (request) => {
        writes += Number(request.path.endsWith('_bulk'))
        return client.request(request)
      },
    }
    expect(await enrich({}, counting)).toMatchObject({ enriched: 0, skipped: 1 })
    expect(writes).toBe(0)
    await update('d5', { body: 'back again' })
    expect(await enrich()).toMatchObject({ enriched: 1, skipped: 0 })
    expect(await idsOf('again')).toEqual(['d5'])
  })

  it('takes away the vector of one field whose text is gone', async () => {
    const moreFields = [{ field: 'body_splade', textFields: ['body'] }]
    const both = { ...meta, textFields: ['headline'], moreFields }
    await enrich({ meta: both })
    await update('d6', { body: null })
    expect(await enrich({ meta: both })).toMatchObject({ enriched: 1, unchanged: DOCUMENTS - 1 })
    const { body } = await client.request({ method: 'GET', path: `/${index}/_doc/d6` })
    const left = Object.values(member(body, '_source', 'body_splade') ?? {})
    expect(left.filter((weight) => weight !== null)).toEqual([])
  })

  it('never overwrites what someone else writes meanwhile: it is read again', async () => {
    let meddled = false
    const meddling: EngineClient = {
      info: client.info,
      close: () => Promise.resolve(),
      request: async (request: EngineRequest) => {
        if (request.path.endsWith('_bulk') && !meddled) {
          meddled = true
          const ids = [...(request.ndjson?.toString() ?? '').matchAll(/"_id":"(d\d+)"/g)].map(
            ([, found]) => found ?? '',
          )
          await update(ids[0] ?? '', { body: 'changed meanwhile' })
          await client.request({ method: 'DELETE', path: `/${index}/_doc/${ids[1] ?? ''}` })
        }
        return client.request(request)
      },
    }
    // Documents with a routing are reached by it only.
    const query = { bool: { must_not: { exists: { field: '_routing' } } } }
    const result = await enrich({ query }, meddling)
    expect(result).toMatchObject({ conflicts: 1, gone: 1, deadLettered: 0 })
    expect(result.enriched).toBe(result.read - 1)
    expect(await idsOf('meanwhile')).toHaveLength(1)
  })

  it('tells of a document that is refused with its texts, and takes it alone once the cause is mended', async () => {
    const setDynamic = (dynamic: false | 'strict') =>
      client.request({ method: 'PUT', path: `/${index}/_mapping`, body: { dynamic } })
    await setDynamic(false)
    const body = { headline: 'odd', body: 'one', unmapped: { more: 1 } }
    const path = `/${index}/_doc/odd`
    await client.request({ method: 'PUT', path, query: { routing: 'there', refresh: true }, body })
    await setDynamic('strict')
    const file = join(mkdtempSync(join(tmpdir(), 'splade-bridge-enrich-')), 'letters.ndjson')
    expect(await enrich({ deadLetterFile: file })).toMatchObject({ enriched: DOCUMENTS, deadLettered: 1 })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      ...{ command: 'enrich', id: 'odd', index, routing: 'there', status: 400 },
      reason: expect.stringMatching(/strict.*unmapped/),
      document: { _id: 'odd', headline: 'odd', body: 'one' },
    })
    await setDynamic(false)
    expect(await enrich({ deadLetterFile: file })).toMatchObject({ enriched: 1, unchanged: DOCUMENTS })
    rmSync(dirname(file), { recursive: true })
  })

  it('is shared out to workers who enrich each document once, with the vectors that one worker gives it', async () => {
    const ids = Array.from({ length: DOCUMENTS }, (_, number) => `d${number}`)
    const vectors = async () => {
      await client.request({ method: 'POST', path: `/${index}/_refresh` })
      const found = await readByIds(client, index, ids, { fields: ['splade'] })
      return new Map(found.map((document) => [document.id, document.source.splade]))
    }
    const shares = await Promise.all([0, 1, 2].map((number) => enrich({ partition: { number, of: 3 } })))
    expect(Math.min(...shares.map(({ enriched }) => enriched))).toBeGreaterThan(0)
    for (const name of ['read', 'enriched'] as const)
      expect(shares.reduce((sum, share) => sum + share[name], 0)).toBe(DOCUMENTS)
    const path = `/${index}/_search`
    const { body } = await client.request({ method: 'POST', path, body: { size: DOCUMENTS, version: true } })
    expect(arrayMember(body, 'hits', 'hits').filter((hit) => member(hit, '_version') === 2)).toHaveLength(
      DOCUMENTS,
    )
    const byThree = await vectors()
    expect([byThree.size, [...byThree.values()].includes(undefined)]).toEqual([DOCUMENTS, false])
    expect(await enrich({ force: true })).toMatchObject({ enriched: DOCUMENTS })
    expect(await vectors()).toEqual(byThree)
  })

  it('reads only what a query finds', async () => {
    const result = await enrich({ query: { ids: { values: ['d1', 'd2'] } } })
    expect(result).toMatchObject({ read: 2, enriched: 2 })
    expect(await idsOf(`${wordOf(2)} ${wordOf(5)}`)).toEqual(['d2'])
  })

  /** A run that has read all that was there, and follows changes. */
  async function startWatching(options: Partial<EnrichOptions> = {}) {
    const stop = new AbortController()
    let result: Promise<EnrichResult> | undefined
    await new Promise<void>((resolve, reject) => {
      const onEvent = ({ type }: EnrichEvent): void => {
        if (type === 'watching') resolve()
      }
      result = enrich({ watchMs: 50, signal: stop.signal, onEvent, ...options })
      result.catch(reject)
    })
    return { result, stop }
  }

  it('follows new and changed documents until it is stopped', async () => {
    const { result, stop } = await startWatching()
    await client.request({
      method: 'PUT',
      path: `/${index}/_doc/new`,
      body: { headline: 'newcomer', body: 'x' },
    })
    await update('d9', { body: 'altered' })
    const isDone = async () => (await idsOf('newcomer')).length + (await idsOf('altered')).length === 2
    while (!(await isDone())) await client.request({ method: 'POST', path: `/${index}/_refresh` })
    stop.abort()
    expect(await result).toMatchObject({ enriched: DOCUMENTS + 2, deadLettered: 0 })
  })

  it('sets up an index that an alias leads to later before it writes to it', async () => {
    const alias = `${index}-alias`
    const later = `${index}-later`
    const change = (...actions: object[]) =>
      client.request({ method: 'POST', path: '/_aliases', body: { actions } })
    await change({ add: { index, alias } })
    const { result, stop } = await startWatching({ index: alias })
    const body = { headline: 'newcomer', body: 'x' }
    await client.request({ method: 'PUT', path: `/${later}/_doc/1?refresh=true`, body })
    await change({ remove: { index, alias } }, { add: { index: later, alias } })
    const isEnriched = async (): Promise<boolean> => {
      const { body: found } = await client.request({ method: 'GET', path: `/${later}/_source/1` })
      return member(found, 'splade_meta') !== undefined
    }
    for (const end = Date.now() + 30_000; !(await isEnriched()) && Date.now() < end;);
    stop.abort()
    expect(await result).toMatchObject({ enriched: DOCUMENTS + 1, deadLettered: 0 })
    expect(await readIndexMeta(client, later)).toMatchObject({ fieldType: defaultFieldType(id) })
  })

  it('knows an index that was created anew from the one of its name that is set up', async () => {
    const preparer = new IndexPreparer(client, meta)
    await preparer.prepareAll(index)
    await preparer.prepareNew(await readShardPositions(client, index))
    await client.request({ method: 'DELETE', path: `/${index}` })
    const mappings = { properties: { body: { type: 'text' } } }
    await client.request({ method: 'PUT', path: `/${index}`, body: { mappings } })
    await preparer.prepareNew(await readShardPositions(client, index))
    expect(await readIndexMeta(client, index)).toMatchObject({ fieldType: defaultFieldType(id) })
  })

  it('refuses an index that has no such texts, and a field that is taken, before anything is changed', async () => {
    const wrong = { ...meta, textFields: ['title'] }
    await expect(enrich({ meta: wrong })).rejects.toThrow(
      `index "${index}" has none of the text fields title; it has body, headline, number: name them with --text`,
    )
    await expect(enrich({ meta: { ...meta, field: 'number' } })).rejects.toThrow(
      `index "${index}" has a field "number" of type keyword already`,
    )
    await expect(readIndexMeta(client, index)).rejects.toThrow('was not set up by splade-bridge')
    await expect(enrich({ index: 'enriching-none' })).rejects.toThrow(/no such index|there is no index/)
  })

  it('refuses a closed index before its mapping is changed', async () => {
    await client.request({ method: 'POST', path: `/${index}/_close` })
    await expect(enrich()).rejects.toThrow(`index "${index}" is closed; open it first`)
    await client.request({ method: 'POST', path: `/${index}/_open` })
    await expect(readIndexMeta(client, index)).rejects.toThrow('was not set up by splade-bridge')
  })

  it('knows how far the writes of each shard go', async () => {
    const positions = await readShardPositions(client, index)
    expect(positions.map(({ shard }) => shard)).toEqual([0, 1, 2])
    const writes = positions.reduce((sum, { checkpoint }) => sum + checkpoint + 1, 0)
    expect(writes).toBe(DOCUMENTS)
  })
})
