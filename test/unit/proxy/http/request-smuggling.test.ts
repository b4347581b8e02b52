import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  type FakeEngine,
  type RunningProxy,
  sendRaw,
  startFakeEngine,
  startProxy,
  statusOf,
} from '../../../proxy-harness.js'

/**
 * Requests whose end two parsers may see at different places: what is behind it would reach the engine as a request
 * of the next caller. RFC 9112, 11.2.
 */
describe('a proxy that is sent an ambiguous request', () => {
  const seen: string[] = []
  let engine: FakeEngine
  let proxy: RunningProxy
  beforeAll(async () => {
    engine = await startFakeEngine((request, response) => {
      seen.push(`${request.method!} ${request.url!}`)
      request.resume()
      response.end('{}')
    })
    proxy = await startProxy({ upstreams: [engine.url] })
  })
  afterAll(async () => {
    await proxy.close()
    await engine.close()
  })
  beforeEach(() => {
    seen.length = 0
  })

  const HEAD = 'POST /a/_search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
  const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

  it.each([
    [
      'Content-Length and Transfer-Encoding',
      `${HEAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'Transfer-Encoding and Content-Length',
      `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
    ],
    ['two lengths', `${HEAD}Content-Length: 0\r\nContent-Length: 4\r\n\r\n`],
    ['two equal lengths', `${HEAD}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`],
    ['a list of lengths', `${HEAD}Content-Length: 0, 4\r\n\r\n`],
    ['a signed length', `${HEAD}Content-Length: +0\r\n\r\n`],
    ['a hexadecimal length', `${HEAD}Content-Length: 0x0\r\n\r\n`],
    ['a length beyond 64 bits', `${HEAD}Content-Length: 18446744073709551617\r\n\r\n`],
    ['a space before the colon', `${HEAD}Content-Length : 0\r\n\r\n`],
    ['a coding that is not chunked', `${HEAD}Transfer-Encoding: identity\r\n\r\n`],
    ['chunked not as the last coding', `${HEAD}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
    ['chunked twice', `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`],
    ['a disguised coding', `${HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['a coding behind a vertical tab', `${HEAD}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`],
    ['a folded header', `${HEAD}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
    ['a header folded in its value', `${HEAD}X-A: one\r\n two\r\n\r\n`],
    ['bare line feeds', HEAD.replaceAll('\r\n', '\n') + '\n'],
    ['one bare line feed', `${HEAD}X-A: b\nContent-Length: 0\r\n\r\n`],
    ['a bare carriage return', `${HEAD}X-A: b\rContent-Length: 0\r\n\r\n`],
    ['a zero byte in a value', `${HEAD}X-A: b\0c\r\n\r\n`],
    ['a name with a space', `${HEAD}X A: b\r\n\r\n`],
    ['an empty name', `${HEAD}: b\r\n\r\n`],
    ['a chunk size that is no number', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`],
    ['a chunk size with a prefix', `${HEAD}Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n`],
    ['a negative chunk size', `${HEAD}Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n`],
    ['a chunk longer than it says', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n`],
    ['chunks with bare line feeds', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n`],
    [
      'a chunk extension with a line feed',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n1;a\nb\r\na\r\n0\r\n\r\n`,
    ],
    [
      'a chunk size beyond 64 bits',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na\r\n0\r\n\r\n`,
    ],
    ['an unknown version', 'GET / HTTP/1.2\r\nHost: x\r\n\r\n'],
    ['an HTTP/0.9 request', 'GET /\r\n\r\n'],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('refuses %s, and lets nothing behind it through', async (_, request) => {
    const answer = await sendRaw(proxy.port, request + SMUGGLED)
    expect(statusOf(answer)).toBe(400)
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    expect(seen).not.toContain('GET /smuggled')
  })

  it.each([
    ['an absolute target', 'GET http://169.254.169.254/latest/meta-data HTTP/1.1'],
    ['an absolute target of the proxy itself', 'GET http://127.0.0.1/_search HTTP/1.1'],
    ['a target with another scheme', 'GET file:///etc/passwd HTTP/1.1'],
    ['the target *', 'OPTIONS * HTTP/1.1'],
    ['a tunnel', 'CONNECT 169.254.169.254:80 HTTP/1.1'],
  ])('refuses %s without asking the engine', async (_, line) => {
    const answer = await sendRaw(proxy.port, `${line}\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect([400, 405]).toContain(statusOf(answer))
    expect(seen).toEqual([])
  })

  it('takes no other coding beside chunked: the body would arrive as what it is not', async () => {
    const raw = await sendRaw(
      proxy.port,
      `${HEAD}Transfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n4\r\n\x1f\x8b\x08\0\r\n0\r\n\r\n`,
    )
    expect(statusOf(raw)).toBe(400)
    expect(seen).toEqual([])
  })

  it.each([
    ['two hosts', 400, 'POST / HTTP/1.1\r\nHost: a\r\nhost: b\r\nContent-Length: 2\r\n\r\n{}'],
    [
      'chunks of HTTP/1.0',
      400,
      'POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a tunnel', 405, 'CONNECT b:80 HTTP/1.1\r\nHost: b\r\n\r\n'],
    ['a request that closes', 200, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ])('lets nothing through behind %s', async (_, status, request) => {
    const answer = await sendRaw(proxy.port, request + SMUGGLED)
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`])
    expect(seen).not.toContain('GET /smuggled')
  })

  it('refuses a request without a host', async () => {
    const answer = await sendRaw(proxy.port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')
    expect(statusOf(answer)).toBe(400)
    expect(seen).toEqual([])
  })

  it('takes a target that begins with two slashes for a path', async () => {
    await sendRaw(proxy.port, 'GET //evil.example/_search HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(seen).toEqual(['GET //evil.example/_search'])
  })
})
