import { afterEach, describe, expect, it } from '@jest/globals'
import { askServer, startFakeEngine, startProxy } from '../../../proxy-harness.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** @returns what the engine was told of the caller, and the status */
async function headersThrough(
  options: Partial<Parameters<typeof startProxy>[0]>,
  headers: readonly string[],
): Promise<{ status: number; seen: Record<string, unknown> }> {
  let seen: Record<string, unknown> = {}
  const engine = await startFakeEngine((request, response) => {
    seen = request.headers
    response.end()
  })
  open.push(engine)
  const proxy = await startProxy({ upstreams: [engine.url], ...options })
  open.push(proxy)
  const { status } = await askServer(proxy.url, { headers })
  return { status, seen }
}

const CALLER = [
  'Authorization',
  'Basic Y2FsbGVy',
  'es-security-runas-user',
  'admin',
  'Cookie',
  'a=b',
  'X-Opaque-Id',
  '7',
]

describe('credentials', () => {
  it("are the caller's own", async () => {
    const { seen } = await headersThrough({}, CALLER)
    expect(seen).toMatchObject({
      authorization: 'Basic Y2FsbGVy',
      'es-security-runas-user': 'admin',
      cookie: 'a=b',
    })
  })

  it('that are configured take the place of everything that says who the caller is', async () => {
    const { seen } = await headersThrough({ authorization: 'ApiKey own' }, CALLER)
    expect(seen).toMatchObject({ authorization: 'ApiKey own', 'x-opaque-id': '7' })
    expect(seen).not.toHaveProperty('es-security-runas-user')
    expect(seen).not.toHaveProperty('cookie')
  })

  it.each([
    ['no key', [], 401],
    ['a wrong key', ['Authorization', 'Bearer wrong'], 401],
    ['the key in another scheme', ['Authorization', 'Basic right'], 401],
    ['the key as a bearer token', ['Authorization', 'Bearer right'], 200],
    ['the key as an API key', ['Authorization', 'ApiKey right'], 200],
  ] as const)('of callers with %s are judged', async (_, headers, expected) => {
    const { status, seen } = await headersThrough(
      { authorization: 'ApiKey own', callerKey: 'right' },
      headers,
    )
    expect(status).toBe(expected)
    expect(seen.authorization).toBe(expected === 200 ? 'ApiKey own' : undefined)
  })

  it('of the proxy are not open to a network without a key', async () => {
    const { createProxy } = await import('../../../../src/proxy/http/proxy-server.js')
    const { createLog } = await import('../../../../src/telemetry/log.js')
    const log = createLog('silent', { write: () => undefined })
    const proxy = createProxy({ upstreams: ['http://127.0.0.1:1'], authorization: 'ApiKey own', log })
    await expect(proxy.listen('0.0.0.0', 0)).rejects.toThrow('must be a loopback address')
    await proxy.close()
  })

  it('cannot be asked of callers whose own are passed on', async () => {
    await expect(startProxy({ upstreams: ['http://a'], callerKey: 'key' })).rejects.toThrow('callerKey')
  })

  it('that no header can hold are refused at the start, without showing them', async () => {
    const authorization = 'ApiKey secret\u010aX-Other: 1'
    const refused = startProxy({ upstreams: ['http://a'], authorization })
    await expect(refused).rejects.toThrow('authorization must be printable ASCII')
    await expect(refused).rejects.not.toThrow('secret')
  })

  const keyed = { authorization: 'ApiKey own', callerKey: 'right' }
  const withKey = ['Authorization', 'Bearer right']

  it.each([
    ['/_splade/health', [], 200, '{"status":"ok"}'],
    ['/_splade/ready?x=1', [], 200, '{"isReady":true,"isOpen":true}'],
    ['/_splade/ready', withKey, 200, '"upstreams":[{"node":"http://'],
    ['/_splade/metrics', [], 401, 'the key of the proxy is missing or wrong'],
    ['/_splade/metrics', withKey, 200, 'splade_bridge_proxy_requests_total'],
    ['/_splade/health/../metrics', [], 401, 'the key of the proxy'],
  ] as const)('are not asked of probes: %s with %j is %i', async (target, headers, status, text) => {
    const engine = await startFakeEngine((_, response) => response.end())
    open.push(engine)
    const proxy = await startProxy({ upstreams: [engine.url], ...keyed })
    open.push(proxy)
    const answer = await askServer(proxy.url, { target, headers })
    expect(answer.status).toBe(status)
    expect(answer.body.toString()).toContain(text)
  })
})
