import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { enrichIndex } from '../../../src/enrich/enrich-index.js'
import type { EnrichEvent } from '../../../src/enrich/events.js'
import { rebuildIndex } from '../../../src/enrich/rebuild-index.js'
import { defaultFieldType, deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { type Fault, type FaultProxy, type ProxiedRequest, startFaultProxy } from '../../fault-proxy.js'
import { createTextIndex } from './text-index.js'

const encoder = createLexicalEncoder()
const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity, averageLength: 10 }
const DOCUMENTS = 60
const LATER: Fault = { status: 429, body: { error: 'later' } }
const STOPPED = { name: 'AbortError' }

describe.each(NEWEST_ENGINES)('Ctrl-C while %s is waited for', (id) => {
  let direct: EngineClient
  let index: string
  let stop: AbortController
  let events: EnrichEvent[]
  let proxy: FaultProxy | undefined
  let client: EngineClient | undefined
  beforeAll(async () => {
    direct = await connect({ url: testEngine(id).url })
  })
  beforeEach(async () => {
    stop = new AbortController()
    events = []
    index = uniqueName('interrupted')
    await createTextIndex(direct, index, DOCUMENTS)
  })
  afterEach(async () => {
    await client?.close()
    await proxy?.close()
  })
  afterAll(async () => {
    await deleteIndices(direct, 'interrupted-')
    await direct.close()
  })
  async function through(decide: (request: ProxiedRequest) => Fault): Promise<EngineClient> {
    proxy = await startFaultProxy(testEngine(id).url, decide)
    client = await connect({ url: proxy.url })
    return client
  }
  const options = () => ({
    ...{ index, meta, batchDocuments: 8, flushDocuments: 8, signal: stop.signal },
    // A wait that would outlast the test.
    ...{ baseDelayMs: 60_000, maxDelayMs: 60_000 },
    onEvent: (event: EnrichEvent) => {
      events.push(event)
      if (event.type === 'retry') stop.abort()
    },
  })
  const requireWritable = () =>
    expect(
      direct.request({ method: 'PUT', path: `/${index}/_doc/later`, body: { text: 'later' } }),
    ).resolves.toMatchObject({ status: 201 })

  it('ends enrich while it writes into a storm of 429; the next run takes what is left', async () => {
    let writes = 0
    const isStorm = ({ path }: ProxiedRequest) => path.includes('_bulk') && ++writes > 2
    const storm = await through((request) => (isStorm(request) ? LATER : 'pass'))
    await expect(enrichIndex(storm, encoder, options())).rejects.toMatchObject(STOPPED)
    expect(events.filter(({ type }) => type === 'retry').length).toBeGreaterThan(0)
    const rest = await enrichIndex(direct, encoder, { index, meta })
    expect(rest).toMatchObject({ read: DOCUMENTS, unchanged: 16, enriched: DOCUMENTS - 16, deadLettered: 0 })
  })

  it('ends enrich while it reads from an engine that is away: what was read is written and counted', async () => {
    let searches = 0
    const isAway = ({ path }: ProxiedRequest) =>
      (path.startsWith('/_search?') || path.includes('_search/scroll')) && ++searches > 3
    const away = await through((request) => (isAway(request) ? LATER : 'pass'))
    const result = await enrichIndex(away, encoder, options())
    expect(result).toMatchObject({ deadLettered: 0, unchanged: 0, skipped: 0 })
    expect(result.enriched).toBeGreaterThan(0)
    expect(result.read).toBe(result.enriched)
    expect(result.read).toBeLessThan(DOCUMENTS)
    const rest = await enrichIndex(direct, encoder, { index, meta })
    expect(rest).toMatchObject({ unchanged: result.enriched, enriched: DOCUMENTS - result.enriched })
  })

  if (defaultFieldType(id) !== 'rank_features') return

  describe('reindex', () => {
    /** The same weights under another name, as of another model. */
    const newEncoder: Encoder = {
      identity: { name: 'newer', fingerprint: 'fedcba9876543210' },
      encodeDocuments: (texts) => encoder.encodeDocuments(texts),
      encodeQueries: (texts) => encoder.encodeQueries(texts),
      locate: (text) => encoder.locate(text),
      close: () => encoder.close(),
    }
    const rebuild = (engine: EngineClient) =>
      rebuildIndex(engine, newEncoder, {
        ...options(),
        meta: { field: 'splade', textFields: ['text'], encoder: newEncoder.identity },
        into: `${index}-v2`,
      })
    beforeEach(async () => {
      await enrichIndex(direct, encoder, { index, meta })
    })

    it('lets the old index be written to again after Ctrl-C in the last changes', async () => {
      let isBlocked = false
      const engine = await through(({ path }) => {
        if (path.includes('_block/write')) isBlocked = true
        return isBlocked && path.includes('_stats') ? LATER : 'pass'
      })
      await expect(rebuild(engine)).rejects.toMatchObject(STOPPED)
      expect(isBlocked).toBe(true)
      await requireWritable()
    })

    it('does so too where nobody was told that writing is blocked', async () => {
      const engine = await through(({ path }) => (path.includes('_block/write') ? 'lose answer' : 'pass'))
      await expect(rebuild(engine)).rejects.toMatchObject(STOPPED)
      await requireWritable()
    })

    it('leaves settings alone that it was not allowed to change, and says why it stops', async () => {
      const settings: ProxiedRequest[] = []
      const denied: Fault = { status: 403, body: { error: { type: 'security_exception', reason: 'denied' } } }
      const engine = await through((request) => {
        if (request.method === 'PUT' && request.path.includes(`${index}/_settings`)) settings.push(request)
        return request.path.includes('_block/write') ? denied : 'pass'
      })
      await expect(rebuild(engine)).rejects.toThrow('answered 403: security_exception: denied')
      expect(settings).toEqual([])
      await requireWritable()
    })
  })
})
