import { once } from 'node:events'
import { type IncomingMessage, request as openRequest } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { NEWEST_ENGINES, testEngine, uniqueName } from '../engines.js'
import { askServer, startFakeEngine } from '../proxy-harness.js'
import { startTraceCollector } from '../trace-collector.js'
import { type CliHome, type CliOptions, EXAMPLES, onlyJson, useCliHome } from './cli-process.js'
import { startCliProxy as start, type ProxyProcess } from './proxy-process.js'

const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function startCliProxy(
  home: CliHome,
  args: readonly string[],
  options?: CliOptions,
): Promise<ProxyProcess> {
  const proxy = await start(home, args, options)
  open.push({ close: () => proxy.stop() })
  return proxy
}

describe.each(NEWEST_ENGINES.slice(0, 1))('splade-bridge proxy before %s', (id) => {
  const home = useCliHome()
  const { url } = testEngine(id)
  const index = uniqueName('accept-proxy')

  beforeAll(async () => {
    const corpus = join(EXAMPLES, 'en/corpus.jsonl')
    const model = ['--model', 'splade-tiny-en', '--url', url, '--index', index]
    expect((await home.run(['index', ...model, corpus])).code).toBe(0)
  })

  it('finds what search finds, for a client that only sends text', async () => {
    const text = "my car won't start"
    const searched = await home.run(['search', '--url', url, '--index', index, '--json', text])
    const expected = (onlyJson(searched) as { hits: { id: string; score: number }[] }).hits
    const proxy = await startCliProxy(home, ['--upstream', url, '--model', 'splade-tiny-en'])
    const answer = await askServer(proxy.url, {
      ...{ method: 'POST', target: `/${index}/_search` },
      headers: ['Content-Type', 'application/json'],
      body: JSON.stringify({ query: { splade: { field: 'splade', text } } }),
    })
    const { hits } = JSON.parse(answer.body.toString()) as {
      hits: { hits: { _id: string; _score: number }[] }
    }
    // The engine prints 32-bit floats with as few digits as tell them apart.
    const found = hits.hits.map(({ _id, _score }) => [_id, Math.fround(_score)])
    expect(found).toEqual(expected.map(({ id: hit, score }) => [hit, score]))
  })

  it('passes the rest through, finishes what is in flight on SIGTERM, and ends with 0', async () => {
    const proxy = await startCliProxy(home, ['--upstream', url, '--no-rewrite'])
    const target = `/${index}/_count`
    const [direct, through] = [await askServer(url, { target }), await askServer(proxy.url, { target })]
    expect(through).toEqual(direct)
    const { code, out, err } = await proxy.stop()
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({ url: proxy.url, upstreams: [url], model: null, fingerprint: null })
    expect(err).toContain('requests in flight are finished')
  })
})

describe.each(NEWEST_ENGINES.slice(0, 1))('telemetry of splade-bridge proxy before %s', (id) => {
  const home = useCliHome()
  const { url } = testEngine(id)
  const index = uniqueName('accept-proxy-telemetry')

  it('is written with credentials of its own, and only where it is asked for', async () => {
    const model = ['--model', 'splade-tiny-en']
    const corpus = join(EXAMPLES, 'en/corpus.jsonl')
    expect((await home.run(['index', ...model, '--url', url, '--index', index, corpus])).code).toBe(0)
    for (const mode of ['text', 'off']) {
      const proxy = await startCliProxy(home, ['--upstream', url, ...model, '--telemetry', mode])
      const answer = await askServer(proxy.url, {
        ...{ method: 'POST', target: `/${index}/_search` },
        headers: ['Content-Type', 'application/json'],
        body: JSON.stringify({ query: { splade: { text: `telemetry is ${mode}` } } }),
      })
      expect(answer.status).toBe(200)
      const { code, err } = await proxy.stop()
      expect([code, err]).toEqual([0, expect.not.stringContaining('lost')])
    }
    await askServer(url, { method: 'POST', target: '/logs-splade.*-default/_refresh' })
    const found = await askServer(url, {
      ...{ method: 'POST', target: '/logs-splade.query-default/_search' },
      headers: ['Content-Type', 'application/json'],
      body: JSON.stringify({ query: { term: { 'splade.index': index } } }),
    })
    const { hits } = JSON.parse(found.body.toString()) as { hits: { hits: { _source: object }[] } }
    expect(hits.hits.map(({ _source }) => _source)).toMatchObject([
      { service: { name: 'splade-bridge' }, splade: { query: { text: 'telemetry is text' } } },
    ])
    expect((await askServer(url, { method: 'DELETE', target: `/${index}` })).status).toBe(200)
  })

  it('is refused in a mode that there is not', async () => {
    const { code, err } = await home.run(['proxy', '--no-rewrite', '--upstream', url, '--telemetry', 'loud'])
    expect([code, err]).toEqual([2, expect.stringContaining('telemetry must be one of off, hashed, text')])
  })
})

