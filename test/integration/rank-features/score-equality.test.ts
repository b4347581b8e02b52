import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { toRankFeatures } from '../../../src/rank-features/document-field.js'
import { MIN_STORED_WEIGHT } from '../../../src/rank-features/stored-weight.js'
import { MAX_CLAUSES, predictedScore, toRankFeatureQuery } from '../../../src/rank-features/query.js'
import { toSparseVector, type SparseVector } from '../../../src/sparse-vector.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'
import { seededRandom } from '../../random.js'

interface Hit {
  readonly _id: string
  readonly _score: number
  readonly matched_queries: Readonly<Record<string, number>>
}

const TOKENS = Array.from({ length: 600 }, (_, number) =>
  number % 7 === 0 ? `t.${number}` : `token${number}`,
)
const DOCUMENTS = 40
const RELATIVE_TOLERANCE = 1e-6

/** `size` random tokens whose weights spread evenly over decades from 1e-3 to 1e2. */
function randomVector(random: () => number, size: number): SparseVector {
  const weights = Array.from({ length: size }, (): readonly [string, number] => [
    TOKENS[Math.floor(random() * TOKENS.length)] ?? '',
    10 ** (random() * 5 - 3),
  ])
  return toSparseVector(new Map(weights))
}

describe.each(ENGINES)('scores on %s', (id) => {
  const random = seededRandom(20_261_123)
  const documents = Array.from({ length: DOCUMENTS }, () =>
    randomVector(random, 20 + Math.floor(random() * 300)),
  )
  const index = uniqueName('scores')
  let client: EngineClient

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    const mappings = { properties: { splade: { type: 'rank_features' } } }
    await client.request({ method: 'PUT', path: `/${index}`, body: { mappings } })
    await write(documents)
  })
  afterAll(async () => {
    await client.request({ method: 'DELETE', path: `/${index}` })
    await client.close()
  })

  async function write(vectors: readonly SparseVector[], firstId = 0): Promise<void> {
    const lines = vectors.flatMap((vector, position) => [
      { index: { _id: String(firstId + position) } },
      { splade: toRankFeatures(vector) },
    ])
    const ndjson = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    await client.request({ method: 'POST', path: `/${index}/_bulk`, query: { refresh: true }, ndjson })
  }

  async function hitsOf(query: SparseVector): Promise<readonly Hit[]> {
    const { body } = await client.request({
      method: 'POST',
      path: `/${index}/_search`,
      query: { include_named_queries_score: true },
      body: {
        query: toRankFeatureQuery(query, { field: 'splade', named: true }),
        size: 1000,
        _source: false,
      },
    })
    return (body as { readonly hits: { readonly hits: readonly Hit[] } }).hits.hits
  }

  it('equal the predicted scores for over a thousand random pairs, and are the sums of their clauses', async () => {
    const sizes = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, MAX_CLAUSES, MAX_CLAUSES]
    const queries = [...sizes, ...sizes, ...sizes].map((size) => randomVector(random, size))
    let pairs = 0
    for (const query of queries) {
      const hits = await hitsOf(query)
      for (const hit of hits) {
        const document = documents[Number(hit._id)] ?? new Map()
        expectClose(hit._score, predictedScore(query, document))
        expectClose(sum(Object.values(hit.matched_queries)), hit._score)
        expect(Object.keys(hit.matched_queries)).toHaveLength(sharedTokens(query, document))
        pairs++
      }
      expect(hits).toHaveLength(documents.filter((document) => sharedTokens(query, document) > 0).length)
    }
    expect(pairs).toBeGreaterThan(1000)
  })

  it('hold at the ends of the range of weights', async () => {
    const extremes = [MIN_STORED_WEIGHT, 1e-37, 1e-10, 1, 1 + 2 ** -8, 65_504, 3.4e38]
    await write(
      extremes.map((weight) => new Map([['extreme', weight]])),
      DOCUMENTS,
    )
    for (const queryWeight of [1, 0.37]) {
      const query = new Map([['extreme', queryWeight]])
      const hits = await hitsOf(query)
      expect(hits).toHaveLength(extremes.length)
      for (const hit of hits) {
        const weight = extremes[Number(hit._id) - DOCUMENTS] ?? NaN
        expectClose(hit._score, predictedScore(query, new Map([['extreme', weight]])))
      }
    }
  })
})

function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(RELATIVE_TOLERANCE * expected)
}

function sharedTokens(query: SparseVector, document: SparseVector): number {
  return [...query.keys()].filter((token) => document.has(token)).length
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
