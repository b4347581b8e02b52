import { describe, expect, it } from '@jest/globals'
import { ConfigurationError, FeatureError } from '../../../src/errors.js'
import { MAX_CLAUSES, predictedScore, toRankFeatureQuery } from '../../../src/rank-features/query.js'

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

  it('matches nothing for an empty vector', () => {
    expect(toRankFeatureQuery(new Map(), { field: 'f' })).toEqual({ match_none: {} })
  })

  it('refuses more clauses than engines are sure to take', () => {
    const tokens = (count: number) => new Map(Array.from({ length: count }, (_, i) => [`t${i}`, 1] as const))
    expect(() => toRankFeatureQuery(tokens(MAX_CLAUSES + 1), { field: 'f' })).toThrow(/513 tokens/)
    expect(toRankFeatureQuery(tokens(MAX_CLAUSES), { field: 'f' })).toHaveProperty(
      'bool.should.length',
      MAX_CLAUSES,
    )
  })

  it.each([0, -1, NaN, Infinity, 1e39, 1e-60])('refuses query weight %d and names the token', (weight) => {
    expect(() => toRankFeatureQuery(new Map([['tok', weight]]), { field: 'f' })).toThrow(FeatureError)
    expect(() => toRankFeatureQuery(new Map([['tok', weight]]), { field: 'f' })).toThrow(/"tok"/)
  })

  it.each([0, -2, NaN, Infinity])('refuses boost %d', (boost) => {
    expect(() => toRankFeatureQuery(new Map([['a', 1]]), { field: 'f', boost })).toThrow(ConfigurationError)
  })

  it('refuses an empty field name', () => {
    expect(() => toRankFeatureQuery(new Map([['a', 1]]), { field: '' })).toThrow(ConfigurationError)
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
