import { describe, expect, it } from '@jest/globals'
import { chunkContributions, readBestChunk, spansWithin } from '../../../src/search/best-chunk.js'

const hit = (source: object) => ({
  inner_hits: { splade: { hits: { hits: [{ _score: 1, _source: source }] } } },
})

describe('readBestChunk', () => {
  it('reads the place of the chunk that made the score', () => {
    expect(readBestChunk(hit({ start: 5, end: 20 }), 'splade')?.span).toEqual([5, 20])
  })

  it.each([{}, hit({}), hit({ start: 'x', end: 3 }), { inner_hits: { other: {} } }])(
    'is undefined where none is named: %j',
    (json) => {
      expect(readBestChunk(json, 'splade')).toBeUndefined()
    },
  )
})

describe('chunkContributions', () => {
  it("multiplies the query with the chunk's stored weights", () => {
    const best = readBestChunk(hit({ start: 0, end: 3, weights: { 'a%2Eb': 0.1, c: 2 } }), 'splade')!
    const query = new Map([
      ['a.b', 2],
      ['d', 1],
    ])
    expect(chunkContributions(best, query)).toEqual(new Map([['a.b', Math.fround(2 * 0.099853515625)]]))
  })
})

describe('spansWithin', () => {
  it('keeps the places inside', () => {
    const spans = new Map([
      [
        'car',
        [
          [0, 3],
          [10, 13],
          [19, 22],
        ] as const,
      ],
    ])
    expect(spansWithin(spans, [10, 20])).toEqual(new Map([['car', [[10, 13]]]]))
  })
})
