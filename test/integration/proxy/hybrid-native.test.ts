import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { toDocumentQuery } from '../../../src/search/document-query.js'
import { NEURAL_ENGINE, testEngine, uniqueName } from '../../engines.js'
import { askProxy } from './corpus.js'
import { type Hits, hitsOf, openDenseFixture, partsOf, QUERIES } from './dense-corpus.js'
import type { Fixture } from './fixture.js'

const HYBRID_PIPELINE = JSON.parse(
  readFileSync(new URL('../../../pipelines/search/hybrid.json', import.meta.url), 'utf8'),
) as { readonly phase_results_processors: readonly object[] }
const BY_MEAN = { search_pipeline: { phase_results_processors: [{ 'normalization-processor': {} }] } }
const BY_RANK = {
  search_pipeline: {
    phase_results_processors: [{ 'score-ranker-processor': { combination: { technique: 'rrf' } } }],
  },
}
const EXPLAINED = {
  search_pipeline: { ...BY_MEAN.search_pipeline, response_processors: [{ hybrid_score_explanation: {} }] },
}

// Of OpenSearch with neural-search and k-NN, which fuse the parts of a query themselves.
describe('hybrid queries that the engine fuses', () => {
  const [question, other] = [QUERIES[0]!, QUERIES[1]!]
  const [words, sparse, knn] = partsOf(question)
  const pipeline = uniqueName('pipeline')
  let fixture: Fixture
  /** The same parts as the engine takes them. */
  let direct: readonly object[]

  const send = (path: string, body: unknown) => askProxy(fixture.proxy, 'POST', path, body)
  const sendDirect = (path: string, body: unknown) =>
    askProxy({ ...fixture.proxy, url: testEngine(NEURAL_ENGINE).url }, 'POST', path, body)
  const search = (parameters = '') => `/${fixture.index}/_search${parameters}`
  const configure = (settings: object) =>
    fixture.client.request({ method: 'PUT', path: `/${fixture.index}/_settings`, body: settings })

  beforeAll(async () => {
    fixture = await openDenseFixture(2)
    await fixture.client.request({
      method: 'PUT',
      path: `/_search/pipeline/${pipeline}`,
      body: HYBRID_PIPELINE,
    })
    const [encoding] = await fixture.encoder.encodeQueries([question.text])
    direct = [words, toDocumentQuery(encoding!.vector, fixture.searcher.meta), knn]
  })
  afterAll(async () => {
    await fixture.client.request({ method: 'DELETE', path: `/_search/pipeline/${pipeline}` })
    await fixture.close()
  })

  /** Sent by both ways; the answers without their times. */
  async function both(body: object, parameters = '', options: object = {}, parts = 3) {
    const queriesOf = (queries: readonly object[]) => ({
      query: { hybrid: { queries: queries.slice(0, parts), ...options } },
    })
    const answers = [
      await send(search(parameters), { ...body, ...queriesOf([words, sparse, knn]) }),
      await sendDirect(search(parameters), { ...body, ...queriesOf(direct) }),
    ]
    for (const { text } of answers) expect(text).toContain('"hits"')
    return answers.map(({ json }) => ({ ...(json as object), took: 0 }))
  }

  it.each<[string, object, string, object]>([
    ['as they are', {}, '', {}],
    ['by ranks', BY_RANK, '', {}],
    ['filtered', {}, '', { filter: { term: { shelf: 'shelf-1' } } }],
    ['on a later page', { from: 4, size: 3 }, '', { pagination_depth: 20 }],
    ['collapsed', { collapse: { field: 'shelf', inner_hits: { name: 'others', size: 2 } } }, '', {}],
    ['sorted', { sort: [{ place: 'desc' }] }, '', {}],
    ['behind a hit', { sort: [{ place: 'desc' }], search_after: [30] }, '', {}],
    ['counted', { aggs: { shelves: { terms: { field: 'shelf' } } } }, '', {}],
    ['without hits', { size: 0, aggs: { shelves: { terms: { field: 'shelf' } } } }, '', {}],
    ['highlighted', { highlight: { fields: { text: {} } } }, '', {}],
    ['explained by the engine', { ...EXPLAINED, explain: true }, '', {}],
    ['filtered afterwards', { post_filter: { term: { shelf: 'shelf-1' } } }, '', {}],
    ['with a lowest score', { min_score: 0.2 }, '', {}],
    ['in parts', {}, '?filter_path=hits.hits._id,hits.total', {}],
  ])('find the same %s', async (_, body, parameters, options) => {
    const [proxied, direct] = await both({ ...BY_MEAN, ...body }, parameters, options)
    expect(proxied).toEqual(direct)
  })

  it('take the pipeline that is named, or that the index has', async () => {
    const [named, directly] = await both({}, `?search_pipeline=${pipeline}`, {}, 2)
    expect(named).toEqual(directly)
    await configure({ 'index.search.default_pipeline': pipeline })
    const [byDefault] = await both({}, '', {}, 2)
    await configure({ 'index.search.default_pipeline': null })
    expect(byDefault).toEqual(named)
  })

  it("take the engine's own form of a sparse part", async () => {
    const neural = { neural_sparse: { splade: { query_text: question.text } } }
    const [own, native] = await Promise.all(
      [sparse, neural].map(async (part) =>
        hitsOf(await send(search(), { ...BY_MEAN, query: { hybrid: { queries: [words, part] } } })),
      ),
    )
    expect(native).toEqual(own)
  })

  it('are tried once, beside a search that shows the scores that they do not', async () => {
    const search_pipeline = { ...BY_RANK.search_pipeline, description: 'not seen before' }
    const query = { hybrid: { queries: [words, sparse] } }
    const searched = async () => {
      const before = fixture.proxy.sent.length
      hitsOf(await send(search(), { search_pipeline, sort: [{ place: 'asc' }], query }))
      return fixture.proxy.sent.slice(before).filter(({ target }) => target.endsWith('_search'))
    }
    const [, probe, ...others] = await searched()
    expect(probe?.body).toContain('"size":1,"_source":false')
    expect(others).toEqual([])
    expect(await searched()).toHaveLength(1)
  })

  it('are searches of several', async () => {
    const line = (queries: readonly object[]) =>
      [{ index: fixture.index }, { ...BY_MEAN, query: { hybrid: { queries } } }]
        .map((part) => `${JSON.stringify(part)}\n`)
        .join('')
    const answers = [
      await send('/_msearch', line([words, sparse, knn]) + line([sparse])),
      await sendDirect('/_msearch', line(direct) + line(direct.slice(1, 2))),
    ]
    const [proxied, directly] = answers.map(({ json }) =>
      (json as { responses: { hits: Hits }[] }).responses.map(({ hits }) => hits),
    )
    expect(proxied).toEqual(directly)
  })

  it('have their sparse parts explained, and the fused score by the engine', async () => {
    const explained = { ...EXPLAINED, size: 5, explain: true, splade_explain: true }
    const { hits } = hitsOf(
      await send(search(), { ...explained, query: { hybrid: { queries: [words, sparse, knn] } } }),
    )
    const alone = hitsOf(await send(search(), { size: 100, query: sparse }))
    const scores = new Map(alone.hits.map(({ _id, _score }) => [_id, _score]))
    expect(hits).toHaveLength(5)
    for (const { _id, _score, splade_explanation, splade_score, ...hit } of hits) {
      expect(splade_explanation?.[0]?.score ?? 0).toBeCloseTo(scores.get(_id) ?? 0, 4)
      expect(splade_score).toEqual({ score: _score })
      expect(JSON.stringify(hit)).toContain('arithmetic_mean combination of')
    }
  })

  it('with an unknown query are refused by the engine, and fused by it afterwards', async () => {
    const queries = [words, sparse, { unheard_of: {} }]
    const refused = await send(search(), { ...BY_MEAN, query: { hybrid: { queries } } })
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining('unknown query [unheard_of]'),
    ])
    const [proxied, directly] = await both({ ...BY_MEAN, sort: [{ place: 'asc' }] })
    expect(proxied).toEqual(directly)
  })

  it('of another text find other hits', async () => {
    const ask = async (queries: readonly object[]) =>
      hitsOf(await send(search(), { ...BY_MEAN, query: { hybrid: { queries } } })).hits.map(({ _id }) => _id)
    expect(await ask(partsOf(other))).not.toEqual(await ask([words, sparse, knn]))
  })
})
