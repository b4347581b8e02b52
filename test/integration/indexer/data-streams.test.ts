import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { dataStreamName, deleteDataStream, readBackingIndices } from '../../../src/engine/data-stream.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { readIndexSettings } from '../../../src/engine/index-settings.js'
import { arrayMember, member } from '../../../src/engine/json.js'
import { applySetup, planSetup, type SetupOptions } from '../../../src/engine/set-up.js'
import { enrichIndex } from '../../../src/enrich/enrich-index.js'
import { rebuildIndex } from '../../../src/enrich/rebuild-index.js'
import { deleteDocuments, deleteIndex } from '../../../src/indexer/delete-documents.js'
import { indexDocuments, type IndexDocumentsOptions } from '../../../src/indexer/index-documents.js'
import { restoreSettings } from '../../../src/indexer/load-settings.js'
import { fileInput } from '../../../src/indexer/readers/input.js'
import { profileIndex } from '../../../src/search/index-profile.js'
import { openSearcher } from '../../../src/search/search.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'
import { startFaultProxy } from '../../fault-proxy.js'

const encoder = createLexicalEncoder()
const meta = { field: 'splade', textFields: ['title', 'text'], encoder: encoder.identity }
const TIME = '2026-01-01T00:00:00Z'

/** Elsewhere they are a module that is not published, and no embedded node has it. */
const WITH_DATA_STREAMS = ENGINES.filter((id) => id.startsWith('opensearch'))
const OTHERS = ENGINES.filter((id) => !WITH_DATA_STREAMS.includes(id))

