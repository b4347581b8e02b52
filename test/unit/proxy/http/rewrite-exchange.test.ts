import { EventEmitter, once } from 'node:events'
import { request as openRequest } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from '@jest/globals'
import { RefusedRequest, type RewritePlan, type Rewriter } from '../../../../src/proxy/rewriter.js'
import {
  type Answer,
  type Ask,
  askServer,
  type RunningProxy,
  startFakeEngine,
  startProxy,
} from '../../../proxy-harness.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** What an engine was sent. */
interface Seen {
  readonly target: string
  readonly headers: readonly string[]
  readonly body: string
}

interface SetUp {
  readonly proxy: RunningProxy
  readonly seen: Seen[]
  readonly ask: (ask: Ask) => Promise<Answer>
}

/** @param answer body of the engine's answers, gzipped where the caller takes that */
async function setUp(
  rewrite: RewritePlan['rewrite'],
  options: Partial<Parameters<typeof startProxy>[0]> = {},
  answer = '{"took":1}',
): Promise<SetUp> {
  const seen: Seen[] = []
  const engine = await startFakeEngine((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { url: target = '', rawHeaders: headers } = request
      seen.push({ target, headers, body: Buffer.concat(chunks).toString() })
      const isGzip = request.headers['accept-encoding'] === 'gzip'
      const body = isGzip ? gzipSync(answer) : Buffer.from(answer)
      if (isGzip) response.setHeader('content-encoding', 'gzip')
      response.setHeader('content-length', body.length)
      response.setHeader('X-elastic-product', 'Elasticsearch').end(body)
    })
  })
  open.push(engine)
  const rewriter: Rewriter = {
    plan: ({ target }) => (target.startsWith('/plain') ? undefined : { rewrite }),
  }
  const proxy = await startProxy({ upstreams: [engine.url], rewriter, ...options })
  open.push(proxy)
  return { proxy, seen, ask: (ask) => askServer(proxy.url, { method: 'POST', target: '/a/_search', ...ask }) }
}

const BODY = '{"size":12345678901234567890,"query":{"sparse":"돌다리"}}'

