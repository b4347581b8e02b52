import { describe, expect, it } from '@jest/globals'
import { ENGINES, testEngine, uniqueName } from '../engines.js'
import { startFaultProxy } from '../fault-proxy.js'
import { onlyJson, useCliHome } from './cli-process.js'

const [ENGINE = 'opensearch-3'] = ENGINES
const NOBODY = 'http://127.0.0.1:1'
const LATER = { status: 503, body: { error: 'later' } }

describe('index and enrich before an engine that does not answer', () => {
  const home = useCliHome()
  const command = (url: string, ...more: readonly string[]): readonly string[] => [
    ...['index', '--url', url, '--index', uniqueName('accept-unavailable')],
    ...['--model', 'bm25', '--json', ...more, '-'],
  ]
  const input = '{"_id":"1","text":"a cat"}\n'

  /** An engine that refuses the first request of each kind. */
  const startBusy = () => {
    const seen = new Set<string>()
    return startFaultProxy(testEngine(ENGINE).url, ({ method, path }) => {
      const kind = `${method} ${path}`
      if (seen.has(kind)) return 'pass'
      seen.add(kind)
      return LATER
    })
  }

  it('wait while the first requests of each kind are refused, from the connection to the last refresh', async () => {
    const proxy = await startBusy()
    try {
      const result = await home.run(command(proxy.url), { input })
      expect(result.err).toContain('answered 503: later')
      expect(result.code).toBe(0)
      expect(onlyJson(result)).toMatchObject({ read: 1, indexed: 1 })
    } finally {
      await proxy.close()
    }
  })

  it('do so too for an index that is there', async () => {
    const proxy = await startBusy()
    const index = uniqueName('accept-unavailable')
    const headers = { 'content-type': 'application/json' }
    const place = `${testEngine(ENGINE).url}/${index}/_doc/1?refresh=true`
    await fetch(place, { method: 'PUT', headers, body: input.replace('"_id":"1",', '') })
    try {
      const flags = ['--url', proxy.url, '--index', index, '--model', 'bm25', '--json']
      const result = await home.run(['enrich', ...flags])
      expect(result.err).toMatch(/^retry 1 in \d+ ms: GET \/ at .* answered 503: later/)
      expect(onlyJson(result)).toMatchObject({ read: 1, enriched: 1 })
    } finally {
      await proxy.close()
    }
  })

  it('end with a code of their own where nothing answers, or not within its patience', async () => {
    const nobody = await home.run(command(NOBODY), { input })
    expect(nobody).toMatchObject({ code: 75, out: '' })
    expect(nobody.err).toContain(`error: cannot reach the engine at ${NOBODY}`)
    const proxy = await startFaultProxy(testEngine(ENGINE).url, () => LATER)
    try {
      const busy = await home.run(command(proxy.url, '--max-retries', '1'), { input })
      expect(busy).toMatchObject({ code: 75, out: '' })
    } finally {
      await proxy.close()
    }
  })
})