if (WITH_DATA_STREAMS.length > 0)
  describe.each(WITH_DATA_STREAMS)('a data stream on %s', (id) => {
    let client: EngineClient
    let folder: string
    let stream: string
    beforeAll(async () => {
      client = await connect({ url: testEngine(id).url })
      folder = mkdtempSync(join(tmpdir(), 'splade-bridge-stream-'))
    })
    beforeEach(async () => {
      stream = uniqueName('stream')
      const wanted: SetupOptions = { target: { kind: 'data stream', name: stream }, meta }
      await applySetup(client, await planSetup(client, wanted), wanted)
    })
    afterEach(() => deleteDataStream(client, stream))
    afterAll(async () => {
      await client.close()
      rmSync(folder, { recursive: true })
    })

    const inFolder = (name: string): string => join(folder, `${stream}-${name}`)

    function fileOf(records: readonly object[], name = 'documents.jsonl'): string {
      writeFileSync(inFolder(name), records.map((record) => `${JSON.stringify(record)}\n`).join(''))
      return inFolder(name)
    }

    const documents = (count: number, first = 0): readonly { _id: string; text: string }[] =>
      Array.from({ length: count }, (_, place) => {
        return { _id: `d${first + place}`, '@timestamp': TIME, text: `text ${first + place}` }
      })

    const run = (file: string, options: Partial<IndexDocumentsOptions> = {}) =>
      indexDocuments(client, encoder, {
        index: stream,
        inputs: [fileInput(file)],
        deadLetterFile: inFolder('dead-letters.ndjson'),
        ...options,
      })

    const deadLetters = (): readonly unknown[] =>
      readFileSync(inFolder('dead-letters.ndjson'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): unknown => JSON.parse(line))

    const rollOver = () => client.request({ method: 'POST', path: `/${stream}/_rollover`, body: {} })

    async function storedIds(): Promise<readonly unknown[]> {
      await client.request({ method: 'POST', path: `/${stream}/_refresh` })
      const { body } = await client.request({
        method: 'POST',
        path: `/${stream}/_search`,
        body: { size: 1_000, _source: false },
      })
      return arrayMember(body, 'hits', 'hits').map((hit) => member(hit, '_id'))
    }

    const backingNames = async () => (await readBackingIndices(client, stream)).map(({ name }) => name)

    it('takes each document once, whatever rollovers lie between', async () => {
      const file = fileOf(documents(30))
      expect(await run(file)).toMatchObject({ read: 30, indexed: 30, unchanged: 0, deadLettered: 0 })
      expect(await run(file)).toMatchObject({ read: 30, indexed: 0, unchanged: 30, deadLettered: 0 })
      await rollOver()
      const more = fileOf(documents(40))
      expect(await run(more)).toMatchObject({ read: 40, indexed: 10, unchanged: 30, deadLettered: 0 })
      await rollOver()
      expect(await run(more)).toMatchObject({ read: 40, indexed: 0, unchanged: 40, deadLettered: 0 })
      expect(await backingNames()).toHaveLength(3)
      expect(new Set(await storedIds()).size).toBe(40)
      expect(await storedIds()).toHaveLength(40)
    })

    it('names documents that it will not replace, and those without a time', async () => {
      await run(fileOf(documents(3)))
      await rollOver()
      const [first, second, third] = documents(4)
      const changed = { ...second, text: 'changed' }
      const file = fileOf([first!, changed, third!, { _id: 'timeless', text: 'no time' }])
      const result = await run(file)
      expect(result).toMatchObject({ read: 4, indexed: 0, unchanged: 2, deadLettered: 2, skipped: 0 })
      const [oldest] = await backingNames()
      const reason = `data stream "${stream}" has this document with another content hash or model, in "${oldest}", and replaces none: delete it first, or give the new one another id`
      expect(deadLetters()).toEqual([
        expect.objectContaining({ file, line: 2, id: 'd1', status: 409, reason, document: changed }),
        expect.objectContaining({
          line: 4,
          id: 'timeless',
          status: 400,
          reason: expect.stringContaining("timestamp field '@timestamp'"),
        }),
      ])

      await deleteDocuments(client, { index: stream, selection: { ids: ['d1'] } })
      const letters = inFolder('dead-letters.ndjson')
      const again = await run(letters, { format: 'dead-letters', deadLetterFile: inFolder('again.ndjson') })
      expect(again).toMatchObject({ read: 2, indexed: 1, deadLettered: 1 })
      expect([...(await storedIds())].sort()).toEqual(['d0', 'd1', 'd2'])
    })

    it('keeps the first of several records of an id, counts equal ones as unchanged', async () => {
      const [first] = documents(1)
      const result = await run(fileOf([first!, { ...first, text: 'other' }, first!]), { flushDocuments: 1 })
      expect(result).toMatchObject({ read: 3, indexed: 1, unchanged: 1, deadLettered: 1 })
      expect(deadLetters()).toEqual([expect.objectContaining({ line: 2, status: 409 })])
    })

    it('takes what a bulk file has for it, and refuses --force by name', async () => {
      const index = uniqueName('stream-index')
      await createIndex(client, { index, meta })
      const actions = documents(5).flatMap(({ _id, ...document }) => [
        { index: { _id, _index: stream } },
        document,
      ])
      const file = fileOf(actions, 'bulk.ndjson')
      const toIndex = { index, inputs: [fileInput(file)], format: 'bulk' } as const
      expect(await indexDocuments(client, encoder, toIndex)).toMatchObject({ indexed: 5, deadLettered: 0 })
      await rollOver()
      expect(await indexDocuments(client, encoder, toIndex)).toMatchObject({ indexed: 0, unchanged: 5 })
      await expect(run(file, { force: true })).rejects.toThrow(
        `force must not be set for a data stream (${stream}), received true`,
      )
      await deleteIndex(client, index)
    })

    it('loses and doubles nothing where answers are lost', async () => {
      const lost = new Set<string>()
      const proxy = await startFaultProxy(testEngine(id).url, ({ path, body }) => {
        if (!path.includes('/_bulk') || lost.has(body)) return 'pass'
        lost.add(body)
        return 'lose answer'
      })
      const throughFaults = await connect({ url: proxy.url })
      try {
        const options = { index: stream, inputs: [fileInput(fileOf(documents(40)))], baseDelayMs: 1 }
        const result = await indexDocuments(throughFaults, encoder, { ...options, flushDocuments: 10 })
        expect(result).toMatchObject({ read: 40, indexed: 40, unchanged: 0, deadLettered: 0 })
        expect(await storedIds()).toHaveLength(40)
      } finally {
        await throughFaults.close()
        await proxy.close()
      }
    })

    it('is loaded on after a stop, and after a rollover', async () => {
      const file = fileOf(documents(400))
      const checkpointFile = inFolder('checkpoint.json')
      const options = { checkpointFile, batchDocuments: 10, flushDocuments: 20 }
      const controller = new AbortController()
      const stopped = await run(file, {
        ...options,
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type === 'progress' && event.counts.indexed >= 60) controller.abort()
        },
      })
      expect(stopped.read).toBeLessThan(400)
      await rollOver()
      const result = await run(file, { ...options, resume: true })
      expect(result).toMatchObject({ read: 400, indexed: 400, unchanged: 0, deadLettered: 0 })
      expect(await storedIds()).toHaveLength(400)
    })

    it('has settings put off on the index that is written to, and given back', async () => {
      const notices: string[] = []
      const seen = new Set<unknown>()
      const proxy = await startFaultProxy(testEngine(id).url, () => 'pass')
      const through = await connect({ url: proxy.url })
      await indexDocuments(through, encoder, {
        index: stream,
        inputs: [fileInput(fileOf(documents(5)))],
        relax: 'empty',
        onEvent: (event) => {
          if (event.type === 'notice') notices.push(event.notice)
        },
      })
      for (const { method, path, body } of proxy.requests)
        if (method === 'PUT' && path.includes('/_settings'))
          seen.add(member(JSON.parse(body), 'index', 'refresh_interval'))
      await through.close()
      await proxy.close()
      expect(notices.join()).toContain(`refresh_interval, auto_expand_replicas of ${stream} put off`)
      expect([...seen]).toEqual(['-1', null])
      const [settings] = (await readIndexSettings(client, stream)).values()
      expect(settings).toMatchObject({ auto_expand_replicas: '0-1' })
      expect(settings).not.toHaveProperty('refresh_interval')
      expect(await restoreSettings(client, stream)).toBeUndefined()
    })

    it('is made where a template keeps the name for streams, for its model only', async () => {
      await deleteDataStream(client, stream)
      await expect(
        createIndex(client, { index: stream, meta: { ...meta, textFields: ['body'] } }),
      ).rejects.toThrow('exists with text fields "title, text", you asked for "body"')
      expect(await createIndex(client, { index: stream, meta })).toMatchObject({ created: true, meta })
      expect(await run(fileOf(documents(2)))).toMatchObject({ indexed: 2 })
      expect(await backingNames()).toHaveLength(1)
    })

    it('is searched, explained, enriched, inspected and deleted from as one index', async () => {
      await run(fileOf(documents(2)))
      await rollOver()
      await run(fileOf(documents(2, 2)))
      const body = { '@timestamp': TIME, text: 'text 4' }
      await client.request({ method: 'PUT', path: `/${stream}/_create/d4`, query: { refresh: true }, body })
      expect(await enrichIndex(client, encoder, { index: stream, meta })).toMatchObject({ enriched: 5 })

      const searcher = await openSearcher(client, encoder, stream)
      const { hits } = await searcher.search({ query: 'text', explain: true })
      expect(hits.map((hit) => hit.id)).toEqual(['d0', 'd1', 'd2', 'd3', 'd4'])
      for (const hit of hits) expect(hit.explanation?.tokens.map(({ token }) => token)).toEqual(['text'])

      expect(await profileIndex(client, { index: stream })).toMatchObject({ documents: 5 })
      await expect(
        rebuildIndex(client, encoder, { index: stream, into: `${stream}-new`, meta }),
      ).rejects.toThrow(`"${stream}" is a data stream: use "splade-bridge enrich", which works in place`)

      const selection = { ids: ['d0', 'd3', 'd9'] }
      expect(await deleteDocuments(client, { index: stream, selection })).toMatchObject({
        deleted: 2,
        missing: 1,
      })
      expect([...(await storedIds())].sort()).toEqual(['d1', 'd2', 'd4'])
      await deleteIndex(client, stream)
      await expect(readBackingIndices(client, stream)).rejects.toThrow('404')
      await createIndex(client, { index: stream, meta })
    })
  })

if (OTHERS.length > 0)
  describe.each(OTHERS)('%s, which has no data streams', (id) => {
    it('says of no name that it is one', async () => {
      const client = await connect({ url: testEngine(id).url })
      const index = uniqueName('stream-none')
      await createIndex(client, { index, meta })
      expect(await dataStreamName(client, index)).toBeUndefined()
      expect(await dataStreamName(client, `${index}-missing`)).toBeUndefined()
      await deleteIndex(client, index)
      await client.close()
    })
  })
