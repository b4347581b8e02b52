import { EventEmitter, once } from 'node:events'
import { type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from '@jest/globals'
import {
  askServer,
  type FakeEngine,
  type RunningProxy,
  sendRaw,
  startFakeEngine,
  startProxy,
} from '../../../proxy-harness.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function setUp(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ engine: FakeEngine; proxy: RunningProxy }> {
  const engine = await startFakeEngine(handler)
  open.push(engine)
  const proxy = await startProxy({ upstreams: [engine.url], limits: { drainMs: 0 } })
  open.push(proxy)
  return { engine, proxy }
}

/** A server that keeps the bytes of the first request and answers with bytes of the test's own. */
async function startRawEngine(answer: string): Promise<{ url: string; received: () => string }> {
  let received = ''
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (/\r\n\r\n$|\0end$/.test(received)) socket.end(Buffer.from(answer, 'latin1'))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
      }),
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received: () => received }
}

describe('a request on its way to the engine', () => {
  it('keeps method, target, headers and body to the byte', async () => {
    const engine = await startRawEngine('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    const proxy = await startProxy({ upstreams: [engine.url] })
    open.push(proxy)
    const target = '/%3Clogs-%7Bnow%2Fd%7D%3E//_search?q=%ED%95%9C&pretty&a=b%20c'
    const headers =
      'X-oPAque-ID: \xe9\xff\r\nWarning: 299 a "b"\r\nwarning: c\r\nAuthorization: ApiKey x==\r\ntraceparent: 00-1-2-03\r\nx-Empty: \r\n'
    const body = '\xa1\x61\x61\x01\r\n\0end'
    await sendRaw(
      proxy.port,
      `SEARCH ${target} HTTP/1.1\r\nHost: elsewhere\r\n${headers}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    )
    const host = new URL(engine.url).host
    expect(engine.received()).toBe(
      `SEARCH ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`,
    )
  })

  it('leaves behind what belongs to the connection, and what Connection names', async () => {
    const engine = await startRawEngine('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    const proxy = await startProxy({ upstreams: [engine.url] })
    open.push(proxy)
    await sendRaw(
      proxy.port,
      'GET / HTTP/1.1\r\nHost: a\r\nKeep-Alive: 5\r\nTE: trailers\r\nUpgrade: h2c\r\nProxy-Connection: x\r\n' +
        'Proxy-Authorization: y\r\nX-Hop: z\r\nX-Stay: 1\r\nConnection: close, x-hop , Upgrade\r\n\r\n',
    )
    expect(engine.received().split('\r\n').slice(2)).toEqual(['connection: keep-alive', 'X-Stay: 1', '', ''])
  })

  it('streams: its first bytes are there before its last are sent', async () => {
    const { proxy } = await setUp((request, response) => {
      request.once('data', (chunk: Buffer) => {
        response.setHeader('x-first', chunk.toString())
        response.flushHeaders()
        request.resume().on('end', () => response.end('all'))
      })
    })
    const outgoing = openRequest({ host: '127.0.0.1', port: proxy.port, method: 'POST', path: '/_bulk' })
    outgoing.write('first')
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect(answer.headers['x-first']).toBe('first')
    outgoing.end('last')
    expect(Buffer.concat(await answer.toArray()).toString()).toBe('all')
  })

  it('waits where the engine does not read', async () => {
    const arrived = { bytes: 0 }
    const { proxy } = await setUp((request, response) => {
      request.pause()
      setImmediate(() => {
        response.flushHeaders()
      })
    })
    const socket = connect(proxy.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write('POST /_bulk HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    const piece = Buffer.alloc(1_000_000)
    const chunk = Buffer.concat([Buffer.from('F4240\r\n'), piece, Buffer.from('\r\n')])
    // Kernel buffers take some megabytes; what would go into the proxy's memory goes on for ever.
    while (socket.write(chunk) || (await drainsSoon(socket))) {
      arrived.bytes += piece.length
      if (arrived.bytes > 200_000_000) break
    }
    expect(arrived.bytes).toBeLessThan(100_000_000)
    socket.destroy()
  })

  it('ends with its client: the engine sees the connection close', async () => {
    const events = new EventEmitter()
    const { proxy } = await setUp((request) => {
      events.emit('came')
      request.once('close', () => events.emit('gone'))
    })
    const [came, gone] = [once(events, 'came'), once(events, 'gone')]
    const socket = connect(proxy.port, '127.0.0.1')
    socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n')
    await came
    socket.destroy()
    await gone
  })

  it('is asked for its body only once it is taken', async () => {
    const { proxy } = await setUp((request, response) => {
      request.resume().on('end', () => response.end('done'))
    })
    const outgoing = openRequest({
      ...{ host: '127.0.0.1', port: proxy.port, method: 'POST', path: '/a/_doc' },
      headers: { Expect: '100-continue', 'Content-Length': 4 },
    })
    outgoing.flushHeaders()
    await once(outgoing, 'continue')
    outgoing.end('body')
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect(Buffer.concat(await answer.toArray()).toString()).toBe('done')
  })
})

/** True if a socket takes more within a moment. */
async function drainsSoon(socket: NodeJS.EventEmitter): Promise<boolean> {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort()
  }, 300)
  try {
    await once(socket, 'drain', { signal: controller.signal })
    return true
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}

describe('an answer on its way to the client', () => {
  it('keeps status, reason, headers and body to the byte', async () => {
    const head =
      'HTTP/1.1 299 Fine By Me\r\nX-elastic-Product: A\r\nWarning: 1\r\nwarning: 2\r\nx-bytes: \xe9\r\n'
    const engine = await startRawEngine(`${head}content-length: 4\r\n\r\n\x1f\x8b\0\xff`)
    const proxy = await startProxy({ upstreams: [engine.url] })
    open.push(proxy)
    const raw = await sendRaw(proxy.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(raw).toBe(`${head}content-length: 4\r\nConnection: close\r\n\r\n\x1f\x8b\0\xff`)
  })

  it.each([1, 256, 16_384, 16_385, 200_000])(
    'keeps any %i bytes, in one packet or in several',
    async (length) => {
      const body = Buffer.from(Array.from({ length }, (_, at) => at % 256))
      const { proxy } = await setUp((request, response) => {
        response.writeHead(200, { 'content-length': length })
        if (request.url === '/whole') {
          response.end(body)
          return
        }
        response.write(body.subarray(0, length >> 1))
        setTimeout(() => response.end(body.subarray(length >> 1)), 20)
      })
      for (const target of ['/whole', '/halves']) {
        const answer = await askServer(proxy.url, { target })
        expect(answer.body.equals(body)).toBe(true)
        expect(answer.headers).toContain(String(length))
      }
    },
  )

  it('stays compressed', async () => {
    const body = gzipSync('{"hits":[]}')
    const { proxy } = await setUp((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(body)
    })
    const answer = await askServer(proxy.url, { headers: ['Accept-Encoding', 'gzip'] })
    expect(answer.headers).toEqual(['content-encoding', 'gzip'])
    expect(answer.body).toEqual(body)
  })

  it.each([
    ['HEAD', 200, ['content-length', '12']],
    ['GET', 204, []],
    ['GET', 304, ['etag', '"1"']],
  ] as const)('to %s with status %i has no body', async (method, status, headers) => {
    const { proxy } = await setUp((_, response) => {
      response.writeHead(status, [...headers]).end()
    })
    const answer = await askServer(proxy.url, { method })
    expect(answer).toMatchObject({ status, headers, body: Buffer.alloc(0) })
  })

  it('keeps its trailers', async () => {
    const { proxy } = await setUp((_, response) => {
      response.writeHead(200, { Trailer: 'X-Sum' })
      response.write('body')
      response.addTrailers({ 'X-Sum': '42' })
      response.end()
    })
    const answer = await askServer(proxy.url)
    expect(answer).toMatchObject({ headers: ['Trailer', 'X-Sum'], trailers: ['X-Sum', '42'] })
  })

  it('streams, and waits where the client does not read', async () => {
    const sent = { bytes: 0 }
    const { proxy } = await setUp((_, response) => {
      const piece = Buffer.alloc(1_000_000)
      const pump = (): void => {
        if (sent.bytes > 200_000_000) response.end()
        else {
          sent.bytes += piece.length
          if (response.write(piece)) setImmediate(pump)
          else response.once('drain', pump)
        }
      }
      pump()
    })
    const outgoing = openRequest({ host: '127.0.0.1', port: proxy.port }).end()
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
    answer.pause()
    let before = -1
    while (before !== sent.bytes) {
      before = sent.bytes
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    expect(sent.bytes).toBeLessThan(100_000_000)
    answer.destroy()
  })

  it('that breaks off is not ended as if it were whole', async () => {
    const { proxy } = await setUp((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"half":')
      setImmediate(() => response.destroy())
    })
    await expect(askServer(proxy.url)).rejects.toThrow('aborted')
  })

  it('that comes before the end of the request reaches a client that still sends', async () => {
    const { proxy } = await setUp((request, response) => {
      request.pause()
      response.writeHead(413, { connection: 'close' }).end('too long')
    })
    const outgoing = openRequest({ host: '127.0.0.1', port: proxy.port, method: 'POST' })
    outgoing.on('error', () => undefined)
    outgoing.write(Buffer.alloc(100_000))
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect(answer.statusCode).toBe(413)
    expect(Buffer.concat(await answer.toArray()).toString()).toBe('too long')
    outgoing.destroy()
  })

  it('to pipelined requests comes in their order', async () => {
    const { proxy } = await setUp((request, response) => {
      setTimeout(() => response.end(`answer${request.url!}`), request.url === '/1' ? 50 : 0)
    })
    const raw = await sendRaw(
      proxy.port,
      'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    )
    expect(raw.match(/answer\/\d/g)).toEqual(['answer/1', 'answer/2'])
  })
})
