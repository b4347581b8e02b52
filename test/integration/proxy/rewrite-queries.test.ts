import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ENGINES, uniqueName } from '../../engines.js'
import { askProxy, RECORDS } from './corpus.js'
import { type Fixture, openFixture } from './fixture.js'

describe.each(ENGINES)('sparse queries through the rewriter on %s', (id) => {
  const text = 'why does my car not start'
  let fixture: Fixture
  let index: string
  let expected: readonly (readonly [string, number])[]

  const ask = (method: string, path: string, body?: unknown) => askProxy(fixture.proxy, method, path, body)
  const hitsOf = async (path: string, body: unknown) => {
    const { json } = await ask('POST', path, body)
    const answer = json as { hits?: { hits: { _id: string; _score: number }[] }; error?: unknown }
    if (answer.hits === undefined) throw new Error(JSON.stringify(answer.error))
    return answer.hits.hits.map(({ _id, _score }) => [_id, Math.fround(_score)] as const)
  }
  const search = (query: unknown) => hitsOf(`/${index}/_search`, { query })

  beforeAll(async () => {
    fixture = await openFixture(id)
    index = fixture.index
    expected = (await fixture.searcher.search({ query: text })).hits.map(({ id: hit, score }) => [hit, score])
  })
  afterAll(() => fixture.close())

  it.each<[string, object]>([
    ['splade', { splade: { text } }],
    [
      'splade with all its options',
      { splade: { text, field: 'splade', model: 'splade-tiny-en', boost: 1, _name: 'a' } },
    ],
    ['sparse_vector', { sparse_vector: { field: 'splade', query: text, inference_id: 'splade-tiny-en' } }],
    ['text_expansion', { text_expansion: { splade: { model_id: 'splade-tiny-en', model_text: text } } }],
    ['semantic', { semantic: { field: 'splade', query: text } }],
    ['neural_sparse', { neural_sparse: { splade: { query_text: text, model_id: 'splade-tiny-en' } } }],
    ['bool', { bool: { must: [{ splade: { text } }], filter: { match_all: {} } } }],
    ['dis_max', { dis_max: { queries: [{ splade: { text } }] } }],
    ['function_score', { function_score: { query: { splade: { text } } } }],
    [
      'boosting',
      { boosting: { positive: { splade: { text } }, negative: { match_none: {} }, negative_boost: 0.5 } },
    ],
  ])('%s gives the hits and scores of search', async (_, query) => {
    expect(await search(query)).toEqual(expected)
  })

  it('tokens with their weights give the scores of the text that they come from', async () => {
    const [encoding] = await fixture.encoder.encodeQueries([text])
    const tokens = Object.fromEntries(encoding!.vector)
    expect(await search({ splade: { tokens } })).toEqual(expected)
    expect(await search({ neural_sparse: { splade: { query_tokens: tokens } } })).toEqual(expected)
    expect(await search({ sparse_vector: { field: 'splade', query_vector: tokens } })).toEqual(expected)
  })

  it('a pattern does not mean the indices of plugins, whose names begin with a dot', async () => {
    const hidden = `.plugins-${index}`
    await fixture.client.request({ method: 'PUT', path: `/${hidden}` })
    try {
      const query = { splade: { text } }
      expect(await hitsOf(`/*${index}/_search`, { query })).toEqual(expected)
      const named = await ask('POST', `/${hidden},${index}/_search`, { query })
      expect(named.text).toContain('was not set up by splade-bridge')
    } finally {
      await fixture.client.request({ method: 'DELETE', path: `/${hidden}` })
    }
  })

  it('boosts, prunes and names', async () => {
    const pruned = await fixture.searcher.search({ query: text, prune: { topK: 3 } })
    const ids = (hits: readonly (readonly [string, number])[]) => hits.map(([hit]) => hit)
    expect(ids(await search({ splade: { text, prune: { top_k: 3 } } }))).toEqual(
      pruned.hits.map((hit) => hit.id),
    )
    const [[, score]] = (await search({ splade: { text, boost: 2 } })) as [readonly [string, number]]
    expect(score).toBeCloseTo(2 * expected[0]![1], 4)
    const { json } = await ask('POST', `/${index}/_search`, {
      query: { splade: { text, _name: 'mine' } },
    })
    expect(json).toMatchObject({
      hits: { hits: expect.arrayContaining([expect.objectContaining({ matched_queries: ['mine'] })]) },
    })
  })

  it('are the background of an aggregation', async () => {
    const words = { significant_text: { field: 'text', background_filter: { splade: { text } } } }
    const { json } = await ask('POST', `/${index}/_search`, { size: 0, aggs: { words } })
    expect(json).toMatchObject({ aggregations: { words: { bg_count: expected.length } } })
  })

  it('counts, explains one document, and validates', async () => {
    const query = { splade: { text } }
    const count = await ask('POST', `/${index}/_count`, { query })
    expect(count.json).toMatchObject({ count: expected.length })
    const explained = await ask('POST', `/${index}/_explain/car`, { query })
    expect(explained.json).toMatchObject({ matched: true })
    const validated = await ask('POST', `/${index}/_validate/query`, { query })
    expect(validated.json).toMatchObject({ valid: true })
  })

  it('searches several times at once; one that is refused leaves the others alone', async () => {
    const lines = [
      {},
      { query: { splade: { text } } },
      { index },
      { query: { splade: {} } },
      { index },
      { query: { match_all: {} } },
    ]
    const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    const { json } = await ask('POST', `/${index}/_msearch`, body)
    const { responses } = json as {
      responses: { hits?: { hits: { _id: string }[] }; error?: { reason: string } }[]
    }
    expect(responses.map(({ hits }) => hits?.hits.length)).toEqual([
      expected.length,
      undefined,
      RECORDS.length,
    ])
    expect(responses[1]?.error?.reason).toContain('[splade] query: [text] or [tokens] is required')
  })

  it('finds by alias and by pattern', async () => {
    const alias = uniqueName('alias')
    await fixture.client.request({ method: 'PUT', path: `/${index}/_alias/${alias}` })
    for (const name of [alias, `${index.slice(0, -1)}*`, `${index},${index}`])
      expect(await hitsOf(`/${name}/_search`, { query: { splade: { text } } })).toEqual(expected)
  })

  const sinceThereArePoints = id === 'opensearch-1' ? it.skip : it
  sinceThereArePoints('searches in a point in time, whose index nobody names again', async () => {
    const [path, member] = id.startsWith('opensearch') ? ['_search/point_in_time', 'pit_id'] : ['_pit', 'id']
    const opened = await ask('POST', `/${index}/${path}?keep_alive=1m`)
    const pit = (opened.json as Record<string, string>)[member]
    expect(await hitsOf('/_search', { pit: { id: pit }, query: { splade: { text } } })).toEqual(expected)
  })

  it('renders templates, and rewrites what comes out of them', async () => {
    const template = { source: '{"query":{"splade":{"text":"{{words}}"}}}', params: { words: text } }
    const rendered = await ask('POST', '/_render/template', template)
    // The embedded engines do not all have the module.
    if (rendered.status !== 200) return
    expect(await hitsOf(`/${index}/_search/template`, template)).toEqual(expected)
    const lines = [
      { index },
      template,
      { index },
      { source: { query: { match_all: {} } } },
      { index },
      { id: 'missing' },
    ]
    const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    const { json } = await ask('POST', '/_msearch/template', body)
    const { responses } = json as { responses: { hits?: { hits: { _id: string }[] }; error?: unknown }[] }
    expect(responses.map(({ hits }) => hits?.hits.length)).toEqual([
      expected.length,
      RECORDS.length,
      undefined,
    ])
  })

  it('scrolls', async () => {
    const { json } = await ask('POST', `/${index}/_search?scroll=1m`, {
      size: 1,
      query: { splade: { text } },
    })
    const scroll = (json as { _scroll_id: string })._scroll_id
    const next = await ask('POST', '/_search/scroll', { scroll: '1m', scroll_id: scroll })
    expect(next.json).toMatchObject({ hits: { hits: [{ _id: expected[1]?.[0] }] } })
    await ask('DELETE', '/_search/scroll', { scroll_id: scroll })
  })

  it("hands Elasticsearch's own pruning to its own fields, and refuses it elsewhere", async () => {
    const pruning = { tokens_freq_ratio_threshold: 5, tokens_weight_threshold: 0.9 }
    const query = { sparse_vector: { field: 'splade', query: text, prune: true, pruning_config: pruning } }
    const { status, text: answer } = await ask('POST', `/${index}/_search`, { query })
    if (fixture.searcher.meta.fieldType === 'sparse_vector') {
      expect(status).toBe(200)
      expect(fixture.proxy.sent.at(-1)?.body).toContain(
        `"prune":true,"pruning_config":${JSON.stringify(pruning)}`,
      )
    } else expect(answer).toContain('need a field of type sparse_vector')
  })

  it('leaves sparse queries on fields of others to the engine', async () => {
    const body = '{"query":{"sparse_vector":{"field":"theirs","query":"x"}}}'
    await ask('POST', `/${index}/_search`, body)
    expect(fixture.proxy.sent.at(-1)?.body).toBe(body)
  })

  it('sends every other byte as it came', async () => {
    const body = `{ "size" : 1.0e1,"query":{"bool":{"must":{"splade":{"text":"volcano"}},
      "must_not":{"range":{"n":{"gt":12345678901234567890}}} }} /* kept */ }`
    await ask('POST', `/${index}/_search`, body)
    const sent = fixture.proxy.sent.at(-1)?.body ?? ''
    const [before, after] = body.split('{"splade":{"text":"volcano"}}') as [string, string]
    expect(sent.startsWith(before)).toBe(true)
    expect(sent.endsWith(after)).toBe(true)
  })

  it.each<[string, object, string]>([
    ['text beside tokens', { splade: { text, tokens: { a: 1 } } }, '[text] cannot be combined with [tokens]'],
    ['another field', { splade: { text, field: 'other' } }, 'has no vector field "other"; it has "splade"'],
    ['another model', { splade: { text, model: 'other' } }, '[model] is "other", but index'],
    ['an unknown option', { splade: { text, fuzzy: 1 } }, '[fuzzy] is not supported by splade-bridge'],
    [
      'bad pruning',
      { splade: { text, prune: { max_ratio: 2 } } },
      '[splade.prune] query: [max_ratio] must be a number from 0 to 1, received 2',
    ],
    ['no boost', { splade: { text, boost: 0 } }, '[boost] must be a finite number > 0, received 0'],
    [
      'a negative weight',
      { splade: { tokens: { a: -1 } } },
      'must give token "a" a finite weight > 0, received -1',
    ],
    [
      'an analyzer',
      { neural_sparse: { splade: { query_text: text, analyzer: 'x' } } },
      '[analyzer] is not supported',
    ],
    [
      'a token that no field can hold',
      { neural_sparse: { splade: { query_tokens: { ['x'.repeat(40_000)]: 1 } } } },
      '[query_tokens] cannot be searched: token "xxx',
    ],
    [
      'too much',
      { bool: { should: Array.from({ length: 512 }, () => ({ splade: { text } })) } },
      'may have 512 in all',
    ],
  ])('refuses %s', async (_, query, message) => {
    const { status, json } = await ask('POST', `/${index}/_search`, { query })
    expect(status).toBe(400)
    expect((json as { error: { reason: string } }).error.reason).toContain(message)
  })

  it('refuses an index that splade-bridge did not set up, and one that is not there', async () => {
    const foreign = uniqueName('foreign')
    await fixture.client.request({ method: 'PUT', path: `/${foreign}` })
    const query = { splade: { text } }
    const refused = await ask('POST', `/${foreign}/_search`, { query })
    expect(refused.text).toContain('was not set up by splade-bridge')
    expect((await ask('POST', `/${uniqueName('none')}/_search`, { query })).status).toBe(404)
    const mixed = await ask('POST', `/${foreign},${index}/_search`, { query })
    expect(mixed.text).toContain('was not set up by splade-bridge')
    await fixture.client.request({ method: 'DELETE', path: `/${foreign}` })
  })
})
