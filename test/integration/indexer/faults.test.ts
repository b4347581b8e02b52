import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { member } from '../../../src/engine/json.js'
import type { IndexEvent, IndexResult } from '../../../src/indexer/events.js'
import { indexDocuments, type IndexDocumentsOptions } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { startFaultProxy, type Fault, type FaultProxy, type ProxiedRequest } from '../../fault-proxy.js'

const encoder = createLexicalEncoder()
const DOCUMENTS = 100

async function* records(): AsyncGenerator<Uint8Array> {
  for (let number = 0; number < DOCUMENTS; number++) {
    yield await Promise.resolve(
      Buffer.from(`${JSON.stringify({ _id: `d${number}`, text: `text ${number}` })}\n`),
    )
  }
}

describe.each(NEWEST_ENGINES)('indexing through a misbehaving proxy before %s', (id) => {
  let direct: EngineClient
  let index: string
  let proxy: FaultProxy
  let client: EngineClient
  let events: IndexEvent[]

  beforeAll(async () => {
    direct = await connect({ url: testEngine(id).url })
  })
  afterEach(async () => {
    await client.close()
    await proxy.close()
  })
  afterAll(async () => {
    await deleteIndices(direct, 'faults-')
    await direct.close()
  })

  async function runWith(
    decide: (request: ProxiedRequest, bulkNumber: number) => Fault,
    options: Partial<IndexDocumentsOptions> = {},
    decideOther: (request: ProxiedRequest) => Fault = () => 'pass',
  ): Promise<IndexResult> {
    index = uniqueName('faults')
    const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity }
    await createIndex(direct, { index, meta })
    events = []
    let bulks = 0
    proxy = await startFaultProxy(testEngine(id).url, (request) =>
      request.path.includes('_bulk') ? decide(request, ++bulks) : decideOther(request),
    )
    client = await connect({ url: proxy.url })
    return indexDocuments(client, encoder, {
      index,
      inputs: [streamInput(records())],
      baseDelayMs: 1,
      flushDocuments: 40,
      onEvent: (event) => events.push(event),
      ...options,
    })
  }

  async function stored(): Promise<unknown> {
    const { body } = await direct.request({ method: 'GET', path: `/${index}/_count` })
    return member(body, 'count')
  }

  const ofType = (type: IndexEvent['type']): readonly IndexEvent[] =>
    events.filter((event) => event.type === type)

  it.each([429, 503])('sends only the documents again that were refused with %d', async (status) => {
    const refused = new Set(['d3', 'd13', 'd23', 'd33'])
    const refuse = (documentId: string): boolean => refused.has(documentId)
    const result = await runWith((_request, number) => (number === 1 ? { status, refuse } : 'pass'))
    expect(result).toMatchObject({ read: DOCUMENTS, indexed: DOCUMENTS, deadLettered: 0 })
    const second = proxy.requests.filter(({ path }) => path.includes('_bulk'))[1]
    expect(second?.body.match(/"_id":"d\d+"/g)).toEqual([
      '"_id":"d3"',
      '"_id":"d13"',
      '"_id":"d23"',
      '"_id":"d33"',
    ])
    expect(await stored()).toBe(DOCUMENTS)
  })

  it('gives up on a document that is refused for ever, and keeps all others', async () => {
    const result = await runWith(() => ({ status: 429, refuse: (documentId) => documentId === 'd5' }), {
      maxRetries: 3,
    })
    expect(result).toMatchObject({ read: DOCUMENTS, indexed: DOCUMENTS - 1, deadLettered: 1 })
    expect(ofType('dead-letter')).toEqual([
      expect.objectContaining({
        status: 429,
        reason: 'rejected_execution_exception: the write queue is full',
      }),
    ])
    expect(await stored()).toBe(DOCUMENTS - 1)
  })

  it.each([429, 502, 503, 504])('repeats a request that failed as a whole with %d', async (status) => {
    const result = await runWith((_request, number) =>
      number <= 2 ? { status, body: { error: 'later' } } : 'pass',
    )
    expect(result).toMatchObject({ read: DOCUMENTS, indexed: DOCUMENTS })
    expect(ofType('retry')).toEqual([
      expect.objectContaining({ retry: 1, reason: expect.stringContaining(`answered ${status}: later`) }),
      expect.objectContaining({ retry: 2 }),
    ])
    expect(await stored()).toBe(DOCUMENTS)
  })

  it('repeats a request whose connection was cut', async () => {
    const result = await runWith((_request, number) => (number === 2 ? 'cut' : 'pass'))
    expect(result).toMatchObject({ read: DOCUMENTS, indexed: DOCUMENTS })
    expect(await stored()).toBe(DOCUMENTS)
  })

  it('counts a create whose answer was lost as written, and no other document of its id', async () => {
    const lines = ['first', 'second'].flatMap((text) => [{ create: { _id: text } }, { text }])
    const bulk = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    const inputs = [streamInput(Readable.from([bulk]), 'bulk.ndjson')]
    const lose = (_request: ProxiedRequest, number: number): Fault => (number === 1 ? 'lose answer' : 'pass')
    expect(await runWith(lose, { inputs })).toMatchObject({ read: 2, indexed: 2, deadLettered: 0 })
    const other = Buffer.from('{"create":{"_id":"first"}}\n{"text":"another"}\n')
    const again = { index, inputs: [streamInput(Readable.from([other]), 'bulk.ndjson')] }
    expect(await indexDocuments(direct, encoder, again)).toMatchObject({ indexed: 0, deadLettered: 1 })
    expect(await stored()).toBe(2)
  })

  it('halves a body that is too large until it fits', async () => {
    const tooLarge: Fault = { status: 413, body: { error: 'too large' } }
    const result = await runWith(({ body }) => (body.split('\n').length > 2 * 7 + 1 ? tooLarge : 'pass'))
    expect(result).toMatchObject({ read: DOCUMENTS, indexed: DOCUMENTS, deadLettered: 0 })
    expect(await stored()).toBe(DOCUMENTS)
  })

  it('makes a dead letter of the one document that no body fits', async () => {
    const tooLarge: Fault = { status: 413, body: { error: 'too large' } }
    const result = await runWith(({ body }) => (body.includes('"d42"') ? tooLarge : 'pass'))
    expect(result).toMatchObject({ read: DOCUMENTS, indexed: DOCUMENTS - 1, deadLettered: 1 })
    expect(ofType('dead-letter')).toEqual([expect.objectContaining({ status: 413 })])
  })

  it('stops with the reason where the engine stays away', async () => {
    const unavailable: Fault = { status: 503, body: { error: 'starting' } }
    await expect(runWith(() => unavailable, { maxRetries: 2 })).rejects.toThrow('answered 503: starting')
    expect(ofType('retry')).toHaveLength(2)
  })

  it('does not wait for a busy engine once another request has failed for good', async () => {
    const forbidden: Fault = { status: 403, body: { error: 'no' } }
    const busy: Fault = { status: 429, body: { error: 'later' } }
    const failing = runWith((_request, number) => (number < 3 ? 'pass' : number === 3 ? busy : forbidden), {
      maxConcurrency: 4,
      flushDocuments: 10,
      baseDelayMs: 100_000,
      maxDelayMs: 100_000,
    })
    await expect(failing).rejects.toThrow('answered 403: no')
  })

  it('repeats what it asks before the first and after the last document', async () => {
    const refused = new Set<string>()
    const result = await runWith(
      () => 'pass',
      {},
      ({ path }) => {
        const name = ['_refresh', '_count'].find((one) => path.endsWith(one)) ?? ''
        if (name === '' || refused.has(name)) return 'pass'
        refused.add(name)
        return { status: 503, body: { error: 'later' } }
      },
    )
    expect(result).toMatchObject({ read: DOCUMENTS, indexed: DOCUMENTS })
    expect(refused.size).toBe(2)
  })

  it('stops at once where it has no rights', async () => {
    const forbidden: Fault = { status: 403, body: { error: 'no' } }
    await expect(runWith(() => forbidden)).rejects.toThrow(
      'answered 403: no; the user lacks the rights for this',
    )
    expect(ofType('retry')).toHaveLength(0)
  })
})