describe('traces of splade-bridge proxy', () => {
  const home = useCliHome()

  it('are all with the collector at SIGTERM, under the name that the environment gives', async () => {
    const engine = await startFakeEngine((_, response) => response.end('{}'))
    const collector = await startTraceCollector()
    open.push(engine, collector)
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'shop-search' }
    const proxy = await startCliProxy(home, ['--upstream', engine.url, '--no-rewrite'], { env })
    for (let sent = 0; sent < 100; sent++) expect((await askServer(proxy.url)).status).toBe(200)
    expect(await proxy.stop()).toMatchObject({ code: 0 })
    expect(collector.spans).toHaveLength(200)
    expect(new Set(collector.spans.map(({ service }) => service))).toEqual(new Set(['shop-search']))
  })

  it('are not made unless asked for', async () => {
    const seen: unknown[] = []
    const engine = await startFakeEngine(({ headers }, response) => {
      seen.push(headers.traceparent)
      response.end('{}')
    })
    open.push(engine)
    const proxy = await startCliProxy(home, ['--upstream', engine.url, '--no-rewrite'])
    await askServer(proxy.url)
    expect(seen).toEqual([undefined])
  })
})

/** Twice what a proxy must carry, so that one kept whole stands far above pools and garbage not yet collected. */
const BODY_BYTES = 200_000_000
const GROWTH_BYTES = BODY_BYTES / 2

describe('a body of 200 MB', () => {
  const home = useCliHome()

  it.each([
    ['up', 0],
    ['down', BODY_BYTES],
  ])('goes %s in little memory', async (_, answerBytes) => {
    let received = 0
    const engine = await startFakeEngine((request, response) => {
      request.on('data', (chunk: Buffer) => (received += chunk.length))
      request.on('end', () => Readable.from(pieces(answerBytes)).pipe(response))
    })
    open.push(engine)
    const proxy = await startCliProxy(home, ['--upstream', engine.url, '--no-rewrite'])
    const before = await residentBytes(proxy.url)
    const outgoing = openRequest(`${proxy.url}/_bulk`, { method: 'POST' })
    Readable.from(pieces(BODY_BYTES - answerBytes)).pipe(outgoing)
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
    let [answered, peak, seenAt] = [0, 0, 0]
    for await (const chunk of answer) {
      answered += (chunk as Buffer).length
      if (answered - seenAt < BODY_BYTES / 10) continue
      seenAt = answered
      peak = Math.max(peak, await residentBytes(proxy.url))
    }
    peak = Math.max(peak, await residentBytes(proxy.url))
    expect([received, answered]).toEqual([BODY_BYTES - answerBytes, answerBytes])
    expect(peak - before).toBeLessThan(GROWTH_BYTES)
  })
})

function* pieces(bytes: number): Generator<Buffer> {
  const piece = Buffer.alloc(1_000_000, 'x')
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece
}

async function residentBytes(url: string): Promise<number> {
  const { body } = await askServer(url, { target: '/_splade/metrics' })
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(body.toString())?.[1])
}

/** Path of a certificate or key for tests. */
const tls = (name: string): string =>
  fileURLToPath(new URL(`../unit/proxy/http/tls/${name}.pem`, import.meta.url))

describe('mistakes on the command line', () => {
  const home = useCliHome()
  const proxyWith = (...args: readonly string[]): ReturnType<CliHome['run']> =>
    home.run(['proxy', '--no-rewrite', ...args], { env: { SPLADE_BRIDGE_API_KEY: 'not-shown' } })

  it.each([
    [['--upstream', 'ftp://a'], 'must be an http:// or https:// address'],
    [['--upstream', 'http://user:not-shown@a:9200'], 'must hold no credentials'],
    [['--tls-cert', 'a.pem'], '--tls-cert and --tls-key belong together'],
    [['--tls-cert', tls('server'), '--tls-key', tls('client.key')], '--tls-key must be the key of the cert'],
    [
      ['--tls-cert', tls('server.key'), '--tls-key', tls('server.key')],
      '--tls-cert must be one or more cert',
    ],
    [
      ['--upstream-cert', tls('client'), '--upstream-key', tls('server.key')],
      '--upstream-key must be the key',
    ],
    [['--upstream-fingerprint', 'ab'.repeat(32)], '--upstream-fingerprint needs upstreams of https:// only'],
    [['--ca-file', tls('client.key')], '--ca-file must be one or more certificates'],
    [['--ca-file', 'gone.pem'], '--ca-file cannot be read (ENOENT)'],
    [['--upstream-fingerprint', 'ab'], '--upstream-fingerprint must be a SHA-256 of 64 hexadecimal digits'],
    [['--allow-index', 'a,b'], 'index pattern must be one name'],
    [['--max-requests', '0'], '--max-requests <n>'],
    [['--credentials', 'configured', '--listen', '0.0.0.0:0'], 'must be a loopback address'],
    [['--credentials', 'borrowed'], 'caller, configured'],
    [['--ui'], '--ui needs a model'],
    [['--otlp-endpoint', 'a:4318'], '--otlp-endpoint must be an http:// or https:// address'],
    [['--otlp-endpoint', 'http://user:not-shown@a:4318'], 'must hold no credentials'],
    [['--trace-ratio', '2'], 'must be a number from 0 to 1'],
    [['--ui-index', 'articles'], '--ui-index needs --ui'],
    [['--listen', '9300'], 'host:port'],
  ])('%j end with 2 and say why, without secrets', async (args, message) => {
    const { code, err } = await proxyWith(...args)
    expect(err).toContain(message)
    expect(err).not.toContain('not-shown')
    expect(code).toBe(2)
  })

  it('a port that is taken is said so', async () => {
    const engine = await startFakeEngine(() => undefined)
    open.push(engine)
    const { code, err } = await proxyWith('--listen', new URL(engine.url).host)
    expect([code, err]).toEqual([2, expect.stringContaining('is taken; choose another with --listen')])
  })
})
