import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { enrichIndex, type EnrichOptions } from '../../../src/enrich/enrich-index.js'
import type { EnrichEvent, EnrichResult } from '../../../src/enrich/events.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { startFaultProxy, type Fault, type FaultProxy, type ProxiedRequest } from '../../fault-proxy.js'
import { createTextIndex } from './text-index.js'

const encoder = createLexicalEncoder()
const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity, averageLength: 10 }
const DOCUMENTS = 40

describe.each(NEWEST_ENGINES)('enriching through a misbehaving proxy before %s', (id) => {
  let direct: EngineClient
  let index: string
  let proxy: FaultProxy
  let client: EngineClient
  let events: EnrichEvent[]

  beforeAll(async () => {
    direct = await connect({ url: testEngine(id).url })
  })
  beforeEach(async () => {
    index = uniqueName('enrich-faults')
    await createTextIndex(direct, index, DOCUMENTS)
  })
  afterEach(async () => {
    await client.close()
    await proxy.close()
  })
  afterAll(async () => {
    await deleteIndices(direct, 'enrich-faults-')
    await direct.close()
  })

  async function runWith(
    decide: (request: ProxiedRequest) => Fault,
    options: Partial<EnrichOptions> = {},
  ): Promise<EnrichResult> {
    events = []
    proxy = await startFaultProxy(testEngine(id).url, decide)
    client = await connect({ url: proxy.url })
    return enrichIndex(client, encoder, {
      index,
      meta,
      batchDocuments: 8,
      baseDelayMs: 1,
      maxDelayMs: 10,
      onEvent: (event) => events.push(event),
      ...options,
    })
  }

  /** Faults for the first request of each kind, by method and end of its path; connecting is left alone. */
  function onceEach(fault: Fault): (request: ProxiedRequest) => Fault {
    const seen = new Set<string>()
    return ({ method, path }) => {
      const [, api = ''] = /\/(_\w+(?:\/\w+)?)(?:\?|$)/.exec(path) ?? []
      const kind = `${method} ${api}`
      const isConnecting = api === '' || api.startsWith('_nodes')
      if (isConnecting || method === 'DELETE' || seen.has(kind)) return 'pass'
      seen.add(kind)
      return fault
    }
  }

  it.each<readonly [string, Fault]>([
    ['429', { status: 429, body: { error: 'later' } }],
    ['503', { status: 503, body: { error: 'later' } }],
    ['a cut connection', 'cut'],
    ['a lost answer', 'lose answer'],
  ])('enriches every document where each kind of request meets %s', async (_name, fault) => {
    expect(await runWith(onceEach(fault))).toMatchObject({ read: DOCUMENTS, deadLettered: 0, gone: 0 })
    const kinds = events.flatMap((event) => (event.type === 'retry' ? [event.reason] : []))
    // Statistics, refreshing, mapping, counting, searching and writing.
    expect(kinds.length).toBeGreaterThanOrEqual(6)
    const done = await enrichIndex(direct, encoder, { index, meta })
    expect(done).toMatchObject({ read: DOCUMENTS, unchanged: DOCUMENTS })
  })

  it('goes on where it stood when the engine has forgotten its view', async () => {
    let searches = 0
    const missing = { error: { type: 'search_context_missing_exception', reason: 'gone' } }
    const result = await runWith(({ path }) =>
      path.startsWith('/_search?') && ++searches === 3 ? { status: 404, body: missing } : 'pass',
    )
    expect(result).toMatchObject({ enriched: DOCUMENTS, deadLettered: 0 })
  })

  it('stops with the reason where the engine stays away and patience has an end', async () => {
    const unavailable: Fault = { status: 503, body: { error: 'starting' } }
    const decide = ({ path }: ProxiedRequest): Fault => (path.includes('_stats') ? unavailable : 'pass')
    await expect(runWith(decide, { maxRetries: 2 })).rejects.toThrow('answered 503: starting')
    expect(events.filter(({ type }) => type === 'retry')).toHaveLength(2)
  })
})
