import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeNeural, type NeuralFixture, openNeuralFixture, randomTexts } from './neural-fixture.js'
import { comparable, hitsOf } from './neural-answers.js'

/** A sparse query, and what stands around it. */
type Placement = (query: object) => object

const words = { match: { text: 'the water and the heart of a car' } }

const QUERIES: readonly (readonly [string, Placement])[] = [
  ['must', (query) => ({ bool: { must: query } })],
  ['should, beside words', (query) => ({ bool: { should: [query, words] } })],
  [
    'should, of which two have to match',
    (query) => ({ bool: { should: [query, words], minimum_should_match: 2 } }),
  ],
  ['filter', (query) => ({ bool: { filter: query, must: words } })],
  ['must_not', (query) => ({ bool: { must_not: [query] } })],
  ['a boosted bool', (query) => ({ bool: { must: [query], boost: 1.7 } })],
  ['constant_score', (query) => ({ constant_score: { filter: query, boost: 1.2 } })],
  ['dis_max', (query) => ({ dis_max: { queries: [query, words], tie_breaker: 0.3 } })],
  ['boosting', (query) => ({ boosting: { positive: query, negative: words, negative_boost: 0.3 } })],
  [
    'function_score',
    (query) => ({ function_score: { query, functions: [{ weight: 2.3, filter: words }], boost: 1.3 } }),
  ],
  [
    'a function filter',
    (query) => ({ function_score: { query: words, functions: [{ weight: 3, filter: query }] } }),
  ],
  ['script_score', (query) => ({ script_score: { query, script: { source: '_score * 2 + 1' } } })],
  [
    'nested',
    (query) => ({ bool: { should: [{ nested: { path: 'parts', query, ignore_unmapped: true } }, words] } }),
  ],
]

const BODIES: readonly (readonly [string, Placement])[] = [
  ['the whole', (query) => ({ query })],
  ['a later page', (query) => ({ query, from: 3, size: 7 })],
  ['without a count', (query) => ({ query, track_total_hits: false })],
  ['min_score', (query) => ({ query, min_score: 3 })],
  ['sorted by score', (query) => ({ query, sort: ['_score', { _doc: 'desc' }] })],
  ['sorted otherwise', (query) => ({ query, sort: [{ _doc: 'desc' }], track_scores: true })],
  ['post_filter', (query) => ({ query: words, post_filter: query })],
  [
    'rescore',
    (query) => ({ query: words, rescore: { query: { rescore_query: query, rescore_query_weight: 0.7 } } }),
  ],
  ['explain', (query) => ({ query, explain: true, size: 3 })],
  ['highlight', (query) => ({ query, highlight: { fields: { text: {} } } })],
  [
    'a highlight of its own',
    (query) => ({ query: words, highlight: { fields: { text: { highlight_query: query } } } }),
  ],
  ['collapse', (query) => ({ query, collapse: { field: 'splade_meta.content_hash' } })],
]

