import { once } from 'node:events'
import { request as openRequest, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import {
  askServer,
  type FakeEngine,
  type RunningProxy,
  sendRaw,
  startFakeEngine,
  startProxy,
  statusOf,
} from '../../../proxy-harness.js'

type Options = Partial<Parameters<typeof startProxy>[0]>
type Handler = Parameters<typeof startFakeEngine>[0]

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function engineWith(handler: Handler): Promise<FakeEngine> {
  const engine = await startFakeEngine(handler)
  open.push(engine)
  return engine
}

async function proxyTo(upstreams: readonly string[], options: Options = {}): Promise<RunningProxy> {
  const proxy = await startProxy({ upstreams, healthIntervalMs: 0, ...options })
  open.push(proxy)
  return proxy
}

const answer =
  (text: string): Handler =>
  (request, response) => {
    request.resume().on('end', () => response.end(text))
  }

/** An address where nobody listens. */
async function deadAddress(): Promise<string> {
  const engine = await startFakeEngine(answer(''))
  await engine.close()
  return engine.url
}

interface EngineError {
  readonly error: { readonly type: string; readonly reason: string; readonly root_cause: readonly unknown[] }
  readonly status: number
}

describe('a proxy before several nodes', () => {
  it('asks them in turns', async () => {
    const [a, b] = [await engineWith(answer('a')), await engineWith(answer('b'))]
    const proxy = await proxyTo([a.url, b.url])
    const answers: string[] = []
    for (let n = 0; n < 4; n++) answers.push((await askServer(proxy.url)).body.toString())
    expect(answers.sort()).toEqual(['a', 'a', 'b', 'b'])
  })

  it('leaves the slow one alone while it is busy', async () => {
    const slow = await engineWith(() => undefined)
    const quick = await engineWith(answer('quick'))
    const proxy = await proxyTo([slow.url, quick.url], { limits: { drainMs: 0 } })
    const stuck = openRequest({ host: '127.0.0.1', port: proxy.port, path: '/' }).end()
    stuck.on('error', () => undefined)
    const other = openRequest({ host: '127.0.0.1', port: proxy.port, path: '/' }).end()
    other.on('error', () => undefined)
    await Promise.race([once(stuck, 'response'), once(other, 'response')])
    for (let n = 0; n < 4; n++) expect((await askServer(proxy.url)).body.toString()).toBe('quick')
    stuck.destroy()
    other.destroy()
  })

  it.each([
    ['no body', undefined],
    ['a small body', '{"query":{"match_all":{}}}'],
    ['a streamed body', 'x'.repeat(200_000)],
  ])('goes on to the next where one cannot be reached, with %s', async (_, body) => {
    const engine = await engineWith((request, response) => {
      let bytes = 0
      request
        .on('data', (chunk: Buffer) => (bytes += chunk.length))
        .on('end', () => response.end(String(bytes)))
    })
    const proxy = await proxyTo([await deadAddress(), await deadAddress(), engine.url])
    for (let n = 0; n < 3; n++) {
      const { status, body: bytes } = await askServer(proxy.url, {
        method: 'POST',
        ...(body !== undefined && { body }),
      })
      expect([status, bytes.toString()]).toEqual([200, String(body?.length ?? 0)])
    }
    expect(proxy.logged.filter(({ msg }) => msg === 'a node cannot be reached')).toHaveLength(2)
  })

  it('says in the form of the engine that none can be reached, without their addresses', async () => {
    const dead = await deadAddress()
    const proxy = await proxyTo([dead])
    const { status, body } = await askServer(proxy.url, { target: '/_search' })
    const { error } = JSON.parse(body.toString()) as EngineError
    expect(status).toBe(502)
    expect(error.type).toBe('upstream_unreachable_exception')
    expect(error.root_cause).toHaveLength(1)
    expect(body.toString()).not.toContain(new URL(dead).port)
  })

  it('finds one again that was away', async () => {
    const away = await startFakeEngine(answer('back'))
    const port = Number(new URL(away.url).port)
    await away.close()
    const proxy = await proxyTo([away.url], { healthIntervalMs: 0 })
    expect((await askServer(proxy.url)).status).toBe(502)
    away.server.listen(port, '127.0.0.1')
    await once(away.server, 'listening')
    open.push(away)
    expect((await askServer(proxy.url)).body.toString()).toBe('back')
    expect(proxy.logged.map(({ msg }) => msg)).toContain('a node is back')
  })

  it('repeats a read whose connection broke, and never a write', async () => {
    let requests = 0
    const engine = await engineWith((request, response) => {
      requests++
      if (requests % 2 === 1) request.socket.destroy()
      else response.end('second')
    })
    const proxy = await proxyTo([engine.url])
    expect((await askServer(proxy.url)).body.toString()).toBe('second')
    expect((await askServer(proxy.url, { method: 'POST', body: '{}' })).status).toBe(502)
    expect(requests).toBe(3)
  })
})

describe('a proxy with limits', () => {
  it('answers 429 with Retry-After beyond the requests that it bears', async () => {
    const engine = await engineWith(() => undefined)
    const proxy = await proxyTo([engine.url], { limits: { requests: 1, drainMs: 0 } })
    const stuck = openRequest({ host: '127.0.0.1', port: proxy.port, path: '/' }).end()
    stuck.on('error', () => undefined)
    await once(engine.server, 'request')
    const { status, headers, body } = await askServer(proxy.url)
    expect(status).toBe(429)
    expect(headers).toEqual(expect.arrayContaining(['retry-after', '1']))
    expect((JSON.parse(body.toString()) as EngineError).error.type).toBe('es_rejected_execution_exception')
    expect((await askServer(proxy.url, { target: '/_splade/health' })).status).toBe(200)
    stuck.destroy()
  })

  it.each([
    ['announced', `Content-Length: 200000\r\n\r\n`],
    ['in chunks', `Transfer-Encoding: chunked\r\n\r\n30D40\r\n${'x'.repeat(200_000)}\r\n0\r\n\r\n`],
  ])('refuses a body, %s, that is too long', async (_, rest) => {
    const engine = await engineWith(answer('taken'))
    const proxy = await proxyTo([engine.url], { limits: { bodyBytes: 100_000 } })
    const raw = await sendRaw(proxy.port, `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${rest}`)
    expect(statusOf(raw)).toBe(413)
    expect(raw).toContain('the body has more than 100000 bytes')
  })

  it('does not ask for a body that it refuses', async () => {
    const engine = await engineWith(answer('taken'))
    const proxy = await proxyTo([engine.url], { limits: { bodyBytes: 10 } })
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n'
    expect(statusOf(await sendRaw(proxy.port, head))).toBe(413)
  })

  it('refuses headers that are too long', async () => {
    const engine = await engineWith(answer(''))
    const proxy = await proxyTo([engine.url], { limits: { headerBytes: 1_000 } })
    const raw = await sendRaw(proxy.port, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(2_000)}\r\n\r\n`)
    expect(statusOf(raw)).toBe(431)
  })

  it('gives up on headers that do not come', async () => {
    const engine = await engineWith(answer(''))
    const proxy = await proxyTo([engine.url], { limits: { headersMs: 100 } })
    expect(statusOf(await sendRaw(proxy.port, 'GET / HTTP/1.1\r\nHost: a\r\n'))).toBe(408)
  })

  it('gives up on an engine that says nothing', async () => {
    const engine = await engineWith(() => undefined)
    const proxy = await proxyTo([engine.url], { limits: { answerMs: 100 } })
    expect((await askServer(proxy.url)).status).toBe(504)
  })

  it('cuts off a client that does not take its answer, and lets go of the engine', async () => {
    const engine = await engineWith((_, response) => {
      const write = (): void => {
        while (response.write(Buffer.alloc(1_000_000)));
        response.once('drain', write)
      }
      write()
    })
    const proxy = await proxyTo([engine.url], { limits: { stallMs: 200 } })
    const socket = connect(proxy.port, '127.0.0.1')
    socket.on('error', () => undefined).pause()
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    const [, response] = (await once(engine.server, 'request')) as [unknown, ServerResponse]
    await once(response, 'close')
    socket.destroy()
  })

  it.each([
    ['requests', 0],
    ['headersMs', -1],
    ['bodyBytes', 1.5],
  ])('does not start with %s: %d', async (name, value) => {
    await expect(startProxy({ upstreams: ['http://a'], limits: { [name]: value } })).rejects.toThrow(
      `limits.${name}`,
    )
  })
})

describe('a proxy that is told to stop', () => {
  it('finishes what is in flight, takes nothing new and is not ready', async () => {
    const engine = await startFakeEngine(answer('done'))
    const finish: (() => void)[] = []
    engine.server.removeAllListeners('request').on('request', (_, response) => {
      finish.push(() => response.end('done'))
    })
    open.push(engine)
    const proxy = await startProxy({ upstreams: [engine.url] })
    const kept = connect(proxy.port, '127.0.0.1')
    const pending = askServer(proxy.url)
    await once(engine.server, 'request')
    const closed = proxy.close()
    await expect(askServer(proxy.url)).rejects.toThrow('ECONNREFUSED')
    finish.forEach((end) => {
      end()
    })
    expect((await pending).body.toString()).toBe('done')
    kept.destroy()
    await closed
  })

  it('cuts what does not end in time', async () => {
    const engine = await engineWith(() => undefined)
    const proxy = await startProxy({ upstreams: [engine.url], limits: { drainMs: 50 } })
    const pending = askServer(proxy.url)
    await once(engine.server, 'request')
    await Promise.all([expect(pending).rejects.toThrow(), proxy.close()])
  })
})

describe('paths of the proxy itself', () => {
  it('say that it lives, that it is ready, and what it counted', async () => {
    const engine = await engineWith(answer('{}'))
    const proxy = await proxyTo([engine.url])
    await askServer(proxy.url, { target: '/_search' })
    expect((await askServer(proxy.url, { target: '/_splade/health' })).status).toBe(200)
    const ready = await askServer(proxy.url, { target: '/_splade/ready' })
    expect(JSON.parse(ready.body.toString())).toEqual({
      isReady: true,
      isOpen: true,
      upstreams: [{ node: engine.url, isUp: true }],
    })
    const metrics = await askServer(proxy.url, { target: '/_splade/metrics' })
    expect(metrics.body.toString()).toContain(
      'splade_bridge_proxy_requests_total{kind="passed",method="GET",status="200"} 1',
    )
  })

  it.each([
    ['is not ready without its engine', 'GET', '/_splade/ready', 503],
    ['has no other paths', 'GET', '/_splade/nothing', 404],
    ['changes nothing', 'POST', '/_splade/health', 405],
  ])('a proxy %s', async (_, method, target, status) => {
    const proxy = await proxyTo([await deadAddress()])
    expect((await askServer(proxy.url, { method, target })).status).toBe(status)
  })
})

describe('the log', () => {
  it('holds requests where asked to, without queries, headers and bodies', async () => {
    const engine = await engineWith(answer('{}'))
    const proxy = await proxyTo([engine.url], { logsRequests: true })
    await askServer(proxy.url, {
      ...{ method: 'POST', target: '/people/_search?q=secret-query', body: 'secret-body' },
      headers: ['Authorization', 'Basic secret-header'],
    })
    expect(proxy.logged).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: '/people/_search',
        status: 200,
        isWhole: true,
        msg: 'request',
      }),
    ])
    expect(JSON.stringify(proxy.logged)).not.toContain('secret')
  })
})
