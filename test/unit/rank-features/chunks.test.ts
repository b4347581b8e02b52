import { describe, expect, it } from '@jest/globals'
import { chunkWeightsField, toChunkQuery, toStoredChunks } from '../../../src/rank-features/chunks.js'
import { toRankFeatureQuery } from '../../../src/rank-features/query.js'

describe('toStoredChunks', () => {
  it('stores vectors with their places, and no chunk without a token', () => {
    const chunks = [
      { span: [0, 9], vector: new Map([['a.b', 1.5]]) },
      { span: [10, 12], vector: new Map() },
      { span: [13, 20], vector: new Map([['c', 2]]) },
    ] as const
    expect(toStoredChunks(chunks)).toEqual([
      { weights: { 'a%2Eb': 1.5 }, start: 0, end: 9 },
      { weights: { c: 2 }, start: 13, end: 20 },
    ])
  })

  it('refuses a weight that the engine would refuse', () => {
    expect(() => toStoredChunks([{ span: [0, 1], vector: new Map([['bad', NaN]]) }])).toThrow('token "bad"')
  })
})

describe('toChunkQuery', () => {
  const query = toRankFeatureQuery(new Map([['car', 2]]), { field: chunkWeightsField('splade') })

  it('takes the best chunk', () => {
    expect(toChunkQuery(query, { path: 'splade' })).toEqual({
      nested: {
        path: 'splade',
        score_mode: 'max',
        query: {
          bool: { should: [{ rank_feature: { field: 'splade.weights.car', boost: 2, linear: {} } }] },
        },
      },
    })
  })

  it('asks for its place, or for its vector as well', () => {
    const innerHitsOf = (bestChunk: 'place' | 'vector') =>
      toChunkQuery(query, { path: 'v', bestChunk }).nested.inner_hits
    expect(innerHitsOf('place')).toEqual({ size: 1, _source: { includes: ['v.start', 'v.end'] } })
    expect(innerHitsOf('vector')).toEqual({ size: 1, _source: true })
  })
})
