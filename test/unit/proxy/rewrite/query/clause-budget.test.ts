import { describe, expect, it } from '@jest/globals'
import { parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'
import { clausesOf, requireRoom, shareClauses } from '../../../../../src/proxy/rewrite/query/clause-budget.js'
import { findQueries } from '../../../../../src/proxy/rewrite/query/find-queries.js'

const clausesIn = (query: unknown) =>
  [...findQueries(parseJsonSource(JSON.stringify({ query })).root)].reduce(
    (sum, one) => sum + clausesOf(one),
    0,
  )

describe('the clause budget', () => {
  it.each<[readonly number[], number, readonly number[]]>([
    [[30], 0, [30]],
    [[600], 0, [512]],
    [[600], 12, [500]],
    [[100, 600], 0, [100, 412]],
    [[600, 100], 0, [412, 100]],
    [[400, 400], 0, [256, 256]],
    [[0, 600], 0, [0, 512]],
    [[], 500, []],
  ])('gives %j beside %d clauses %j', (sizes, own, shares) => {
    expect(shareClauses(sizes, own)).toEqual(shares)
  })

  it('is refused where nothing is left', () => {
    expect(() => {
      requireRoom(2, 511)
    }).toThrow('511 clauses of its own and 2 sparse ones')
    expect(() => {
      requireRoom(2, 510)
    }).not.toThrow()
  })

  it.each<[unknown, number]>([
    [{ match_all: {} }, 1],
    [{ bool: { must: [{ term: { a: 1 } }, { term: { b: 2 } }] } }, 3],
    [{ match: { title: 'one two three' } }, 3],
    [{ match: { title: { query: 'one two' } } }, 2],
    [{ multi_match: { query: 'one two', fields: ['a', 'b', 'c'] } }, 6],
    [{ match: { title: '' } }, 1],
  ])('counts %j as %d', (query, clauses) => {
    expect(clausesIn(query)).toBe(clauses)
  })
})
