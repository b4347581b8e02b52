import { describe, expect, it } from '@jest/globals'
import { documentLimit, keepHeaviest } from '../../../../src/encoder/gated-lexical/keep-heaviest.js'

const BUDGET = {
  queryTerms: 32,
  documentTerms: 160,
  documentLength: 250,
  limitExponent: 0.5,
  expansionHandicap: 0.8,
  smallestShare: 0.1,
}

describe('documentLimit', () => {
  it.each([
    [1, 160],
    [250, 160],
    [1000, 320],
  ])('of %i term occurrences is %i', (length, limit) => {
    expect(documentLimit(length, BUDGET)).toBe(limit)
  })
})

describe('keepHeaviest', () => {
  const keep = (weights: Record<string, number>, present: readonly string[], limit: number) => [
    ...keepHeaviest(new Map(Object.entries(weights)), new Set(present), limit, BUDGET),
  ]

  it('orders terms by weight', () => {
    expect(keep({ a: 1, b: 3, c: 2 }, ['a', 'b', 'c'], 5)).toEqual([
      ['b', 3],
      ['c', 2],
      ['a', 1],
    ])
  })

  it('keeps a term of the text before a heavier one that was added, and its weight as it is', () => {
    expect(keep({ boston: 9, 미국: 1.2, 도시: 1 }, ['boston', '도시'], 2)).toEqual([
      ['boston', 9],
      ['도시', 1],
    ])
    expect(keep({ boston: 9, 미국: 1.5, 도시: 1 }, ['boston', '도시'], 2)).toEqual([
      ['boston', 9],
      ['미국', 1.5],
    ])
  })

  it('gives weights in 32 bits', () => {
    expect(keep({ a: 0.1 }, ['a'], 1)).toEqual([['a', Math.fround(0.1)]])
  })

  it('orders equal weights by term', () => {
    expect(keep({ b: 1, a: 1, c: 1 }, ['a', 'b', 'c'], 2).map(([term]) => term)).toEqual(['a', 'b'])
  })

  it('drops terms of the smallest share of the heaviest, and below', () => {
    expect(keep({ a: 10, b: 1, c: 1.01 }, ['a', 'b', 'c'], 9).map(([term]) => term)).toEqual(['a', 'c'])
  })

  it('gives nothing for nothing', () => {
    expect(keep({}, [], 9)).toEqual([])
  })
})
