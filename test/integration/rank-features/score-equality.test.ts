import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { toRankFeatures } from '../../../src/rank-features/document-field.js'
import { MIN_STORED_WEIGHT } from '../../../src/rank-features/stored-weight.js'
import { MAX_CLAUSES, predictedScore, toSparseQuery } from '../../../src/rank-features/query.js'
import { toSparseVector, type SparseVector } from '../../../src/sparse-vector.js'
import { namesClauses } from '../../../src/search/clause-scores.js'
import { defaultFieldType, engineInfo, ENGINES, testEngine, uniqueName } from '../../engines.js'
import { seededRandom } from '../../random.js'

interface Hit {
  readonly _id: string
  readonly _score: number
  /** Names and scores where the engine scores clauses, else the names alone. */
  readonly matched_queries?: Readonly<Record<string, number>>
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
  const fieldType = defaultFieldType(id)
  const random = seededRandom(20_261_123)
  const documents = Array.from({ length: DOCUMENTS }, () =>
    randomVector(random, 20 + Math.floor(random() * 300)),
  )
  const index = uniqueName('scores')
  let client: EngineClient

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    const mappings = { properties: { splade: { type: fieldType } } }
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

  async function hitsOf(query: SparseVector, named = false): Promise<readonly Hit[]> {
    const { body } = await client.request({
      method: 'POST',
      path: `/${index}/_search`,
      ...(named && { query: { include_named_queries_score: true } }),
      body: {
        query: toSparseQuery(query, fieldType, { field: 'splade', named }),
        size: 1000,
        _source: false,
      },
    })
    return (body as { readonly hits: { readonly hits: readonly Hit[] } }).hits.hits
  }

  it('equal the predicted scores for over a thousand random pairs', async () => {
    const sizes = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, MAX_CLAUSES, MAX_CLAUSES]
    const queries = [...sizes, ...sizes, ...sizes].map((size) => randomVector(random, size))
    let pairs = 0
    for (const query of queries) {
      const hits = await hitsOf(query)
      for (const hit of hits) {
        const document = documents[Number(hit._id)] ?? new Map()
        expectClose(hit._score, predictedScore(query, document))
        pairs++
      }
      expect(hits).toHaveLength(documents.filter((document) => sharedTokens(query, document) > 0).length)
    }
    expect(pairs).toBeGreaterThan(1000)
  })

  // Older engines tell which clauses matched, but not what each gave.
  const itWhereClausesAreScored = namesClauses(engineInfo(id)) ? it : it.skip
  itWhereClausesAreScored(
    'are the sums of their clauses, and stay the same when those are named',
    async () => {
      const queries = [1, 2, 13, 144, MAX_CLAUSES].map((size) => randomVector(random, size))
      for (const query of queries) {
        const plain = new Map((await hitsOf(query)).map((hit) => [hit._id, hit._score]))
        for (const { _id, _score, matched_queries: clauses = {} } of await hitsOf(query, true)) {
          expect(_score).toBe(plain.get(_id))
          expectClose(sum(Object.values(clauses)), _score)
          expect(Object.keys(clauses)).toHaveLength(sharedTokens(query, documents[Number(_id)] ?? new Map()))
        }
      }
    },
  )

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