describe('a request that is rewritten', () => {
  const upper: RewritePlan['rewrite'] = ({ body, target }) =>
    Promise.resolve({
      kind: 'request',
      target: `${target}?done`,
      body: Buffer.from(body.toString().toUpperCase()),
    })

  it.each([
    ['plain', [], BODY],
    ['gzipped', ['Content-Encoding', 'gzip'], gzipSync(BODY)],
  ])('is read %s, and sent with its new length and without encoding', async (_, headers, body) => {
    const { ask, seen } = await setUp(upper)
    const answer = await ask({ headers: [...headers, 'X-Opaque-Id', '7'], body })
    expect(answer.body.toString()).toBe('{"took":1}')
    expect(seen).toMatchObject([{ target: '/a/_search?done', body: BODY.toUpperCase() }])
    const names = seen[0]!.headers.map((text) => text.toLowerCase())
    expect(names).toEqual(
      expect.arrayContaining(['content-length', String(Buffer.byteLength(BODY)), 'x-opaque-id']),
    )
    expect(names).not.toContain('content-encoding')
  })

  it('keeps an answer that nobody changes to the byte', async () => {
    const { ask } = await setUp(upper)
    const answer = await ask({ headers: ['Accept-Encoding', 'gzip'], body: BODY })
    expect(answer.body).toEqual(gzipSync('{"took":1}'))
    expect(answer.headers).toEqual(expect.arrayContaining(['content-encoding', 'gzip', 'X-elastic-product']))
  })

  it('gets its answer changed, with the new length and no encoding', async () => {
    const { ask, seen } = await setUp(({ body, target }) =>
      Promise.resolve({
        kind: 'request',
        target,
        body,
        changeAnswer: (answer) =>
          Promise.resolve({ ...answer, body: Buffer.concat([answer.body, Buffer.from(' and more')]) }),
        warnings: ['one "clause" too many', '둘'],
      }),
    )
    const answer = await ask({ headers: ['Accept-Encoding', 'gzip'], body: BODY })
    expect(answer.body.toString()).toBe('{"took":1} and more')
    expect(answer.headers).toEqual([
      ...['x-elastic-product', 'Elasticsearch'],
      ...[
        'Warning',
        '299 splade-bridge "one \\"clause\\" too many"',
        'Warning',
        '299 splade-bridge "%EB%91%98"',
      ],
      ...['content-length', '19'],
    ])
    expect(seen[0]!.headers).toEqual(expect.arrayContaining(['accept-encoding', 'identity']))
  })

  it('gets warnings beside an answer that is streamed', async () => {
    const { ask } = await setUp(({ body, target }) =>
      Promise.resolve({ kind: 'request', target, body, warnings: ['careful'] }),
    )
    expect((await ask({ body: BODY })).headers).toEqual(
      expect.arrayContaining(['Warning', '299 splade-bridge "careful"']),
    )
  })

  it('may be answered by the proxy itself', async () => {
    const { ask, seen } = await setUp(() =>
      Promise.resolve({
        kind: 'answer',
        status: 201,
        headers: { 'x-a': ['1', '2'] },
        body: Buffer.from('own'),
      }),
    )
    expect(await ask({ body: BODY })).toMatchObject({
      status: 201,
      headers: ['x-a', '1', 'x-a', '2', 'content-length', '3'],
      body: Buffer.from('own'),
    })
    expect(seen).toEqual([])
  })

  it("may ask the engine meanwhile, in its caller's name", async () => {
    const { ask, seen } = await setUp(async ({ body, target }, context) => {
      const mapping = await context.ask({ method: 'GET', target: '/plain/_mapping', body: Buffer.alloc(0) })
      return { kind: 'request', target, body: Buffer.concat([mapping.body, body]) }
    })
    await ask({ headers: ['Authorization', 'Basic me', 'Content-Encoding', 'gzip'], body: gzipSync(BODY) })
    expect(seen.map(({ target, body }) => [target, body])).toEqual([
      ['/plain/_mapping', ''],
      ['/a/_search', `{"took":1}${BODY}`],
    ])
    expect(seen[0]!.headers).toEqual(expect.arrayContaining(['Authorization', 'Basic me']))
    expect(seen[0]!.headers.map((text) => text.toLowerCase())).not.toContain('content-encoding')
  })
})

describe('a request that turns out to need no rewriting', () => {
  const nothing = (): Promise<undefined> => Promise.resolve(undefined)

  it.each([
    ['gzipped', 'gzip', gzipSync(BODY)],
    ['of an encoding that is not known', 'snappy', Buffer.from([1, 2, 3, 255])],
    ['whose encoding is broken', 'gzip', Buffer.from('no gzip')],
    ['empty', 'identity', Buffer.alloc(0)],
  ])('is sent as it came: %s', async (_, coding, body) => {
    const { ask, seen } = await setUp(nothing)
    await ask({ headers: ['Content-Encoding', coding], body })
    expect(seen[0]!.body).toBe(body.toString())
    expect(seen[0]!.headers).toEqual(expect.arrayContaining(['Content-Encoding', coding]))
  })
})

