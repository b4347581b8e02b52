import { describe, expect, it } from '@jest/globals'
import { ConfigurationError, FeatureError } from '../../../src/errors.js'
import { SPARSE_FIELD_TYPES } from '../../../src/rank-features/field-type.js'
import {
  MAX_CLAUSES,
  predictedScore,
  toRankFeatureQuery,
  toSparseQuery,
  toSparseVectorQuery,
  toTokenFilter,
} from '../../../src/rank-features/query.js'
import type { SparseVector } from '../../../src/sparse-vector.js'

describe('toRankFeatureQuery', () => {
  it('makes one linear clause a token', () => {
    expect(
      toRankFeatureQuery(
        new Map([
          ['seoul', 2],
          ['v1.0', 0.5],
        ]),
        { field: 'splade' },
      ),
    ).toEqual({
      bool: {
        should: [
          { rank_feature: { field: 'splade.seoul', boost: 2, linear: {} } },
          { rank_feature: { field: 'splade.v1%2E0', boost: 0.5, linear: {} } },
        ],
      },
    })
  })

  it('multiplies weights by the boost and names clauses when asked', () => {
    expect(toRankFeatureQuery(new Map([['a', 2]]), { field: 'f', boost: 1.5, named: true })).toEqual({
      bool: { should: [{ rank_feature: { field: 'f.a', boost: 3, linear: {}, _name: 'a' } }] },
    })
  })
})

describe('toSparseVectorQuery', () => {
  it('makes one clause of all tokens that prunes nothing', () => {
    const vector = new Map([
      ['seoul', 2],
      ['v1.0', 0.5],
    ])
    expect(toSparseVectorQuery(vector, { field: 'splade', boost: 2 })).toEqual({
      sparse_vector: { field: 'splade', query_vector: { seoul: 4, 'v1%2E0': 1 }, prune: false },
    })
  })

  it('makes one clause a token where the clauses are named', () => {
    const vector = new Map([
      ['a', 2],
      ['.', 3],
    ])
    expect(toSparseVectorQuery(vector, { field: 'f', named: true })).toEqual({
      bool: {
        should: [
          { sparse_vector: { field: 'f', query_vector: { a: 2 }, prune: false, _name: 'a' } },
          { sparse_vector: { field: 'f', query_vector: { '%2E': 3 }, prune: false, _name: '%2E' } },
        ],
      },
    })
  })

  it('carries a token called __proto__', () => {
    const query = toSparseVectorQuery(new Map([['__proto__', 1]]), { field: 'f' })
    expect(JSON.stringify(query)).toContain('"query_vector":{"__proto__":1}')
  })
})

describe('toTokenFilter', () => {
  it.each([
    ['rank_features', { rank_feature: { field: 'f.a%2Eb', boost: 1, linear: {} } }],
    ['sparse_vector', { sparse_vector: { field: 'f', query_vector: { 'a%2Eb': 1 }, prune: false } }],
  ] as const)('asks a %s field for one token', (fieldType, clause) => {
    expect(toTokenFilter('a.b', fieldType, 'f')).toEqual(clause)
  })
})

describe.each(SPARSE_FIELD_TYPES)('toSparseQuery for %s', (fieldType) => {
  const toQuery = (vector: SparseVector, boost?: number, field = 'f') =>
    toSparseQuery(vector, fieldType, { field, ...(boost !== undefined && { boost }) })

  it('asks for that type of field', () => {
    const clause = fieldType === 'rank_features' ? 'rank_feature' : 'sparse_vector'
    expect(JSON.stringify(toQuery(new Map([['a', 1]])))).toContain(`{"${clause}":{"field":`)
  })

  it('matches nothing for an empty vector', () => {
    expect(toQuery(new Map())).toEqual({ match_none: {} })
  })

  it('refuses more tokens than engines are sure to take', () => {
    const tokens = (count: number) => new Map(Array.from({ length: count }, (_, i) => [`t${i}`, 1] as const))
    expect(() => toQuery(tokens(MAX_CLAUSES + 1))).toThrow(/513 tokens/)
    expect(() => toQuery(tokens(MAX_CLAUSES))).not.toThrow()
  })

  it.each([0, -1, NaN, Infinity, 1e39, 1e-60])('refuses query weight %d and names the token', (weight) => {
    expect(() => toQuery(new Map([['tok', weight]]))).toThrow(FeatureError)
    expect(() => toQuery(new Map([['tok', weight]]))).toThrow(/"tok"/)
  })

  it.each([0, -2, NaN, Infinity])('refuses boost %d', (boost) => {
    expect(() => toQuery(new Map([['a', 1]]), boost)).toThrow(ConfigurationError)
  })

  it('refuses an empty field name', () => {
    expect(() => toQuery(new Map([['a', 1]]), 1, '')).toThrow(ConfigurationError)
  })
})

describe('predictedScore', () => {
  it('sums query weight times stored document weight over shared tokens', () => {
    const query = new Map([
      ['a', 2],
      ['b', 1],
      ['c', 9],
    ])
    const document = new Map([
      ['a', 1.2345],
      ['b', 0.1],
      ['d', 5],
    ])
    expect(predictedScore(query, document)).toBe(Math.fround(2 * 1.234375 + 0.099853515625))
  })

  it('is 0 where nothing is shared', () => {
    expect(predictedScore(new Map([['a', 1]]), new Map([['b', 1]]))).toBe(0)
  })
})
