import { afterEach } from '@jest/globals'
import { type FakeEngine, type RunningProxy, startFakeEngine, startProxy } from './proxy-harness.js'

/** What answers the requests that a fake engine gets. */
export type Handler = Parameters<typeof startFakeEngine>[0]

/** Options of a proxy, but for its upstreams. */
export type ProxyFixtureOptions = Partial<Parameters<typeof startProxy>[0]>

export interface ProxyFixture {
  readonly engineWith: (handler: Handler) => Promise<FakeEngine>
  readonly proxyTo: (upstreams: readonly string[], options?: ProxyFixtureOptions) => Promise<RunningProxy>
}

/** Engines and proxies of one test, closed after it, the last first. */
export function useProxyFixture(): ProxyFixture {
  const open: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close()
  })
  const kept = <One extends { close(): Promise<void> }>(one: One): One => {
    open.push(one)
    return one
  }
  return {
    engineWith: async (handler) => kept(await startFakeEngine(handler)),
    proxyTo: async (upstreams, options = {}) =>
      kept(await startProxy({ upstreams, healthIntervalMs: 0, ...options })),
  }
}

/** Reads the request to its end and answers with a text. */
export const answer =
  (text: string): Handler =>
  (request, response) => {
    request.resume().on('end', () => response.end(text))
  }

/** An address where nobody listens. */
export async function deadAddress(): Promise<string> {
  const engine = await startFakeEngine(answer(''))
  await engine.close()
  return engine.url
}