describe('a request that is refused', () => {
  it("gets the rewriter's words in the form of the engine", async () => {
    const { ask, proxy } = await setUp(() =>
      Promise.reject(new RefusedRequest(400, 'parsing_exception', 'unknown field')),
    )
    const answer = await ask({ body: BODY })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body.toString())).toEqual({
      error: {
        root_cause: [{ type: 'parsing_exception', reason: 'unknown field' }],
        ...{ type: 'parsing_exception', reason: 'unknown field' },
      },
      status: 400,
    })
    expect(proxy.logged).toEqual([])
  })

  it('with 429 is told when to come again', async () => {
    const { ask } = await setUp(() => Promise.reject(new RefusedRequest(429, 'rejected', 'busy')))
    expect((await ask({ body: BODY })).headers).toEqual(expect.arrayContaining(['retry-after', '1']))
  })

  it('for a defect of ours tells the log why, and the client that it did', async () => {
    const { ask, proxy } = await setUp(() => Promise.reject(new TypeError('inner secret')))
    const answer = await ask({ body: BODY })
    expect(answer.status).toBe(500)
    expect(answer.body.toString()).not.toContain('secret')
    expect(proxy.logged.map(({ level }) => level)).toEqual(['error'])
    expect(proxy.logged[0]!.error).toContain('inner secret')
  })

  it.each([
    ['is too long', BODY.repeat(100), []],
    ['grows too long', gzipSync(Buffer.alloc(1_000_000)), ['Content-Encoding', 'gzip']],
  ])('because its body %s gets 413', async (_, body, headers) => {
    const { ask, seen } = await setUp(() => Promise.resolve(undefined), {
      limits: { rewrittenBodyBytes: 2_000 },
    })
    expect((await ask({ body, headers })).status).toBe(413)
    expect(seen).toEqual([])
  })

  it('in chunks gets 413 where it is longer than any body may be', async () => {
    const limits = { bodyBytes: 2_000, rewrittenBodyBytes: 10_000 }
    const { proxy, seen } = await setUp(() => Promise.resolve(undefined), { limits })
    const answer = await fetch(`${proxy.url}/a/_count`, {
      method: 'POST',
      body: new Blob(['x'.repeat(2_001)]).stream(),
      duplex: 'half',
    })
    expect(answer.status).toBe(413)
    expect(await answer.text()).toContain('the body has more than 2000 bytes')
    expect(seen).toEqual([])
  })

  it('because all bodies together take too much memory gets 429, and the next one has room again', async () => {
    const { ask } = await setUp(() => Promise.resolve(undefined), { limits: { bufferedBytes: 1_000 } })
    expect((await ask({ body: 'x'.repeat(2_000) })).status).toBe(429)
    for (let n = 0; n < 5; n++) expect((await ask({ body: 'x'.repeat(900) })).status).toBe(200)
  })

  it("because the engine's answer cannot be kept gets 502", async () => {
    const { ask } = await setUp(
      ({ target, body }) =>
        Promise.resolve({ kind: 'request', target, body, changeAnswer: (answer) => Promise.resolve(answer) }),
      { limits: { rewrittenBodyBytes: 2_000 } },
      'x'.repeat(5_000),
    )
    expect((await ask({ body: '{}' })).status).toBe(502)
  })
})

it('what the proxy asks for itself may be longer than bodies of clients', async () => {
  const { ask } = await setUp(
    async (_, context) => {
      const mapping = await context.ask({ method: 'GET', target: '/a/_mapping', body: Buffer.alloc(0) })
      return { kind: 'answer', status: 200, headers: {}, body: Buffer.from(String(mapping.body.length)) }
    },
    { limits: { rewrittenBodyBytes: 2_000 } },
    'x'.repeat(5_000),
  )
  expect((await ask({ body: '{}' })).body.toString()).toBe('5000')
})

it('an engine that breaks off while it is asked is reported as such, and not as a failure of the proxy', async () => {
  const engine = await startFakeEngine((_, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('{"half":', () => response.destroy())
  })
  open.push(engine)
  const rewriter: Rewriter = {
    plan: () => ({
      rewrite: async (_, context) => {
        const answer = await context.ask({ method: 'GET', target: '/', body: Buffer.alloc(0) })
        return { kind: 'answer', ...answer }
      },
    }),
  }
  const proxy = await startProxy({ upstreams: [engine.url], rewriter })
  open.push(proxy)
  const { status, body } = await askServer(proxy.url)
  expect([status, body.toString()]).toEqual([502, expect.stringContaining('upstream_exception')])
  expect(proxy.logged).toEqual([])
})

it('a client that leaves ends the rewriting of its request', async () => {
  const events = new EventEmitter()
  const { proxy } = await setUp(async (_, { signal }) => {
    events.emit('begun')
    await once(signal, 'abort')
    events.emit('aborted')
    return undefined
  })
  const [begun, aborted] = [once(events, 'begun'), once(events, 'aborted')]
  const outgoing = openRequest({ host: '127.0.0.1', port: proxy.port, method: 'POST', path: '/a/_search' })
  outgoing.on('error', () => undefined)
  outgoing.end('{}')
  await begun
  outgoing.destroy()
  await aborted
})
