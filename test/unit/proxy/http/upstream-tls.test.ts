import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, request as openRequest } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from '@jest/globals'
import { normalizeFingerprint, type UpstreamTls } from '../../../../src/proxy/http/upstream-tls.js'
import { askServer, startFakeEngine, startProxy } from '../../../proxy-harness.js'

const pem = (name: string): string => readFileSync(new URL(`tls/${name}.pem`, import.meta.url), 'utf8')
const fingerprint = (name: string): string => new X509Certificate(pem(name)).fingerprint256

const encrypted = (key: string, passphrase: string): string =>
  createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString()

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** @returns address of an engine that shows a certificate, and answers with the name of its caller's */
async function startTlsEngine(
  name: string,
  chain: readonly string[] = [],
  clientCa?: string,
): Promise<string> {
  const cert = [pem(name), ...chain.map(pem)].join('\n')
  const clients =
    clientCa === undefined ? {} : { ca: pem(clientCa), requestCert: true, rejectUnauthorized: true }
  const server = createServer({ cert, key: pem(`${name}.key`), ...clients }, (request, response) => {
    response.end(callerOf(request.socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Common name of the certificate that a caller has shown. */
function callerOf(socket: Socket): string {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
  return certificate?.subject.replace('CN=', '') ?? 'nobody'
}

async function statusThrough(upstream: string, upstreamTls: UpstreamTls): Promise<number> {
  const proxy = await startProxy({ upstreams: [upstream], upstreamTls })
  open.push(proxy)
  return (await askServer(proxy.url)).status
}

describe('an engine with TLS', () => {
  it('is trusted for its authority', async () => {
    expect(await statusThrough(await startTlsEngine('server'), { ca: pem('authority') })).toBe(200)
  })

  it.each([
    ['has an unknown authority', 'server', {}],
    ['has another authority of the same name', 'forged', { ca: pem('authority') }],
    ['has another host name', 'elsewhere', { ca: pem('authority') }],
  ])('is not trusted where it %s', async (_, name, tls) => {
    expect(await statusThrough(await startTlsEngine(name), tls)).toBe(502)
  })

  it.each([
    ['', { key: pem('client.key') }],
    [
      ', whose key is encrypted',
      { key: encrypted(pem('client.key'), 'opensesame'), passphrase: 'opensesame' },
    ],
  ])('is shown the certificate of the proxy%s', async (_, identity) => {
    const upstream = await startTlsEngine('server', [], 'authority')
    const tls = { ca: pem('authority'), certificate: pem('client'), ...identity }
    const proxy = await startProxy({ upstreams: [upstream], upstreamTls: tls })
    open.push(proxy)
    expect((await askServer(proxy.url)).body.toString()).toBe('client')
    expect(await statusThrough(upstream, { ca: pem('authority') })).toBe(502)
  })
})

describe('a pinned fingerprint', () => {
  it.each([
    ['of the certificate itself', 'server', [], 'server', 200],
    ['of the certificate itself, whatever its host name', 'elsewhere', [], 'elsewhere', 200],
    ['of the authority, sent along', 'server', ['authority'], 'authority', 200],
    ['of the authority, for another host name', 'elsewhere', ['authority'], 'authority', 502],
    ['of the authority, which is not sent along', 'server', [], 'authority', 502],
    ['of another certificate', 'server', ['authority'], 'client', 502],
    ['of an authority that was only appended, and signed nothing', 'forged', ['authority'], 'authority', 502],
  ] as const)('%s', async (_, name, chain, pinned, status) => {
    const upstream = await startTlsEngine(name, chain)
    expect(await statusThrough(upstream, { fingerprint: fingerprint(pinned) })).toBe(status)
  })

  it('holds on every connection, also where the engine resumes sessions', async () => {
    const upstream = await startTlsEngine('server')
    const proxy = await startProxy({
      upstreams: [upstream],
      upstreamTls: { fingerprint: fingerprint('server') },
    })
    open.push(proxy)
    const answers = await Promise.all(Array.from({ length: 5 }, () => askServer(proxy.url)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  it('may be written without colons and in small letters', () => {
    const normal = fingerprint('server')
    expect(normalizeFingerprint(normal.replaceAll(':', '').toLowerCase())).toBe(normal)
  })

  it.each(['', 'ab', 'z'.repeat(64)])('%j is refused', (text) => {
    expect(() => normalizeFingerprint(text)).toThrow('64 hexadecimal digits')
  })
})

describe('a proxy with TLS', () => {
  const statusOver = (port: number, options: object): Promise<number> =>
    new Promise((resolve, reject) => {
      const ca = pem('authority')
      const outgoing = openRequest({ host: '127.0.0.1', port, ca, agent: false, ...options }, (incoming) => {
        resolve(incoming.resume().statusCode ?? 0)
      })
      outgoing.on('error', reject).end()
    })

  it('speaks HTTPS, and asks clients for certificates where it is told to', async () => {
    const engine = await startFakeEngine((_, response) => response.end())
    open.push(engine)
    const tls = { certificate: pem('server'), key: pem('server.key'), clientCa: pem('authority') }
    const proxy = await startProxy({ upstreams: [engine.url], tls })
    open.push(proxy)
    expect(proxy.url).toMatch(/^https:/)
    const client = { cert: pem('client'), key: pem('client.key') }
    expect(await statusOver(proxy.port, client)).toBe(200)
    await expect(statusOver(proxy.port, {})).rejects.toThrow(/certificate required|ECONNRESET/)
    const forged = { cert: pem('forged'), key: pem('forged.key') }
    await expect(statusOver(proxy.port, forged)).rejects.toThrow()
  })
})
