import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ENGINES } from '../../engines.js'
import { askProxy } from './corpus.js'
import { type Fixture, openFixture } from './fixture.js'

interface Answer {
  readonly hits: {
    readonly total: object
    readonly hits: readonly {
      readonly _id: string
      readonly _score: number
      readonly splade_explanation?: object[]
    }[]
  }
}

describe.each(ENGINES)('hybrid searches on %s', (id) => {
  const words = { match: { text: 'heart car volcano' } }
  const sparse = { splade: { text: 'why does my car not start' } }
  let fixture: Fixture

  const ask = (body: object, parameters = '') =>
    askProxy(fixture.proxy, 'POST', `/${fixture.index}/_search${parameters}`, body)
  const idsOf = ({ json, text }: Awaited<ReturnType<typeof ask>>) => {
    if ((json as Answer | undefined)?.hits === undefined) throw new Error(text)
    return (json as Answer).hits.hits.map(({ _id }) => _id)
  }
  const listOf = async (query: object) => idsOf(await ask({ size: 100, query }))

  beforeAll(async () => {
    fixture = await openFixture(id)
  })
  afterAll(() => fixture.close())

  it('fuse by reciprocal rank', async () => {
    const [first, second] = [await listOf(words), await listOf(sparse)]
    const expected = new Map<string, number>()
    for (const list of [first, second])
      list.forEach((hit, place) => expected.set(hit, (expected.get(hit) ?? 0) + 1 / (60 + place + 1)))
    const { json } = await ask({ query: { splade_hybrid: { queries: [words, sparse] } } })
    const { hits, total } = (json as Answer).hits
    expect(new Map(hits.map(({ _id, _score }) => [_id, _score]))).toEqual(expected)
    expect(hits.map(({ _score }) => _score)).toEqual([...expected.values()].sort((a, b) => b - a))
    expect(total).toEqual({ value: expected.size, relation: 'eq' })
  })

  it('fuse normalized scores by weight', async () => {
    const query = { splade_hybrid: { queries: [words, sparse], fusion: 'weighted', weights: [1, 1000] } }
    const [best, ...others] = idsOf(await ask({ query }))
    expect(best).toBe('car')
    expect(others.length).toBeGreaterThan(1)
  })

  it('cut every page from the same list', async () => {
    const query = { splade_hybrid: { queries: [words, sparse], window_size: 6 } }
    const whole = idsOf(await ask({ query, size: 6 }))
    const pages = [
      idsOf(await ask({ query, size: 2 })),
      idsOf(await ask({ query, from: 2, size: 2 })),
      // The address counts before the body, as engines have it.
      idsOf(await ask({ query, from: 1, size: 9 }, '?from=4&size=2')),
    ]
    expect(pages.flat()).toEqual(whole)
  })

  it('refuse a page beyond what was looked for, and answer one beyond what there is with no hits', async () => {
    const narrow = { splade_hybrid: { queries: [words, sparse], window_size: 1 } }
    const beyond = await ask({ query: narrow, from: 5, size: 2 })
    expect(beyond.text).toContain('beyond the window of 1 that is fused')
    const query = { splade_hybrid: { queries: [words, sparse] } }
    expect(idsOf(await ask({ query, from: 99, size: 7 }))).toEqual([])
  })

  it.each<[object, string, object]>([
    [{ profile: true }, '[profile]', {}],
    [{ explain: true }, '[explain]', {}],
    [{}, '[normalization] has no meaning for the fusion rrf', { normalization: 'l2' }],
    [{}, '[rank_constant] has no meaning for the fusion weighted', { fusion: 'weighted', rank_constant: 5 }],
  ])('refuse what they could only drop: %j', async (body, reason, options) => {
    const query = { splade_hybrid: { queries: [words, sparse], ...options } }
    const { status, text } = await ask({ query, ...body })
    expect([status, text]).toEqual([400, expect.stringContaining(reason)])
  })

  it('refuse to be a part of another query, and to be counted', async () => {
    const hybrid = { splade_hybrid: { queries: [words, sparse] } }
    const inside = await ask({ query: { bool: { must: [hybrid] } } })
    const count = await askProxy(fixture.proxy, 'POST', `/${fixture.index}/_count`, { query: hybrid })
    const later = await askProxy(fixture.proxy, 'POST', `/${fixture.index}/_async_search`, { query: hybrid })
    for (const { status, text } of [inside, count, later])
      expect([status, text]).toEqual([400, expect.stringContaining('must be the whole query of a _search')])
  })

  it('fuse a search of several, and leave the others to the engine', async () => {
    const fused = { query: { splade_hybrid: { queries: [words, sparse] } } }
    const alone = (await ask(fused)).json as Answer
    const bad = { query: { splade_hybrid: { queries: [words] } } }
    const searches = [{ query: words }, fused, bad, { ...fused, splade_explain: true }, { query: sparse }]
    const lines = searches.flatMap((search) => [{ index: fixture.index, preference: '_local' }, search])
    const { json } = await askProxy(
      fixture.proxy,
      'POST',
      '/_msearch',
      `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
    )
    const { responses } = json as { responses: (Answer & { status: number; error?: object })[] }
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 400, 200, 200])
    const [first, second, refused, explained, last] = responses
    expect(second?.hits).toEqual(alone.hits)
    expect(refused?.error).toMatchObject({ type: 'parsing_exception' })
    expect(explained?.hits.hits[0]?.splade_explanation).toHaveLength(1)
    expect(first?.hits.hits.map(({ _id }) => _id)).toEqual(await listOf(words))
    expect(last?.hits.hits.map(({ _id }) => _id)).toEqual(await listOf(sparse))
  })

  it('fuse what templates are rendered to', async () => {
    const query = { splade_hybrid: { queries: [{ match: { text: '{{words}}' } }, sparse] } }
    const template = { source: { query, size: 3 }, params: { words: words.match.text } }
    const rendered = await askProxy(fixture.proxy, 'POST', '/_render/template', template)
    // The embedded engines do not all have the module.
    if (rendered.status !== 200) return
    const path = `/${fixture.index}/_search/template`
    const { hits } = (await askProxy(fixture.proxy, 'POST', path, template)).json as Answer
    const body = { size: 3, query: { splade_hybrid: { queries: [words, sparse] } } }
    expect(hits).toEqual(((await ask(body)).json as Answer).hits)
    const lines = [{ index: fixture.index }, template, {}, { source: { query: words } }]
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    const several = await askProxy(fixture.proxy, 'POST', `/${fixture.index}/_msearch/template`, text)
    const { responses } = several.json as { responses: Answer[] }
    expect(responses[0]?.hits).toEqual(hits)
    expect(responses[1]?.hits.hits.map(({ _id }) => _id)).toEqual(await listOf(words))
  })

  it('fuse the only search of several', async () => {
    const query = { splade_hybrid: { queries: [words, sparse] } }
    const body = `{"index":"${fixture.index}"}\n${JSON.stringify({ query, size: 2 })}\n`
    const { json } = await askProxy(fixture.proxy, 'POST', '/_msearch', body)
    const { responses } = json as { responses: Answer[] }
    expect(responses).toMatchObject([{ hits: ((await ask({ query, size: 2 })).json as Answer).hits }])
  })

  it('filter all parts, and keep the other members of the body', async () => {
    const filter = { ids: { values: ['car', 'heart'] } }
    const { json } = await ask({
      _source: false,
      query: { splade_hybrid: { queries: [words, sparse], filter } },
    })
    const { hits } = (json as Answer).hits
    expect(hits.map(({ _id }) => _id).sort()).toEqual(['car', 'heart'])
    expect(hits[0]).not.toHaveProperty('_source')
  })

  it('are fused here in forms of the engine that it does not carry out', async () => {
    const own = idsOf(await ask({ query: { splade_hybrid: { queries: [words, sparse] } } }))
    const retrievers = [{ standard: { query: words } }, { standard: { query: sparse } }]
    expect(idsOf(await ask({ retriever: { rrf: { retrievers } } }))).toEqual(own)
    const weighted = { splade_hybrid: { queries: [words, sparse], fusion: 'weighted' } }
    expect(idsOf(await ask({ query: { hybrid: { queries: [words, sparse] } } }))).toEqual(
      idsOf(await ask({ query: weighted })),
    )
    const linear = retrievers.map((retriever) => ({ retriever, weight: 1, normalizer: 'minmax' }))
    expect(idsOf(await ask({ retriever: { linear: { retrievers: linear } } }))).toEqual(
      idsOf(await ask({ query: weighted })),
    )
  })

  it('end with the window of a retriever, as they do in Elasticsearch', async () => {
    const retrievers = [
      { retriever: { standard: { query: words } }, weight: 2 },
      { retriever: { standard: { query: sparse } }, weight: 1 },
    ]
    const retriever = { rrf: { retrievers, rank_window_size: 2 } }
    const query = { splade_hybrid: { queries: [words, sparse], weights: [2, 1], window_size: 2 } }
    const own = idsOf(await ask({ size: 2, query }))
    expect(idsOf(await ask({ retriever }))).toEqual(own)
    expect(idsOf(await ask({ retriever, from: 1, size: 2 }))).toEqual(own.slice(1))
    expect((await ask({ retriever, size: 3 })).status).toBe(400)
  })

  it('explain what the sparse part gave', async () => {
    const { json } = await ask(
      { query: { splade_hybrid: { queries: [words, sparse] } } },
      '?splade_explain=true',
    )
    const [best] = (json as Answer).hits.hits
    expect(best).toMatchObject({ _id: 'car', splade_explanation: [{ field: 'splade' }] })
  })

  const ofElasticsearch = id === 'elasticsearch-8' || id === 'elasticsearch-9' ? it : it.skip
  ofElasticsearch('take a vector that the client sends, where the engine knows knn', async () => {
    const properties = { dense: { type: 'dense_vector', dims: 2, index: true, similarity: 'l2_norm' } }
    await fixture.client.request({ method: 'PUT', path: `/${fixture.index}/_mapping`, body: { properties } })
    for (const [hit, dense] of Object.entries({ snow: [0, 1], bread: [1, 0] })) {
      const path = `/${fixture.index}/_update/${hit}?refresh=true`
      expect((await askProxy(fixture.proxy, 'POST', path, { doc: { dense } })).status).toBe(200)
    }
    const knn = { field: 'dense', query_vector: [0, 0.9], k: 1, num_candidates: 10 }
    const query = { splade_hybrid: { queries: [{ match: { text: 'volcano' } }, sparse] } }
    const [without, withVector] = [idsOf(await ask({ query })), idsOf(await ask({ query, knn }))]
    expect(without.indexOf('snow')).toBeGreaterThan(withVector.indexOf('snow'))
  })

  it.each([
    [{ sort: ['_doc'], query: { splade_hybrid: { queries: [words, sparse] } } }, '[sort] cannot be combined'],
    [
      { query: { splade_hybrid: { queries: [words] } } },
      '[queries] must be at least two, or one beside [knn]',
    ],
    [
      { query: { splade_hybrid: { queries: [words, sparse], weights: [1] } } },
      '[weights] must be a number > 0 for each of the 2',
    ],
    [
      { query: { splade_hybrid: { queries: [words, sparse], fusion: 'best' } } },
      '[fusion] must be rrf or weighted, received "best"',
    ],
    [
      { query: { splade_hybrid: { queries: [words, sparse], k: 1 } } },
      '[k] is not supported by splade-bridge',
    ],
  ])('refuse %j', async (body, message) => {
    const { status, text } = await ask(body)
    expect(status).toBe(400)
    expect((JSON.parse(text) as { error: { reason: string } }).error.reason).toContain(message)
  })
})
