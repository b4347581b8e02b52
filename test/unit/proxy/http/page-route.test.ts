import { once } from 'node:events'
import { request as openRequest } from 'node:http'
import { afterEach, describe, expect, it } from '@jest/globals'
import { isPageTarget, type ServedPage } from '../../../../src/proxy/http/page-route.js'
import { askServer, startFakeEngine, startProxy } from '../../../proxy-harness.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** Answers with what the engine says to a question of the page's. */
const page: ServedPage = {
  handle: (_request, response, client) => {
    void client
      .request({ method: 'GET', path: '/who' })
      .then(({ body }) => response.end(JSON.stringify(body)))
  },
}

describe('the place of the page', () => {
  it.each(['/_splade/ui', '/_splade/ui/', '/_splade/ui?q=a', '/_splade/ui/api/info'])('is %s', (target) => {
    expect(isPageTarget(target)).toBe(true)
  })

  it.each(['/_splade/uix', '/_splade/', '/a/_splade/ui/', '/_Splade/ui'])('is not %s', (target) => {
    expect(isPageTarget(target)).toBe(false)
  })
})

describe('a page on the proxy', () => {
  async function engineHeaders(
    options: Partial<Parameters<typeof startProxy>[0]>,
    headers: readonly string[],
  ) {
    const engine = await startFakeEngine((request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(request.headers))
    })
    open.push(engine)
    const proxy = await startProxy({ upstreams: [engine.url], page, ...options })
    open.push(proxy)
    const answer = await askServer(proxy.url, { target: '/_splade/ui/', headers })
    return JSON.parse(answer.body.toString()) as Record<string, string | undefined>
  }

  it("asks the engine with the caller's Authorization, and none of a browser's other headers", async () => {
    const sent = [
      'Authorization',
      'Basic YTpi',
      'Cookie',
      'a=b',
      'Origin',
      'http://a',
      'X-Proxy-User',
      'root',
    ]
    const seen = await engineHeaders({}, sent)
    expect(seen.authorization).toBe('Basic YTpi')
    for (const name of ['cookie', 'origin', 'x-proxy-user']) expect(seen).not.toHaveProperty(name)
  })

  it('asks as nobody for a caller without credentials', async () => {
    expect(await engineHeaders({}, [])).not.toHaveProperty('authorization')
  })

  it('asks with configured credentials where there are any, whatever the caller sends', async () => {
    const configured = { authorization: 'ApiKey own' }
    expect((await engineHeaders(configured, ['Authorization', 'Basic YTpi'])).authorization).toBe(
      'ApiKey own',
    )
  })

  it('counts among the requests that the proxy bears', async () => {
    const engine = await startFakeEngine(() => undefined)
    open.push(engine)
    const proxy = await startProxy({ upstreams: [engine.url], page, limits: { requests: 1, drainMs: 0 } })
    open.push(proxy)
    const stuck = openRequest({ host: '127.0.0.1', port: proxy.port, path: '/' }).end()
    stuck.on('error', () => undefined)
    await once(engine.server, 'request')
    expect((await askServer(proxy.url, { target: '/_splade/ui/' })).status).toBe(429)
    expect((await askServer(proxy.url, { target: '/_splade/health' })).status).toBe(200)
    stuck.destroy()
  })
})
