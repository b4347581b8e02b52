import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createIndex } from '../../../src/engine/index-setup.js'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'
import { type RunningProxy, startProxy } from '../../proxy-harness.js'
import { type Fixture, openFixture } from './fixture.js'

const SCRIPT = fileURLToPath(new URL('./python_clients.py', import.meta.url))
const run = promisify(execFile)

/** Client 8 of Elasticsearch refuses its release 7; to OpenSearch it speaks through the proxy's own switch. */
const pairs = ENGINES.flatMap((id) => {
  if (id === 'elasticsearch-7') return []
  const clients = id.startsWith('opensearch') ? ['opensearch', 'elasticsearch'] : ['elasticsearch']
  return clients.map((client) => ({ client, id }))
})

/** Runs where `TEST_PYTHON` names a Python that has the packages of requirements.txt: see jest.config.js. */
describe.each(pairs)("Python's $client client through the proxy to $id", ({ client, id }) => {
  const index = uniqueName('python')
  let fixture: Fixture
  let proxy: RunningProxy

  beforeAll(async () => {
    fixture = await openFixture(id)
    await createIndex(fixture.client, { index, meta: fixture.searcher.meta })
    proxy = await startProxy({
      upstreams: [testEngine(id).url],
      rewriter: createRewriter({ encoders: [fixture.encoder] }),
      elasticsearchClients: client === 'elasticsearch' && id.startsWith('opensearch'),
    })
  })
  afterAll(async () => {
    await proxy.close()
    await fixture.client.request({ method: 'DELETE', path: `/${index}` })
    await fixture.close()
  })

  it('works with its helpers, and finds what it wrote by a sparse query', async () => {
    const { stdout } = await run(process.env.TEST_PYTHON ?? '', [SCRIPT, client, proxy.url, index])
    const found = JSON.parse(stdout) as Readonly<Record<string, readonly string[]>>
    expect(found.search?.[0]).toBe('car')
    expect(found).toEqual({ search: found.search, msearch: found.search, scan: found.search })
  })
})