describeNeural("a neural_sparse query through the proxy, beside OpenSearch's own", () => {
  let fixture: NeuralFixture

  beforeAll(async () => {
    fixture = await openNeuralFixture()
  })
  afterAll(() => fixture.close())

  const asTokens = async (text: string, options: object = {}) => ({
    neural_sparse: { splade: { query_tokens: await fixture.tokensOf(text), ...options } },
  })
  const asText = (text: string, options: object = {}) =>
    Promise.resolve({
      neural_sparse: { splade: { query_text: text, model_id: fixture.modelId, ...options } },
    })
  const FORMS = [
    ['query_tokens', asTokens],
    ['query_text and model_id', asText],
  ] as const

  const senders = () => [fixture.direct, fixture.through]

  /** Sends a request to both, and expects one answer. */
  const expectEqual = async (path: string, body: object | string) => {
    const target = path.replace('INDEX', fixture.index)
    const direct = await fixture.direct('POST', target, body)
    const through = await fixture.through('POST', target, body)
    expect(fixture.proxy.sent.at(-1)?.body).not.toContain('neural_sparse')
    expect(direct.status).toBe(200)
    expect(comparable(through)).toEqual(comparable(direct))
    return direct
  }
  const search = (body: object) => expectEqual('/INDEX/_search', { size: 60, _source: false, ...body })

  it.each(FORMS)('finds what the engine finds with %s: 40 queries', async (_, queryOf) => {
    for (const text of randomTexts(40)) {
      const direct = await search({ query: await queryOf(text) })
      expect(hitsOf(direct).length).toBeGreaterThan(0)
    }
  })

  it.each(FORMS)('scores alike under any boost with %s: 40 queries', async (_, queryOf) => {
    for (const [place, text] of randomTexts(40).entries())
      await search({ query: await queryOf(text, { boost: 0.1 + place * 0.37 }) })
  })

  it.each(FORMS)('names alike with %s, and takes a bound on scores', async (_, queryOf) => {
    const options = { _name: 'mine', boost: 1.3, max_token_score: 3.5 }
    const query = await queryOf('a cold car', options)
    await expectEqual('/INDEX/_search?include_named_queries_score=true', { query, _source: false })
    const direct = await search({ query })
    expect(hitsOf(direct)[0]).toMatchObject({ matched_queries: ['mine'] })
  })

  it.each(QUERIES)('%s', async (_, placed) => {
    for (const text of randomTexts(5))
      for (const [, queryOf] of FORMS)
        for (const boost of [1, 0.3]) await search({ query: placed(await queryOf(text, { boost })) })
  })

  it.each(BODIES)('%s', async (_, bodyOf) => {
    for (const text of randomTexts(4))
      for (const [, queryOf] of FORMS) await search(bodyOf(await queryOf(text)))
  })

  it.each(FORMS)(
    'counts, explains, validates, and searches several times at once with %s',
    async (_, queryOf) => {
      const query = await queryOf('when the water is cold', { boost: 1.1 })
      await expectEqual('/INDEX/_count', { query })
      await expectEqual('/INDEX/_explain/en-020', { query })
      await expectEqual('/INDEX/_validate/query', { query })
      const lines = [
        {},
        { query },
        { index: fixture.index },
        { query: words, size: 1 },
        {},
        { query, size: 2, from: 1 },
      ]
      await expectEqual('/INDEX/_msearch', lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    },
  )

  it.each(FORMS)('aggregates with %s', async (_, queryOf) => {
    const query = await queryOf('when the water is cold')
    await search({ size: 0, aggs: { one: { filter: query } } })
    const filters = { a: query, b: words }
    await search({
      size: 0,
      aggs: { several: { filters: { filters } }, matrix: { adjacency_matrix: { filters } } },
    })
  })

  it.each(FORMS)('scrolls with %s', async (_, queryOf) => {
    const query = await queryOf('when the water is cold')
    const pages = []
    for (const send of senders()) {
      const first = await send('POST', `/${fixture.index}/_search?scroll=1m`, { query, size: 4 })
      const { _scroll_id: scroll } = first.json as { readonly _scroll_id: string }
      const next = await send('POST', '/_search/scroll', { scroll: '1m', scroll_id: scroll })
      await send('DELETE', '/_search/scroll', { scroll_id: scroll })
      pages.push([hitsOf(first), hitsOf(next)])
    }
    expect(pages[1]).toEqual(pages[0])
    expect(pages[0]).toMatchObject([{ length: 4 }, { length: 4 }])
  })

  it.each(FORMS)('pages through a point in time with %s', async (_, queryOf) => {
    const query = await queryOf('when the water is cold')
    const sort = ['_score', { _doc: 'asc' }]
    const pages = []
    for (const send of senders()) {
      const opened = await send('POST', `/${fixture.index}/_search/point_in_time?keep_alive=1m`)
      const { pit_id: id } = opened.json as { readonly pit_id: string }
      const first = await send('POST', '/_search', { query, size: 4, sort, pit: { id } })
      const after = (hitsOf(first).at(-1) as { readonly sort: readonly unknown[] }).sort
      const next = await send('POST', '/_search', { query, size: 4, sort, pit: { id }, search_after: after })
      await send('DELETE', '/_search/point_in_time', { pit_id: [id] })
      pages.push([hitsOf(first), hitsOf(next)])
    }
    expect(pages[1]).toEqual(pages[0])
    expect(pages[0]).toMatchObject([{ length: 4 }, { length: 4 }])
  })

  it('takes numbers as strings, as templates write them', async () => {
    const options = { query_tokens: { cold: '1.5', car: '2' }, boost: '0.7' }
    const direct = await search({ query: { neural_sparse: { splade: options } } })
    expect(hitsOf(direct).length).toBeGreaterThan(0)
  })

  it('is a background of words as a text, too, which the engine itself refuses', async () => {
    const bodyOf = (query: object) => ({
      size: 0,
      aggs: { words: { significant_text: { field: 'text', background_filter: query } } },
    })
    const text = 'when the water is cold'
    const counted = await search(bodyOf(await asTokens(text)))
    const target = `/${fixture.index}/_search`
    const body = bodyOf(await asText(text))
    expect((await fixture.direct('POST', target, body)).status).toBe(400)
    expect(comparable(await fixture.through('POST', target, body))).toEqual(comparable(counted))
  })
})
