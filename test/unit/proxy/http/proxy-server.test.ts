import { once } from 'node:events'
import { request as openRequest, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { answer, deadAddress, useProxyFixture } from '../../../proxy-fixture.js'
import { askServer, type RunningProxy, sendRaw, startProxy, statusOf } from '../../../proxy-harness.js'

const { engineWith, proxyTo } = useProxyFixture()

interface EngineError {
  readonly error: { readonly type: string; readonly reason: string; readonly root_cause: readonly unknown[] }
  readonly status: number
}

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
    expect(proxy.logged).toEqual([])
    const metrics = (await askServer(proxy.url, { target: '/_splade/metrics' })).body.toString()
    expect(metrics).not.toMatch(/^splade_bridge_proxy_upstream_failures_total\{/m)
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
    ['answerMs', 2_147_483_648],
  ])('does not start with %s: %d', async (name, value) => {
    await expect(startProxy({ upstreams: ['http://a'], limits: { [name]: value } })).rejects.toThrow(
      `limits.${name}`,
    )
  })
})

describe('a client that cuts its connection', () => {
  it('leaves nothing behind of the requests that it had pipelined', async () => {
    const engine = await engineWith(() => undefined)
    const proxy = await proxyTo([engine.url], { limits: { drainMs: 0 } })
    const socket = connect(proxy.port, '127.0.0.1')
    const came = once(engine.server, 'request')
    socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n')
    await came
    socket.destroy()
    await untilInFlight(proxy, 0)
  })
})

/** Waits until the proxy counts so many requests in flight, apart from the one that asks. */
async function untilInFlight(proxy: RunningProxy, count: number): Promise<void> {
  const line = `splade_bridge_proxy_requests_in_flight ${count + 1}\n`
  const metrics = async (): Promise<string> =>
    (await askServer(proxy.url, { target: '/_splade/metrics' })).body.toString()
  while (!(await metrics()).includes(line)) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('a proxy that is told to stop', () => {
  it('finishes what is in flight, takes nothing new and is not ready', async () => {
    const engine = await engineWith(answer('done'))
    const finish: (() => void)[] = []
    engine.server.removeAllListeners('request').on('request', (_, response) => {
      finish.push(() => response.end('done'))
    })
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
