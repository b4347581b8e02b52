import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { toRankFeatures } from '../../../src/rank-features/document-field.js'
import { storedWeight } from '../../../src/rank-features/stored-weight.js'
import { OUTER_ENGINES } from '../../engines.js'
import { askProxy } from './corpus.js'
import { openFixture, type Fixture } from './fixture.js'

interface ExplainedHit {
  readonly _id: string
  readonly _score: number
  readonly splade_score?: {
    readonly score: number
    readonly sparse: number
    readonly rest: number
    readonly rest_parts?: readonly {
      readonly kind: string
      readonly score: number
      readonly field?: string
    }[]
    readonly fused?: readonly {
      readonly search: number
      readonly rank: number
      readonly score: number
      readonly contribution: number
    }[]
  }
  readonly splade_explanation: readonly {
    readonly field: string
    readonly score?: number
    readonly note?: string
    readonly highlight?: string
    readonly more_tokens?: number
    readonly tokens: readonly {
      readonly token: string
      readonly query_weight: number
      readonly document_weight: number
      readonly contribution: number
      readonly share: number
      readonly spans: readonly (readonly [number, number])[]
    }[]
  }[]
}

describe.each(OUTER_ENGINES)('explanations on %s', (id) => {
  let fixture: Fixture
  const text = 'why does my car not start'

  const hitsOf = async (target: string, body: unknown): Promise<readonly ExplainedHit[]> => {
    const { text: received, json } = await askProxy(fixture.proxy, 'POST', target, body)
    const { hits } = json as { hits?: { hits: readonly ExplainedHit[] } }
    if (hits === undefined) throw new Error(received)
    return hits.hits
  }

  beforeAll(async () => {
    fixture = await openFixture(id)
  })
  afterAll(() => fixture.close())

  it('add up to the score, token by token, with their places in the text', async () => {
    const [hit] = await hitsOf(`/${fixture.index}/_search?splade_explain=true`, {
      query: { splade: { text } },
    })
    const [explanation] = hit!.splade_explanation
    expect(explanation).toMatchObject({ field: 'splade', query: text })
    expect(explanation!.score).toBeCloseTo(hit!._score, 4)
    const shares = explanation!.tokens.reduce((sum, { share }) => sum + share, 0)
    expect(shares).toBeLessThanOrEqual(1.000001)
    expect(explanation!.tokens.length).toBe(10)
    expect(explanation!.more_tokens).toBeGreaterThan(0)
    for (const { query_weight, document_weight, contribution } of explanation!.tokens)
      expect(contribution).toBeCloseTo(query_weight * document_weight, 4)
    const car = explanation!.tokens.find(({ token }) => token === 'car')
    expect(car?.spans).toEqual([[3, 6]])
    expect(explanation!.highlight).toContain('<em>car</em> does <em>not</em> <em>start</em>')
  })

  it('say the weights that the engine has stored', async () => {
    const hits = await hitsOf(`/${fixture.index}/_search?splade_explain`, { query: { splade: { text } } })
    const [encoding] = await fixture.encoder.encodeDocuments([fixture.textOf(hits[0]!._id)])
    const features = toRankFeatures(encoding!.vector)
    for (const { token, document_weight } of hits[0]!.splade_explanation[0]!.tokens)
      expect(document_weight).toBe(storedWeight(features[token === '.' ? '%2E' : token]!))
  })

  it('are there whatever else the query holds, one for each sparse query', async () => {
    const hits = await hitsOf(`/${fixture.index}/_search`, {
      splade_explain: true,
      _source: false,
      sort: ['_doc'],
      query: {
        bool: {
          should: [
            { splade: { text, boost: 3, _name: 'a' } },
            { match_all: {} },
            { splade: { text: 'lava' } },
          ],
        },
      },
    })
    expect(hits).toHaveLength(6)
    const car = hits.find(({ _id }) => _id === 'car')
    expect(car?.splade_explanation).toMatchObject([{ _name: 'a' }, { query: 'lava' }])
    const plain = await hitsOf(`/${fixture.index}/_search?splade_explain`, { query: { splade: { text } } })
    expect(car?.splade_explanation[0]?.score).toBeCloseTo(3 * plain[0]!._score, 3)
  })

  it('say so where nothing of a hit comes from the sparse query', async () => {
    const hits = await hitsOf(`/${fixture.index}/_search`, {
      splade_explain: true,
      query: { bool: { should: [{ splade: { tokens: { car: 1 } } }, { match: { text: 'volcano' } }] } },
    })
    const volcano = hits.find(({ _id }) => _id === 'volcano')
    expect(volcano?.splade_explanation).toEqual([
      {
        field: 'splade',
        score: 0,
        tokens: [],
        missed: [{ token: 'car', readable: 'car', feature: 'car', query_weight: 1 }],
        missed_words: [{ word: 'car', partial: false, query_weight: 1, tokens: ['car'], spans: [] }],
        note: "none of the query's 1 tokens is in the document's vector",
      },
    ])
  })

  const sparse = { splade: { text } }
  const words = { match: { text: 'heart car volcano' } }
  it.each([
    ['nothing', sparse, []],
    ['full text', { bool: { should: [sparse, words] } }, ['text']],
    ['a boost', { bool: { should: [sparse], boost: 3 } }, ['boost']],
    [
      'a constant, full text and a function',
      {
        function_score: {
          query: {
            bool: { must: [sparse], should: [words, { constant_score: { filter: words, boost: 2 } }] },
          },
          functions: [{ weight: 0.5 }],
        },
      },
      ['boost', 'constant', 'text'],
    ],
  ])('say what the rest of the score is: %s', async (_, query, kinds) => {
    const hits = await hitsOf(`/${fixture.index}/_search`, { query, splade_explain: true })
    const best = hits.find(({ _id }) => _id === 'car')!
    expect([...new Set(best.splade_score?.rest_parts?.map(({ kind }) => kind))].sort()).toEqual(kinds)
    for (const hit of hits) {
      const { score, sparse: part, rest, rest_parts = [] } = hit.splade_score!
      expect(score).toBe(hit._score)
      // A rest within the rounding of 32-bit floats is told as 0.
      expect(Math.abs(part + rest - score)).toBeLessThanOrEqual(1e-5 * score)
      const named = rest_parts.reduce((sum, one) => sum + one.score, 0)
      expect(Math.abs(named - rest)).toBeLessThanOrEqual(2e-5 * Math.max(score, part))
      expect(hit).not.toHaveProperty('_explanation')
      expect(hit).not.toHaveProperty('_shard')
    }
  })

  const hybrid = { splade_hybrid: { queries: [words, sparse], weights: [1, 2], fusion: 'rrf' } }
  const expectFused = (hits: readonly ExplainedHit[]): void => {
    const car = hits.find(({ _id }) => _id === 'car')!
    expect(car.splade_score!.fused!.map(({ search }) => search)).toEqual([0, 1])
    for (const { _score, splade_score, splade_explanation } of hits) {
      const { score, fused = [] } = splade_score!
      expect(score).toBe(_score)
      expect(fused.reduce((sum, { contribution }) => sum + contribution, 0)).toBe(score)
      for (const { search, rank, contribution } of fused)
        expect(contribution).toBe((search + 1) / (60 + rank))
      const ofSparse = fused.find(({ search }) => search === 1)
      expect(splade_explanation[0]!.score ?? 0).toBeCloseTo(ofSparse?.score ?? 0, 4)
    }
  }

  it('say what each search gave to a hit that is fused', async () => {
    expectFused(await hitsOf(`/${fixture.index}/_search`, { query: hybrid, splade_explain: true }))
    const body = `{}\n${JSON.stringify({ query: hybrid, splade_explain: true })}\n`
    const { json } = await askProxy(fixture.proxy, 'POST', `/${fixture.index}/_msearch`, body)
    const { responses } = json as { responses: { hits: { hits: ExplainedHit[] } }[] }
    expectFused(responses[0]!.hits.hits)
  })

  it('leave the engine’s own explanation to whom it is for', async () => {
    const query = { bool: { should: [sparse, words] } }
    const [hit] = await hitsOf(`/${fixture.index}/_search`, { query, explain: true, splade_explain: true })
    expect(hit).toHaveProperty('_explanation.value')
    expect(hit!.splade_score?.rest_parts).toMatchObject([{ kind: 'text', field: 'text' }])
  })

  it('come for the searches of an _msearch that ask for them', async () => {
    const lines = [
      {},
      { query: { splade: { text } } },
      {},
      { splade_explain: true, query: { splade: { text } } },
    ]
    const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    const { json } = await askProxy(fixture.proxy, 'POST', `/${fixture.index}/_msearch`, body)
    const { responses } = json as { responses: { hits: { hits: ExplainedHit[] } }[] }
    expect(responses[0]!.hits.hits[0]).not.toHaveProperty('splade_explanation')
    expect(responses[1]!.hits.hits[0]!.splade_explanation[0]!.tokens).toHaveLength(10)
  })

  it('come for all searches of an _msearch whose address asks, but for those that say otherwise', async () => {
    const lines = [
      {},
      { query: { splade: { text } } },
      {},
      { query: { match_all: {} } },
      {},
      { splade_explain: false, query: { splade: { text } } },
    ]
    const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    const { json } = await askProxy(
      fixture.proxy,
      'POST',
      `/${fixture.index}/_msearch?splade_explain=true`,
      body,
    )
    const { responses } = json as { responses: { hits: { hits: ExplainedHit[] } }[] }
    const [sparseHit, plainHit, silentHit] = responses.map(({ hits }) => hits.hits[0]!)
    expect(sparseHit!.splade_explanation[0]!.tokens).toHaveLength(10)
    expect(plainHit!.splade_explanation).toEqual([])
    expect(silentHit).not.toHaveProperty('splade_explanation')
    expect(fixture.proxy.sent.map(({ target }) => target)).toContain(`/${fixture.index}/_msearch`)
  })

  it('do not come for a search that says no, whatever its address says', async () => {
    const [hit] = await hitsOf(`/${fixture.index}/_search?splade_explain=true`, {
      query: { splade: { text } },
      splade_explain: false,
    })
    expect(hit).not.toHaveProperty('splade_explanation')
  })

  it('are none where nothing is sparse, and no engine sees the option', async () => {
    const hits = await hitsOf(`/${fixture.index}/_search?splade_explain=true&size=1`, {
      query: { match_all: {} },
    })
    expect(hits).toMatchObject([{ splade_explanation: [] }])
    expect(fixture.proxy.sent.at(-1)?.target).toBe(`/${fixture.index}/_search?size=1`)
  })
})
