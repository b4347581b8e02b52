import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndexStatistics } from '../../../src/engine/corpus-statistics.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import { openSearcher } from '../../../src/search/search.js'
import { OUTER_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { askProxy, recordLines } from './corpus.js'
import { type Fixture, openFixture } from './fixture.js'
import { type RewritingUpstream, startRewritingUpstream } from './rewriting-upstream.js'

interface Answer {
  readonly hits: {
    readonly hits: readonly {
      readonly _id: string
      readonly _score: number
      readonly splade_explanation?: readonly { readonly score: number; readonly chunk: readonly number[] }[]
    }[]
  }
}

const toPairs = (json: unknown) =>
  (json as Answer).hits.hits.map(({ _id, _score }) => [_id, Math.fround(_score)] as const)

describe.each(OUTER_ENGINES)('an index with nested chunks on %s', (id) => {
  const text = 'why does my car not start'
  const long =
    'Snow covers the mountains all winter. The orchestra plays a symphony. My car does not start today.'
  let fixture: Fixture

  beforeAll(async () => {
    fixture = await openFixture(id, {}, { longTexts: 'nested', chunkTokens: 12 })
  })
  afterAll(() => fixture.close())

  it('is searched as search does it, explained by its best chunk', async () => {
    const { hits } = await fixture.searcher.search({ query: text })
    const { json } = await askProxy(fixture.proxy, 'POST', `/${fixture.index}/_search?splade_explain=true`, {
      query: { splade: { text } },
    })
    expect(toPairs(json)).toEqual(hits.map((hit) => [hit.id, hit.score]))
    const [best] = (json as Answer).hits.hits
    expect(best?.splade_explanation?.[0]?.score).toBeCloseTo(best?._score ?? NaN, 4)
    expect(best?.splade_explanation?.[0]?.chunk).toEqual(hits[0]?.chunk?.span)
  })

  it('gets the chunks of the documents that are written', async () => {
    await askProxy(fixture.proxy, 'PUT', `/${fixture.index}/_doc/long?refresh=true`, { text: long })
    const { hits } = await fixture.searcher.search({ query: 'symphony orchestra' })
    const hit = hits.find((candidate) => candidate.id === 'long')
    expect(hit?.chunk?.text).toBe('The orchestra plays a symphony.')
  })
})

describe.each(OUTER_ENGINES)('an index of bm25 on %s', (id) => {
  const index = uniqueName('lexical')
  let client: EngineClient
  let proxy: RewritingUpstream

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    const encoder = createLexicalEncoder()
    await createIndex(client, {
      index,
      meta: { field: 'splade', textFields: ['text'], encoder: encoder.identity },
    })
    await indexDocuments(client, encoder, { index, inputs: [streamInput(recordLines())] })
    proxy = await startRewritingUpstream(testEngine(id).url, createRewriter({ encoders: [] }))
  })
  afterAll(async () => {
    await proxy.close()
    await client.request({ method: 'DELETE', path: `/${index}` })
    await client.close()
  })

  it('needs no model: its own counts weigh the query', async () => {
    const statistics = createIndexStatistics(client, { index, field: 'splade' })
    const searcher = await openSearcher(client, createLexicalEncoder({ statistics }), index)
    const { hits } = await searcher.search({ query: 'my heart pumps blood into a volcano' })
    const query = { splade: { text: 'my heart pumps blood into a volcano' } }
    const { json } = await askProxy(proxy, 'POST', `/${index}/_search`, { query })
    expect(toPairs(json)).toEqual(hits.map((hit) => [hit.id, hit.score]))
    expect(hits.length).toBeGreaterThan(1)
  })

  it('is refused by name where a model that is not there wrote it', async () => {
    const other = uniqueName('other')
    const encoder = { name: 'elsewhere', fingerprint: '0123456789abcdef' }
    await createIndex(client, { index: other, meta: { field: 'splade', textFields: ['text'], encoder } })
    for (const query of [{ splade: { text: 'a' } }, { neural_sparse: { splade: { query_text: 'a' } } }]) {
      const { status, text } = await askProxy(proxy, 'POST', `/${other}/_search`, { query })
      expect(status).toBe(400)
      expect(text).toContain(
        'was written by model elsewhere (fingerprint 0123456789ab), but this proxy runs no model',
      )
    }
    const both = await askProxy(proxy, 'POST', `/${index},${other}/_search`, {
      query: { splade: { text: 'a' } },
    })
    expect(both.text).toContain('written by different models')
    await client.request({ method: 'DELETE', path: `/${other}` })
  })
})
