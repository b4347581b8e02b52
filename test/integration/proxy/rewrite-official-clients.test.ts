import { Client as ElasticClient } from '@elastic/elasticsearch'
import { Client as OpenSearchClient } from '@opensearch-project/opensearch'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createIndex } from '../../../src/engine/index-setup.js'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'
import { type RunningProxy, startProxy } from '../../proxy-harness.js'
import { RECORDS } from './corpus.js'
import { type Fixture, openFixture } from './fixture.js'

const TEXT = 'why does my car not start'

/** Client 8 of Elasticsearch refuses its release 7; to OpenSearch it speaks through the proxy's own switch. */
describe.each(ENGINES.filter((id) => id !== 'elasticsearch-7'))(
  'official clients through the proxy to %s',
  (id) => {
    const index = uniqueName('clients')
    const isOpenSearch = id.startsWith('opensearch')
    let fixture: Fixture
    let proxy: RunningProxy
    let elastic: ElasticClient
    let expected: readonly string[]

    beforeAll(async () => {
      fixture = await openFixture(id)
      await createIndex(fixture.client, { index, meta: fixture.searcher.meta })
      const rewriter = createRewriter({ encoders: [fixture.encoder] })
      proxy = await startProxy({
        upstreams: [testEngine(id).url],
        rewriter,
        elasticsearchClients: isOpenSearch,
      })
      elastic = new ElasticClient({ node: proxy.url })
      expected = (await fixture.searcher.search({ query: TEXT })).hits.map((hit) => hit.id)
    })
    afterAll(async () => {
      await elastic.close()
      await proxy.close()
      await fixture.client.request({ method: 'DELETE', path: `/${index}` })
      await fixture.close()
    })

    it("write documents with Elasticsearch's bulk helper, which hears of those that are refused", async () => {
      const dropped: string[] = []
      const result = await elastic.helpers.bulk<{ readonly _id: string; readonly text: unknown }>({
        datasource: [...RECORDS, { _id: 'refused', text: { not: 'a text' } }],
        onDocument: ({ _id, ...source }) => [{ index: { _index: index, _id } }, source],
        onDrop: ({ error }) => dropped.push(error?.reason ?? ''),
        refreshOnCompletion: true,
      })
      expect(result).toMatchObject({ total: 7, successful: 6, failed: 1 })
      expect(dropped).toEqual([
        'document "refused": field "text" must be a string or a list of strings to be encoded',
      ])
    })

    it("search with Elasticsearch's client, its own sparse query and ours", async () => {
      const idsOf = async (query: object) =>
        (await elastic.search({ index, query })).hits.hits.map(({ _id }) => _id)
      expect(await idsOf({ splade: { text: TEXT } })).toEqual(expected)
      expect(await idsOf({ sparse_vector: { field: 'splade', query: TEXT } })).toEqual(expected)
    })

    it('search with the helpers for several searches and for scrolling', async () => {
      const query = { splade: { text: TEXT } } as object
      const searches = elastic.helpers.msearch()
      const { documents } = await searches.search({ index }, { query })
      expect(documents).toHaveLength(expected.length)
      searches.stop()
      const scrolled: string[] = []
      for await (const page of elastic.helpers.scrollSearch({ index, size: 1, query }))
        scrolled.push(...page.body.hits.hits.flatMap(({ _id }) => _id ?? []))
      expect(scrolled).toEqual(expected)
    })

    it('get explanations', async () => {
      const { hits } = await elastic.search(
        { index, query: { splade: { text: TEXT } } as object },
        { querystring: { splade_explain: true } },
      )
      const [best] = hits.hits as unknown as { splade_explanation: { tokens: object[] }[] }[]
      expect(best?.splade_explanation[0]?.tokens).toHaveLength(10)
    })

    const ofOpenSearch = isOpenSearch ? it : it.skip
    ofOpenSearch("search with OpenSearch's client", async () => {
      const client = new OpenSearchClient({ node: proxy.url })
      const query = { neural_sparse: { splade: { query_text: TEXT } } }
      const { body } = await client.search({ index, body: { query } })
      expect(body.hits.hits.map(({ _id }) => _id)).toEqual(expected)
      await client.close()
    })
  },
)
