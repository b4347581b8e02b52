import { describe, expect, it } from '@jest/globals'
import { mean, ndcg, recall, reciprocalRank } from '../../../src/evaluate/metrics.js'

const judgements = new Map([
  ['a', 3],
  ['b', 1],
  ['c', 0],
  ['d', 2],
])

describe('ndcg', () => {
  it('is 1 for the ideal order', () => {
    expect(ndcg(['a', 'd', 'b', 'c'], judgements, 10)).toBe(1)
  })

  it('gains linearly and discounts by log2(rank + 1)', () => {
    const gained = 1 + 3 / Math.log2(4)
    const ideal = 3 + 2 / Math.log2(3) + 1 / Math.log2(4)
    expect(ndcg(['b', 'x', 'a'], judgements, 10)).toBeCloseTo(gained / ideal, 12)
  })

  it('cuts the ranking and the ideal at k', () => {
    expect(ndcg(['d', 'a'], judgements, 1)).toBeCloseTo(2 / 3, 12)
  })

  it('is 0 where nothing is relevant or nothing was found', () => {
    expect(ndcg(['c'], new Map([['c', 0]]), 10)).toBe(0)
    expect(ndcg([], judgements, 10)).toBe(0)
  })

  it('gives a negative grade no gain', () => {
    expect(
      ndcg(
        ['spam', 'a'],
        new Map([
          ['spam', -2],
          ['a', 1],
        ]),
        10,
      ),
    ).toBeCloseTo(1 / Math.log2(3), 12)
  })
})

describe('recall', () => {
  it('counts relevant documents only', () => {
    expect(recall(['c', 'a', 'x', 'd'], judgements, 10)).toBeCloseTo(2 / 3, 12)
    expect(recall(['c', 'a', 'x', 'd'], judgements, 2)).toBeCloseTo(1 / 3, 12)
  })

  it('is 0 where nothing is relevant', () => {
    expect(recall(['c'], new Map([['c', 0]]), 10)).toBe(0)
  })
})

describe('reciprocalRank', () => {
  it('looks for the first relevant document among k', () => {
    expect(reciprocalRank(['x', 'c', 'b', 'a'], judgements, 10)).toBeCloseTo(1 / 3, 12)
    expect(reciprocalRank(['x', 'c', 'b', 'a'], judgements, 2)).toBe(0)
  })
})

describe('mean', () => {
  it('is the arithmetic mean, 0 of nothing', () => {
    expect(mean([1, 2, 6])).toBe(3)
    expect(mean([])).toBe(0)
  })
})
