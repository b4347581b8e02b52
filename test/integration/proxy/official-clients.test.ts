import { Client as ElasticClient } from '@elastic/elasticsearch'
import { Client as OpenSearchClient } from '@opensearch-project/opensearch'
import { afterEach, describe, expect, it } from '@jest/globals'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'
import { askServer, type RunningProxy, startProxy } from '../../proxy-harness.js'

interface Book {
  readonly id: string
  readonly title: string
}

const BOOKS: readonly Book[] = Array.from({ length: 250 }, (_, n) => ({ id: String(n), title: `book ${n}` }))

const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function proxyTo(url: string, options: { elasticsearchClients?: boolean } = {}): Promise<RunningProxy> {
  const proxy = await startProxy({
    upstreams: [url],
    rewriter: createRewriter({ encoders: [] }),
    ...options,
  })
  open.push(proxy)
  return proxy
}

function newIndex(url: string): string {
  const index = uniqueName('books')
  open.push({ close: () => askServer(url, { method: 'DELETE', target: `/${index}` }) })
  return index
}

const elasticsearches = ENGINES.filter((id) => id.startsWith('elasticsearch'))
const openSearches = ENGINES.filter((id) => id.startsWith('opensearch'))

/** Client 8 refuses engines before 7.14 and speaks in terms of 8 to whatever is newer. */
const forElasticClient = elasticsearches.filter((id) => id !== 'elasticsearch-7')

describe.each(forElasticClient)("Elasticsearch's client through the proxy to %s", (id) => {
  it('works with its helpers', async () => {
    const { url } = testEngine(id)
    await workWithElasticClient((await proxyTo(url)).url, newIndex(url))
  })
})

describe.each(openSearches)('%s through the proxy', (id) => {
  it("works with OpenSearch's client and its helpers", async () => {
    const { url } = testEngine(id)
    const index = newIndex(url)
    const client = new OpenSearchClient({ node: (await proxyTo(url)).url })
    open.push(client)
    const written = await client.helpers.bulk({
      datasource: [...BOOKS],
      onDocument: ({ id: _id }) => ({ index: { _index: index, _id } }),
      refreshOnCompletion: true,
      flushBytes: 2_000,
    })
    expect(written).toMatchObject({ total: 250, successful: 250, failed: 0 })
    const pages: number[] = []
    for await (const page of client.helpers.scrollSearch({ index, size: 100, body: { sort: ['_doc'] } }))
      pages.push((page.body as { hits: { hits: unknown[] } }).hits.hits.length)
    expect(pages).toEqual([100, 100, 50])
    const multi = client.helpers.msearch()
    const found = await multi.search({ index }, { query: { match: { title: '7' } } })
    multi.stop()
    expect(found).toMatchObject({ documents: [{ id: '7', title: 'book 7' }] })
    const missing = client.get({ index, id: 'none' })
    await expect(missing).rejects.toMatchObject({ statusCode: 404 })
  })

  it("works with Elasticsearch's client where it is told to, and only there", async () => {
    const { url } = testEngine(id)
    const strict = new ElasticClient({ node: (await proxyTo(url)).url, maxRetries: 0 })
    open.push(strict)
    await expect(strict.count()).rejects.toThrow()
    await workWithElasticClient((await proxyTo(url, { elasticsearchClients: true })).url, newIndex(url))
  })
})

async function workWithElasticClient(node: string, index: string): Promise<void> {
  const client = new ElasticClient({ node })
  open.push(client)
  const written = await client.helpers.bulk<Book>({
    datasource: [...BOOKS],
    onDocument: ({ id: _id }) => ({ index: { _index: index, _id } }),
    refreshOnCompletion: true,
    flushBytes: 2_000,
  })
  expect(written).toMatchObject({ total: 250, successful: 250, failed: 0 })
  const pages: number[] = []
  for await (const page of client.helpers.scrollSearch<Book>({ index, size: 100, sort: ['_doc'] }))
    pages.push(page.documents.length)
  expect(pages).toEqual([100, 100, 50])
  const multi = client.helpers.msearch()
  const { documents } = await multi.search<Book>({ index }, { query: { match: { title: '7' } } })
  multi.stop()
  expect(documents).toEqual([{ id: '7', title: 'book 7' }])
  await expect(client.get({ index, id: 'none' })).rejects.toMatchObject({ statusCode: 404 })
}
