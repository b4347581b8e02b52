import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient, EngineRequest, EngineResponse } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { EngineResponseError } from '../../../src/engine/failure.js'
import { enrichIndex, type EnrichOptions } from '../../../src/enrich/enrich-index.js'
import type { EnrichEvent } from '../../../src/enrich/events.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { createTextIndex } from './text-index.js'

const encoder = createLexicalEncoder()
const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity, averageLength: 10 }
const DOCUMENTS = 200
const WRITE_MS = 50

/** Requests of one kind that are in flight. */
class InFlight {
  now = 0
  most = 0

  async during<Result>(request: () => Promise<Result>): Promise<Result> {
    this.most = Math.max(this.most, ++this.now)
    return request().finally(() => {
      this.now -= 1
    })
  }
}

describe.each(NEWEST_ENGINES)('reading, encoding and writing of enrich on %s', (id) => {
  let client: EngineClient
  let index: string
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
  })
  afterAll(async () => {
    await deleteIndices(client, 'overlap-')
    await client.close()
  })
  beforeEach(async () => {
    index = uniqueName('overlap')
    await createTextIndex(client, index, DOCUMENTS)
  })
  const through = (bulk: (request: EngineRequest) => Promise<EngineResponse>): EngineClient => ({
    info: client.info,
    close: () => Promise.resolve(),
    request: (request) => (request.path.endsWith('_bulk') ? bulk(request) : client.request(request)),
  })
  const enrich = (engine: EngineClient, options: Partial<EnrichOptions> = {}) =>
    enrichIndex(engine, encoder, { index, meta, batchDocuments: 8, flushDocuments: 8, ...options })

  it('overlap; more requests are in flight the longer none is put off, up to the limit', async () => {
    const writes = new InFlight()
    let searchesMeanwhile = 0
    const slow = through((request) =>
      writes.during(async () => {
        await delay(WRITE_MS)
        return client.request(request)
      }),
    )
    const watching: EngineClient = {
      ...slow,
      request: (request) => {
        searchesMeanwhile += Number(request.path === '/_search' && writes.now > 0)
        return slow.request(request)
      },
    }
    expect(await enrich(watching, { maxConcurrency: 3 })).toMatchObject({ enriched: DOCUMENTS })
    expect(writes.most).toBe(3)
    expect(searchesMeanwhile).toBeGreaterThan(5)
  })

  it('are one request at a time while the cluster asks for patience', async () => {
    const writes = new InFlight()
    const answered = new Set<unknown>()
    const busy = through((request) =>
      writes.during(async () => {
        await delay(WRITE_MS)
        const { ndjson } = request
        const body = ndjson?.toString()
        if (answered.has(body)) return client.request(request)
        answered.add(body)
        throw new EngineResponseError('later', 429, '')
      }),
    )
    const events: EnrichEvent[] = []
    const options = { baseDelayMs: 1, onEvent: (event: EnrichEvent) => events.push(event) }
    expect(await enrich(busy, options)).toMatchObject({ read: DOCUMENTS, enriched: DOCUMENTS, conflicts: 0 })
    expect(events.filter(({ type }) => type === 'retry')).toHaveLength(DOCUMENTS / 8)
    expect(writes.most).toBe(1)
  })

  it('end with the first request that fails for good, without waiting for those that are put off', async () => {
    let requests = 0
    const failing = through(async (request) => {
      requests += 1
      // Two that tell the limit to grow; then one that is put off, while the other fails.
      if (requests <= 4) return client.request(request)
      await delay(requests * 10)
      throw new EngineResponseError('no', requests === 5 ? 429 : 401, '')
    })
    await expect(enrich(failing, { baseDelayMs: 60_000, maxDelayMs: 60_000 })).rejects.toMatchObject({
      status: 401,
    })
  })
})
