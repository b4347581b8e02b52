import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as openRequest } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import { answer, deadAddress, useProxyFixture } from '../../../proxy-fixture.js'
import { askServer, startProxy } from '../../../proxy-harness.js'

const pem = (name: string): string => readFileSync(new URL(`tls/${name}.pem`, import.meta.url), 'utf8')

const { engineWith, proxyTo } = useProxyFixture()

describe('upstreams without TLS', () => {
  it.each([
    ['fingerprint', { fingerprint: 'ab'.repeat(32) }],
    ['certificate', { certificate: pem('client'), key: pem('client.key') }],
  ])('are refused where a %s is given', async (name, upstreamTls) => {
    const upstreams = ['https://a:9200', 'http://b:9200']
    await expect(startProxy({ upstreams, upstreamTls })).rejects.toThrow(
      `upstreamTls.${name} needs upstreams of https:// only, received "http://b:9200"`,
    )
  })
})

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
    const away = await engineWith(answer('back'))
    const port = Number(new URL(away.url).port)
    await away.close()
    const proxy = await proxyTo([away.url], { healthIntervalMs: 0 })
    expect((await askServer(proxy.url)).status).toBe(502)
    away.server.listen(port, '127.0.0.1')
    await once(away.server, 'listening')
    expect((await askServer(proxy.url)).body.toString()).toBe('back')
    expect(proxy.logged.map(({ msg }) => msg)).toContain('a node is back')
  })

  it('leaves one alone that says it is not well, until it is', async () => {
    let status = 503
    const ill = await engineWith((_, response) => {
      response.writeHead(status).end('ill')
    })
    const well = await engineWith(answer('well'))
    const proxy = await proxyTo([ill.url, well.url], { healthIntervalMs: 20 })
    const said = async (message: string): Promise<void> => {
      while (!proxy.logged.some(({ msg }) => msg === message))
        await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await said('a node cannot be reached')
    for (let n = 0; n < 4; n++) expect((await askServer(proxy.url)).body.toString()).toBe('well')
    status = 200
    await said('a node is back')
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
