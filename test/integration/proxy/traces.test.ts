import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import { openTraces, type TraceOptions } from '../../../src/telemetry/traces.js'
import { NEWEST_ENGINES, testEngine } from '../../engines.js'
import { askServer, startFakeEngine, startProxy } from '../../proxy-harness.js'
import { type ReceivedSpan, startTraceCollector, type TraceCollector } from '../../trace-collector.js'
import { type Fixture, openFixture } from './fixture.js'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const CALLER = 'b7ad6b7169203331'
const TEXT = 'my car does not start'
const JSON_HEADERS = ['Content-Type', 'application/json']
const [INTERNAL, SERVER, CLIENT] = [1, 2, 3]

type Options = Partial<Omit<TraceOptions, 'endpoint' | 'service'>>

/** By hand: `http://host:port` in the attributes of a span. */
function serverOf(url: string): Readonly<Record<string, string | number>> {
  const [scheme = '', address = '', port] = url.split(/:(?:\/\/)?/)
  return { 'url.scheme': scheme, 'server.address': address, 'server.port': Number(port) }
}

describe.each(NEWEST_ENGINES.slice(0, 1))('traces of the proxy before %s', (id) => {
  let fixture: Fixture
  let collector: TraceCollector
  const open: { close(): Promise<unknown> }[] = []
  beforeAll(async () => {
    fixture = await openFixture(id)
    await fixture.client.request({ method: 'POST', path: `/${fixture.index}/_refresh` })
  })
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close()
  })
  afterAll(() => fixture.close())

  /** Sends requests through a traced proxy that is then stopped. @returns what the collector has got by then */
  async function spansAfter(
    work: (url: string) => Promise<unknown>,
    options: Options = {},
    upstream = testEngine(id).url,
  ): Promise<readonly ReceivedSpan[]> {
    collector = await startTraceCollector()
    open.push(collector)
    const traces = await openTraces({
      endpoint: collector.url,
      service: { name: 'shop', version: '1' },
      ...{ ratio: 1, queryText: false, onFailure: () => undefined, ...options },
    })
    const rewriter = createRewriter({ encoders: [fixture.encoder] })
    const proxy = await startProxy({ upstreams: [upstream], rewriter, observer: traces.observer })
    await work(proxy.url)
    await proxy.close()
    await traces.close()
    return collector.spans
  }

  const search = (url: string, body: object, headers: readonly string[] = []) =>
    askServer(url, {
      method: 'POST',
      target: `/${fixture.index}/_search?request_cache=false`,
      headers: [...JSON_HEADERS, ...headers],
      body: JSON.stringify(body),
    })

  const only = (spans: readonly ReceivedSpan[], kind: number): ReceivedSpan => {
    const found = spans.filter((span) => span.kind === kind)
    expect(found).toHaveLength(1)
    return found[0]!
  }

  it('continue the trace of the caller: a server span, and below it the steps of a rewritten search', async () => {
    const body = { splade_explain: true, query: { splade: { text: TEXT } } }
    let proxyUrl = ''
    const spans = await spansAfter(async (url) => {
      proxyUrl = url
      const { status } = await search(url, body, ['traceparent', `00-${TRACE}-${CALLER}-01`])
      expect(status).toBe(200)
    })
    const server = only(spans, SERVER)
    expect(server).toMatchObject({ traceId: TRACE, parentSpanId: CALLER, name: 'POST', service: 'shop' })
    expect(server.attributes).toMatchObject({
      'http.request.method': 'POST',
      'url.path': `/${fixture.index}/_search`,
      'http.response.status_code': 200,
      'splade.proxy.kind': 'rewritten',
      'splade.index': fixture.index,
      'splade.model': fixture.encoder.identity.name,
      ...serverOf(proxyUrl),
    })
    const steps = spans.filter((span) => span !== server)
    expect(steps.every((span) => span.traceId === TRACE && span.parentSpanId === server.spanId)).toBe(true)
    expect(steps.filter(({ kind }) => kind === INTERNAL).map(({ name }) => name)).toEqual([
      'encode',
      'explain',
    ])
    const asked = steps.filter(({ kind }) => kind === CLIENT)
    expect(asked.map(({ attributes }) => attributes['url.path'])).toContain(`/${fixture.index}/_search`)
    // What else the proxy asks, an embedded Elasticsearch without its root handler may refuse.
    const searches = asked.filter(({ attributes }) => attributes['url.path'] === `/${fixture.index}/_search`)
    for (const { attributes } of searches)
      expect(attributes).toMatchObject({ 'http.response.status_code': 200, ...serverOf(testEngine(id).url) })
    expect(JSON.stringify(spans)).not.toContain('car')
  })

  it('name no node where there are several', async () => {
    collector = await startTraceCollector()
    open.push(collector)
    const traces = await openTraces({
      endpoint: collector.url,
      service: { name: 'shop', version: '1' },
      ...{ ratio: 1, queryText: false, onFailure: () => undefined },
    })
    const { url } = testEngine(id)
    const proxy = await startProxy({ upstreams: [url, url], observer: traces.observer })
    await askServer(proxy.url, { target: `/${fixture.index}/_count` })
    await proxy.close()
    await traces.close()
    expect(only(collector.spans, SERVER).attributes).toMatchObject(serverOf(proxy.url))
    expect(only(collector.spans, CLIENT).attributes).not.toHaveProperty(['server.address'])
  })

  it('hold a query as it was typed only where that is asked for', async () => {
    const ask = (url: string) => search(url, { query: { splade: { text: TEXT } } })
    const spans = await spansAfter(ask, { queryText: true })
    const encode = spans.find(({ name }) => name === 'encode')
    expect(encode?.attributes).toMatchObject({ 'splade.query.text': TEXT })
  })

  it('mark what failed, and not what a caller may ask for in vain', async () => {
    const spans = await spansAfter(async (url) => {
      await askServer(url, { target: '/no-such-index/_search' })
      await search(url, { query: { splade: { text: TEXT, model: 'no-such' } } })
    })
    const servers = spans.filter(({ kind }) => kind === SERVER)
    expect(
      servers.map(({ attributes, statusCode }) => [attributes['http.response.status_code'], statusCode]),
    ).toEqual([
      [404, 0],
      [400, 0],
    ])
    expect(servers[1]?.attributes).toMatchObject({
      'splade.proxy.kind': 'refused',
      'error.type': 'parsing_exception',
    })
    const missing = spans.find(
      ({ kind, attributes }) => kind === CLIENT && attributes['url.path'] === '/no-such-index/_search',
    )
    expect(missing).toMatchObject({ statusCode: 2, attributes: { 'http.response.status_code': 404 } })
  })

  it('have an error where no node answers', async () => {
    const gone = await startFakeEngine(() => undefined)
    await gone.close()
    const spans = await spansAfter((url) => askServer(url), {}, gone.url)
    expect(only(spans, SERVER)).toMatchObject({ statusCode: 2 })
    expect(only(spans, CLIENT)).toMatchObject({ statusCode: 2, attributes: { 'error.type': 'ECONNREFUSED' } })
  })

  it('leave the headers of a request alone that is not sampled, and put the own span into those of others', async () => {
    const seen: (string | undefined)[] = []
    const engine = await startFakeEngine((request, response) => {
      seen.push(request.headers.traceparent as string | undefined)
      response.end('{}')
    })
    open.push(engine)
    const ask = (url: string, traceparent?: string) =>
      askServer(url, { headers: traceparent === undefined ? [] : ['traceparent', traceparent] })
    const unsampled = `00-${TRACE}-${CALLER}-00`
    const sampled = `00-${TRACE}-${CALLER}-01`
    const spans = await spansAfter(
      async (url) => {
        await ask(url, unsampled)
        await ask(url)
        await ask(url, sampled)
      },
      { ratio: 0 },
      engine.url,
    )
    expect(spans).toHaveLength(2)
    expect(seen).toEqual([unsampled, undefined, `00-${TRACE}-${only(spans, CLIENT).spanId}-01`])
  })

  it('lose nothing of a thousand requests at the end, each with the way to the engine below it', async () => {
    const count = 1_000
    const spans = await spansAfter(async (url) => {
      for (let sent = 0; sent < count; sent += 20)
        await Promise.all(
          Array.from({ length: 20 }, () => askServer(url, { target: `/${fixture.index}/_count` })),
        )
    })
    const servers = new Set(spans.filter(({ kind }) => kind === SERVER).map(({ spanId }) => spanId))
    const clients = spans.filter(({ kind }) => kind === CLIENT)
    expect([servers.size, clients.length]).toEqual([count, count])
    expect(new Set(clients.map(({ parentSpanId }) => parentSpanId))).toEqual(servers)
  })

  it('neither hold up nor break requests where no collector is, and say so', async () => {
    const gone = await startTraceCollector()
    await gone.close()
    const reasons: string[] = []
    const traces = await openTraces({
      endpoint: gone.url,
      service: { name: 'shop', version: '1' },
      ...{ ratio: 1, queryText: false, onFailure: (reason) => reasons.push(reason) },
    })
    const proxy = await startProxy({ upstreams: [testEngine(id).url], observer: traces.observer })
    const target = `/${fixture.index}/_count`
    for (let sent = 0; sent < 50; sent++) expect((await askServer(proxy.url, { target })).status).toBe(200)
    const startedAt = performance.now()
    await proxy.close()
    await traces.close()
    expect(performance.now() - startedAt).toBeLessThan(8_000)
    expect(reasons.length).toBeGreaterThan(0)
  })
})
