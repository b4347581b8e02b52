import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { LongTextOptions } from '../../../src/encoder/long-texts.js'
import { askProxy } from './corpus.js'
import { type Hits, hitsOf, openDenseFixture, partsOf, QUERIES, WHOLE } from './dense-corpus.js'
import type { Fixture } from './fixture.js'

const normalizing = (normalization: string, weights: readonly number[]) => ({
  'normalization-processor': {
    normalization: { technique: normalization },
    combination: { technique: 'arithmetic_mean', parameters: { weights } },
  },
})
const ranking = (options: object) => ({
  'score-ranker-processor': {
    combination: { technique: 'rrf', ...options },
  },
})

/** The engine computes with 32-bit floats; scores are at most 1. */
const FLOAT_ERROR = 2 ** -22

/** How the proxy is told to fuse, and how a search pipeline says the same. Weights there have to sum to 1. */
const WAYS: readonly (readonly [name: string, options: object, processor: object])[] = [
  ['min_max', { fusion: 'weighted' }, normalizing('min_max', [1 / 3, 1 / 3, 1 / 3])],
  [
    'min_max by weights',
    { fusion: 'weighted', weights: [1, 5, 2] },
    normalizing('min_max', [0.125, 0.625, 0.25]),
  ],
  ['l2', { fusion: 'weighted', normalization: 'l2' }, normalizing('l2', [1 / 3, 1 / 3, 1 / 3])],
  [
    'l2 by weights',
    { fusion: 'weighted', normalization: 'l2', weights: [3, 2, 5] },
    normalizing('l2', [0.3, 0.2, 0.5]),
  ],
  ['rrf', {}, ranking({})],
  [
    'rrf by weights',
    { rank_constant: 10, weights: [0.5, 0.25, 0.25] },
    ranking({ rank_constant: 10, parameters: { weights: [0.5, 0.25, 0.25] } }),
  ],
]

const SOME_QUERIES = QUERIES.filter((_, place) => place % 3 === 0)

const INDICES: readonly (readonly [
  name: string,
  shards: number,
  longTexts: LongTextOptions,
  asked: typeof QUERIES,
])[] = [
  ['of one shard', 1, {}, QUERIES],
  ['of three shards', 3, {}, SOME_QUERIES],
  ['that keeps chunks', 1, { longTexts: 'nested', chunkTokens: 24 }, SOME_QUERIES],
]

// OpenSearch's neural-search computes fused scores by itself, from the same three searches.
describe.each(INDICES)(
  'in an index %s the proxy fuses as OpenSearch does',
  (_name, shards, longTexts, asked) => {
    let fixture: Fixture

    beforeAll(async () => {
      fixture = await openDenseFixture(shards, longTexts)
    })
    afterAll(() => fixture.close())

    const ask = async (body: object) =>
      hitsOf(await askProxy(fixture.proxy, 'POST', `/${fixture.index}/_search`, body))

    it.each(WAYS)('%s', async (_, options, processor) => {
      for (const query of asked) {
        const queries = partsOf(query)
        const page = { size: WHOLE, _source: false }
        const [own, native] = [
          await ask({ ...page, query: { splade_hybrid: { queries, window_size: WHOLE, ...options } } }),
          await ask({
            ...page,
            query: { hybrid: { queries, pagination_depth: WHOLE } },
            search_pipeline: { phase_results_processors: [processor] },
          }),
        ]
        expect(own.total).toEqual(native.total)
        const [ownScores, scores] = [scoresOf(own), scoresOf(native)]
        expect([...ownScores.keys()].sort()).toEqual([...scores.keys()].sort())
        const differences = Array.from(ownScores, ([id, score]) => Math.abs(score - scores.get(id)!))
        expect(Math.max(...differences)).toBeLessThan(FLOAT_ERROR)
        // Equal scores are in any order there, and are not quite equal as 32-bit floats.
        const order = native.hits.map(({ _id }) => ownScores.get(_id)!)
        const rises = order.slice(1).map((score, place) => score - order[place]!)
        expect(Math.max(...rises)).toBeLessThan(FLOAT_ERROR)
      }
    })
  },
)

const scoresOf = ({ hits }: Hits) => new Map(hits.map(({ _id, _score }) => [_id, _score]))
