import { describe, expect, it } from '@jest/globals'
import { ENGINES, testEngine, uniqueName } from '../engines.js'
import { startFaultProxy } from '../fault-proxy.js'
import { onlyJson, useCliHome } from './cli-process.js'

const [ENGINE = 'opensearch-3'] = ENGINES
const NOBODY = 'http://127.0.0.1:1'
const LATER = { status: 503, body: { error: 'later' } }

describe('index before an engine that does not answer', () => {
  const home = useCliHome()
  const command = (url: string, ...more: readonly string[]): readonly string[] => [
    ...['index', '--url', url, '--index', uniqueName('accept-unavailable')],
    ...['--model', 'bm25', '--json', ...more, '-'],
  ]
  const input = '{"_id":"1","text":"a cat"}\n'

  it('waits while the first requests of each kind are refused, from the connection to the last refresh', async () => {
    const seen = new Set<string>()
    const proxy = await startFaultProxy(testEngine(ENGINE).url, ({ method, path }) => {
      const kind = `${method} ${path}`
      if (seen.has(kind)) return 'pass'
      seen.add(kind)
      return LATER
    })
    try {
      const result = await home.run(command(proxy.url), { input })
      expect(result.err).toContain('answered 503: later')
      expect(result.code).toBe(0)
      expect(onlyJson(result)).toMatchObject({ read: 1, indexed: 1 })
    } finally {
      await proxy.close()
    }
  })

  it('ends with a code of its own where nothing answers, or not within its patience', async () => {
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
