import { describe, expect, it } from '@jest/globals'
import { contributionsFrom, namesClauses } from '../../../src/search/clause-scores.js'

describe('namesClauses', () => {
  it.each([
    ['opensearch', '2.11.1', false],
    ['opensearch', '2.12.0', true],
    ['elasticsearch', '8.7.1', false],
    ['elasticsearch', '8.8.0', true],
    ['elasticsearch', '7.17.29', false],
  ] as const)('%s %s: %s', (distribution, version, expected) => {
    expect(namesClauses({ distribution, version })).toBe(expected)
  })
})

describe('contributionsFrom', () => {
  const query = new Map([
    ['a.b', 2],
    ['c', 3],
    ['absent', 1],
  ])

  it("takes the engine's own scores, by token", () => {
    const hit = { matched_queries: { 'a%2Eb': 1.9499999, c: 0.5 } }
    expect(contributionsFrom(hit, query, 'splade')).toEqual(
      new Map([
        ['a.b', Math.fround(1.9499999)],
        ['c', 0.5],
      ]),
    )
  })

  it('computes them from the stored vector, with 9-bit weights, where the engine names clauses only', () => {
    // Another program may have written features whose names this library would never give.
    const foreign = { other: 7, '50%': 1, 'a b': 1, '%2e': 1 }
    const hit = { matched_queries: ['c'], _source: { splade: { 'a%2Eb': 1.001, c: 0.5, ...foreign } } }
    expect(contributionsFrom(hit, query, 'splade')).toEqual(
      new Map([
        ['a.b', 2],
        ['c', 1.5],
      ]),
    )
  })

  it('knows nothing of a hit without scores and without a vector', () => {
    expect(contributionsFrom({ _source: {} }, query, 'splade')).toEqual(new Map())
  })
})
