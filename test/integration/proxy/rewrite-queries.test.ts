import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import { openSearcher, type Searcher } from '../../../src/search/search.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'
import { askProxy, MODEL, RECORDS, recordLines } from './corpus.js'
import { type RewritingUpstream, startRewritingUpstream } from './rewriting-upstream.js'

describe.each(ENGINES)('sparse queries through the rewriter on %s', (id) => {
  const index = uniqueName('rewrite')
  const text = 'why does my car not start'
  let client: EngineClient
  let encoder: Encoder
  let searcher: Searcher
  let proxy: RewritingUpstream
  let expected: readonly (readonly [string, number])[]

  const hitsOf = async (path: string, body: unknown) => {
    const { json } = await askProxy(proxy, 'POST', path, body)
    const answer = json as { hits?: { hits: { _id: string; _score: number }[] }; error?: unknown }
    if (answer.hits === undefined) throw new Error(JSON.stringify(answer.error))
    return answer.hits.hits.map(({ _id, _score }) => [_id, Math.fround(_score)] as const)
  }
  const search = (query: unknown) => hitsOf(`/${index}/_search`, { query })

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    encoder = await loadNeuralEncoder(await loadModelBundle(MODEL))
    const meta = {
      field: 'splade',
      textFields: ['text'],
      encoder: encoder.identity,
      longTexts: encoder.longTexts!,
    }
    await createIndex(client, { index, meta })
    await indexDocuments(client, encoder, { index, inputs: [streamInput(recordLines())] })
    searcher = await openSearcher(client, encoder, index)
    proxy = await startRewritingUpstream(testEngine(id).url, createRewriter({ encoders: [encoder] }))
    expected = (await searcher.search({ query: text })).hits.map(({ id: hit, score }) => [hit, score])
  })
  afterAll(async () => {
    await proxy.close()
    await client.request({ method: 'DELETE', path: `/${index}` })
    await encoder.close()
    await client.close()
  })

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
    const [encoding] = await encoder.encodeQueries([text])
    const tokens = Object.fromEntries(encoding!.vector)
    expect(await search({ splade: { tokens } })).toEqual(expected)
    expect(await search({ neural_sparse: { splade: { query_tokens: tokens } } })).toEqual(expected)
    expect(await search({ sparse_vector: { field: 'splade', query_vector: tokens } })).toEqual(expected)
  })

  it('boosts, prunes and names', async () => {
    const pruned = await searcher.search({ query: text, prune: { topK: 3 } })
    const ids = (hits: readonly (readonly [string, number])[]) => hits.map(([hit]) => hit)
    expect(ids(await search({ splade: { text, prune: { top_k: 3 } } }))).toEqual(
      pruned.hits.map((hit) => hit.id),
    )
    const [[, score]] = (await search({ splade: { text, boost: 2 } })) as [readonly [string, number]]
    expect(score).toBeCloseTo(2 * expected[0]![1], 4)
    const { json } = await askProxy(proxy, 'POST', `/${index}/_search`, {
      query: { splade: { text, _name: 'mine' } },
    })
    expect(json).toMatchObject({
      hits: { hits: expect.arrayContaining([expect.objectContaining({ matched_queries: ['mine'] })]) },
    })
  })

  it('counts, explains one document, and validates', async () => {
    const query = { splade: { text } }
    const count = await askProxy(proxy, 'POST', `/${index}/_count`, { query })
    expect(count.json).toMatchObject({ count: expected.length })
    const explained = await askProxy(proxy, 'POST', `/${index}/_explain/car`, { query })
    expect(explained.json).toMatchObject({ matched: true })
    const validated = await askProxy(proxy, 'POST', `/${index}/_validate/query`, { query })
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
    const { json } = await askProxy(proxy, 'POST', `/${index}/_msearch`, body)
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
    await client.request({ method: 'PUT', path: `/${index}/_alias/${alias}` })
    for (const name of [alias, `${index.slice(0, -1)}*`, `${index},${index}`])
      expect(await hitsOf(`/${name}/_search`, { query: { splade: { text } } })).toEqual(expected)
  })

  it('scrolls', async () => {
    const { json } = await askProxy(proxy, 'POST', `/${index}/_search?scroll=1m`, {
      size: 1,
      query: { splade: { text } },
    })
    const scroll = (json as { _scroll_id: string })._scroll_id
    const next = await askProxy(proxy, 'POST', '/_search/scroll', { scroll: '1m', scroll_id: scroll })
    expect(next.json).toMatchObject({ hits: { hits: [{ _id: expected[1]?.[0] }] } })
    await askProxy(proxy, 'DELETE', '/_search/scroll', { scroll_id: scroll })
  })

  it('leaves sparse queries on fields of others to the engine', async () => {
    const body = '{"query":{"sparse_vector":{"field":"theirs","query":"x"}}}'
    await askProxy(proxy, 'POST', `/${index}/_search`, body)
    expect(proxy.sent.at(-1)?.body).toBe(body)
  })

  it('sends every other byte as it came', async () => {
    const body = `{ "size" : 1.0e1,"query":{"bool":{"must":{"splade":{"text":"volcano"}},
      "must_not":{"range":{"n":{"gt":12345678901234567890}}} }} /* kept */ }`
    await askProxy(proxy, 'POST', `/${index}/_search`, body)
    const sent = proxy.sent.at(-1)?.body ?? ''
    const [before, after] = body.split('{"splade":{"text":"volcano"}}') as [string, string]
    expect(sent.startsWith(before)).toBe(true)
    expect(sent.endsWith(after)).toBe(true)
  })

  it.each<[object, string]>([
    [{ splade: { text, tokens: { a: 1 } } }, '[splade] query: [text] cannot be combined with [tokens]'],
    [{ splade: { text, field: 'other' } }, 'has no vector field "other"; it has "splade"'],
    [{ splade: { text, model: 'other' } }, '[model] is "other", but index'],
    [{ splade: { text, fuzzy: 1 } }, '[splade] query: [fuzzy] is not supported by splade-bridge'],
    [{ splade: { text, prune: { max_ratio: 2 } } }, 'maxRatio must be a number from 0 to 1, received 2'],
    [{ splade: { text, boost: 0 } }, '[boost] must be a finite number > 0, received 0'],
    [{ splade: { tokens: { a: -1 } } }, 'must give token "a" a finite weight > 0, received -1'],
    [
      { neural_sparse: { splade: { query_text: text, analyzer: 'x' } } },
      '[neural_sparse] query: [analyzer] is not supported',
    ],
    [{ bool: { should: Array.from({ length: 512 }, () => ({ splade: { text } })) } }, 'may have 512 in all'],
  ])('refuses %j', async (query, message) => {
    const { status, json } = await askProxy(proxy, 'POST', `/${index}/_search`, { query })
    expect(status).toBe(400)
    expect((json as { error: { reason: string } }).error.reason).toContain(message)
  })

  it('refuses an index that splade-bridge did not set up, and one that is not there', async () => {
    const foreign = uniqueName('foreign')
    await client.request({ method: 'PUT', path: `/${foreign}` })
    const query = { splade: { text } }
    const refused = await askProxy(proxy, 'POST', `/${foreign}/_search`, { query })
    expect(refused.text).toContain('was not set up by splade-bridge')
    expect((await askProxy(proxy, 'POST', `/${uniqueName('none')}/_search`, { query })).status).toBe(404)
    const mixed = await askProxy(proxy, 'POST', `/${foreign},${index}/_search`, { query })
    expect(mixed.text).toContain('was not set up by splade-bridge')
    await client.request({ method: 'DELETE', path: `/${foreign}` })
  })
})
