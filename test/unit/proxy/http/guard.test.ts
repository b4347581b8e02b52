import { afterEach, describe, expect, it } from '@jest/globals'
import type { AccessRules } from '../../../../src/proxy/http/access.js'
import { askServer, startFakeEngine, startProxy } from '../../../proxy-harness.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function statusWith(access: AccessRules, target: string): Promise<number> {
  const engine = await startFakeEngine((_, response) => response.end())
  open.push(engine)
  const proxy = await startProxy({ upstreams: [engine.url], access })
  open.push(proxy)
  return (await askServer(proxy.url, { target })).status
}

describe('lists of paths and indices', () => {
  const LISTS: readonly AccessRules[] = [
    { allowIndices: ['books'] },
    { denyIndices: ['secret'] },
    { allowPaths: ['/books/*'] },
    { denyPaths: ['/_*'] },
  ]
  it.each(LISTS)('leave probes and metrics open: %j', async (access) => {
    for (const path of ['health', 'ready', 'metrics'])
      expect(await statusWith(access, `/_splade/${path}`)).toBe(200)
  })

  it.each([
    [{ denyPaths: ['/_splade/metrics'] }, '/_splade/metrics', 403],
    [{ denyPaths: ['/_splade/metrics'] }, '/_splade/health', 200],
    [{ denyPaths: ['/_splade/*'] }, '/_splade/health', 403],
    [{ allowIndices: ['books'] }, '/_splade/ui/', 403],
    [{ allowIndices: ['books'] }, '/_splade/../secret/_search', 404],
    [{ allowIndices: ['books'] }, '/_spladex', 403],
  ])('close of the proxy what they name: %j, %s is %i', async (access, target, status) => {
    expect(await statusWith(access, target)).toBe(status)
  })
})
