import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import { NEURAL_ENGINE, testEngine, uniqueName } from '../../engines.js'
import { askProxy } from './corpus.js'
import { hitsOf, openDenseFixture, partsOf, QUERIES } from './dense-corpus.js'
import type { Fixture } from './fixture.js'
import { startRewritingUpstream } from './rewriting-upstream.js'

const MEAN = [{ 'normalization-processor': {} }]

// neural-search leaves fusing to a search pipeline. Without one it answers with the hits of every part one after the other,
// and marks between them that look like hits.
describe('hybrid queries that no search pipeline fuses', () => {
  const [words, sparse, knn] = partsOf(QUERIES[0]!)
  const queries = [words, sparse, knn]
  const hybrid = { hybrid: { queries } }
  const pipeline = uniqueName('pipeline')
  let fixture: Fixture

  const send = (body: object, parameters = '') =>
    askProxy(fixture.proxy, 'POST', `/${fixture.index}/_search${parameters}`, body)
  const fusedHere = async (page: object) =>
    hitsOf(await send({ ...page, query: { splade_hybrid: { queries, fusion: 'weighted' } } }))
  const putPipeline = (body: object) =>
    fixture.client.request({ method: 'PUT', path: `/_search/pipeline/${pipeline}`, body })
  const configure = (settings: object) =>
    fixture.client.request({ method: 'PUT', path: `/${fixture.index}/_settings`, body: settings })

  beforeAll(async () => {
    fixture = await openDenseFixture(1)
    await putPipeline({ response_processors: [{ rename_field: { field: 'shelf', target_field: 'row' } }] })
  })
  afterAll(async () => {
    await fixture.client.request({ method: 'DELETE', path: `/_search/pipeline/${pipeline}` })
    await fixture.close()
  })

  it('come from the engine with hits that are none', async () => {
    const engine = { ...fixture.proxy, url: testEngine(NEURAL_ENGINE).url }
    const body = { query: { hybrid: { queries: [words, knn] } } }
    const { hits } = hitsOf(await askProxy(engine, 'POST', `/${fixture.index}/_search`, body))
    expect(hits.slice(0, 2).map(({ _score }) => Math.sign(_score))).toEqual([-1, -1])
    expect(new Set(hits.map(({ _id }) => _id)).size).toBeLessThan(hits.length)
  })

  // Nothing is known of the engine before the first of these: a page that is not the first shows no mark, and one
  // without scores could not.
  it.each<[string, object, string]>([
    ['a later page', { from: 20, size: 5 }, ''],
    ['the first page', {}, ''],
    ['a page of one hit', { size: 1 }, ''],
    ['a page by the address', {}, '?from=3&size=4'],
  ])('are fused by the proxy: %s', async (_, page, parameters) => {
    const answer = hitsOf(await send({ ...page, query: hybrid }, parameters))
    const whole = (await fusedHere({ size: 60 })).hits
    const [from, size] = pageIn(page, parameters)
    expect(answer.hits).toEqual(whole.slice(from, from + size))
    expect(answer.hits).toHaveLength(size)
  })

  it('say what each part gave', async () => {
    const { hits } = hitsOf(await send({ size: 3, query: hybrid, splade_explain: true }))
    for (const { _score, splade_score, splade_explanation } of hits) {
      const { score, fused } = splade_score as { score: number; fused: { contribution: number }[] }
      expect(score).toBe(_score)
      expect(fused.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(score, 12)
      expect(splade_explanation).toHaveLength(1)
    }
  })

  it('are fused in an _msearch', async () => {
    const lines = [{ index: fixture.index }, { query: hybrid, size: 4 }]
    const { json } = await askProxy(
      fixture.proxy,
      'POST',
      '/_msearch',
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    )
    expect(json).toMatchObject({ responses: [{ hits: { hits: (await fusedHere({ size: 4 })).hits } }] })
  })

  it.each<[string, object, string]>([
    ['sort', { sort: [{ place: 'asc' }] }, ''],
    ['aggs', { aggs: { shelves: { terms: { field: 'shelf' } } } }, ''],
    ['search_pipeline', {}, `?search_pipeline=${pipeline}`],
    ['search_pipeline', { search_pipeline: { request_processors: [] } }, ''],
  ])('are refused with %s, and say the way out', async (name, members, parameters) => {
    const { status, text } = await send({ ...members, query: hybrid }, parameters)
    expect([status, text]).toEqual([400, expect.stringContaining(`[${name}] cannot be combined`)])
    expect(text).toContain('name a search pipeline that fuses them, by its normalization-processor')
  })

  it('are left to the engine where no hits are asked for', async () => {
    const body = { size: 0, query: hybrid, aggs: { shelves: { terms: { field: 'shelf' } } } }
    const fresh = await openProxy(fixture)
    const answers = [await send(body), await askProxy(fresh, 'POST', `/${fixture.index}/_search`, body)]
    await fresh.close()
    for (const { json } of answers)
      expect(json).toMatchObject({ aggregations: { shelves: { buckets: { length: 3 } } } })
  })

  it('go through what else the pipeline of the index does', async () => {
    await configure({ 'index.search.default_pipeline': pipeline })
    const { hits } = hitsOf(await send({ query: hybrid, _source: ['shelf'] }))
    expect(hits).toHaveLength(10)
    for (const hit of hits) expect(hit).toMatchObject({ _source: { row: expect.stringMatching('shelf-') } })
  })

  it("are the engine's as soon as the pipeline fuses them", async () => {
    await putPipeline({ phase_results_processors: MEAN })
    await configure({ 'index.search.default_pipeline': pipeline })
    const fresh = await openProxy(fixture)
    const body = { sort: [{ place: 'asc' }], query: hybrid }
    const answer = hitsOf(await askProxy(fresh, 'POST', `/${fixture.index}/_search`, body))
    await fresh.close()
    expect(answer.hits[0]).toHaveProperty('sort')
    // A part that the proxy sends by itself is left as it is.
    expect((await fusedHere({})).hits).toHaveLength(10)
  })
})

function pageIn(page: { from?: number; size?: number }, parameters: string): readonly [number, number] {
  const address = new URLSearchParams(parameters)
  const { from = 0, size = 10 } = page
  return [Number(address.get('from') ?? from), Number(address.get('size') ?? size)]
}

/** A proxy that has seen nothing yet. */
function openProxy({ encoder }: Fixture) {
  return startRewritingUpstream(testEngine(NEURAL_ENGINE).url, createRewriter({ encoders: [encoder] }))
}
