import { once } from 'node:events'
import { afterEach, describe, expect, it } from '@jest/globals'
import { askServer, startFakeEngine, startProxy } from '../../../proxy-harness.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const SERVICE = { service: { name: 'splade-bridge', version: '0.0.0-test' } }

describe('telemetry of the proxy', () => {
  it("is written with its own credentials, never the caller's, and makes no events of its own", async () => {
    const seen: { readonly path: string; readonly authorization: string | undefined }[] = []
    const engine = await startFakeEngine((request, response) => {
      seen.push({ path: request.url ?? '', authorization: request.headers.authorization })
      request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'))
    })
    open.push(engine)
    const telemetry = { ...SERVICE, authorization: 'ApiKey own', batchSize: 1, flushMs: 1 }
    const proxy = await startProxy({ upstreams: [engine.url], telemetry })
    const headers = ['Authorization', 'Basic YTpi']
    await askServer(proxy.url, { target: '/articles/_search', headers })
    await proxy.close()
    const [asked, ...written] = seen
    expect(asked).toEqual({ path: '/articles/_search', authorization: 'Basic YTpi' })
    expect(written.filter(({ path }) => path === '/_bulk')).toHaveLength(1)
    expect(new Set(written.map(({ authorization }) => authorization))).toEqual(new Set(['ApiKey own']))
  })

  it('is dropped where the engine refuses it, counted, and logged once in a while; requests go on', async () => {
    const engine = await startFakeEngine((request, response) => {
      request.resume().on('end', () => {
        const isEvent = request.url !== '/articles/_search'
        response.writeHead(isEvent ? 401 : 200, { 'content-type': 'application/json' })
        response.end('{"error":{"type":"security_exception","reason":"who are you"}}')
      })
    })
    open.push(engine)
    const proxy = await startProxy({
      upstreams: [engine.url],
      telemetry: { ...SERVICE, batchSize: 1, flushMs: 1, maxQueued: 3, closeMs: 100 },
    })
    open.push(proxy)
    for (let place = 0; place < 20; place++)
      expect((await askServer(proxy.url, { target: '/articles/_search' })).status).toBe(200)
    const metrics = (await askServer(proxy.url, { target: '/_splade/metrics' })).body.toString()
    const [, dropped] = /telemetry_events_total\{outcome="dropped"\} (\d+)/.exec(metrics) ?? []
    expect(Number(dropped)).toBeGreaterThan(0)
    const lines = proxy.logged.filter(({ msg }) => String(msg).startsWith('events of telemetry are lost'))
    expect(lines).toHaveLength(1)
    expect(lines[0]?.reason).toMatch(/who are you|more events than could be written/)
  })

  it('does not hold up an answer while the engine takes its time over events', async () => {
    const engine = await startFakeEngine((request, response) => {
      if (request.url === '/articles/_search') response.end('{}')
    })
    open.push(engine)
    const telemetry = { ...SERVICE, batchSize: 1, flushMs: 1, closeMs: 50 }
    const proxy = await startProxy({ upstreams: [engine.url], telemetry })
    const first = once(engine.server, 'request')
    await askServer(proxy.url, { target: '/articles/_search' })
    await first
    for (let place = 0; place < 50; place++)
      expect((await askServer(proxy.url, { target: '/articles/_search' })).status).toBe(200)
    await proxy.close()
  })
})
