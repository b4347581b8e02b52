import { describe, expect, it } from '@jest/globals'
import { ExactScorer } from '../../../src/evaluate/exact-scorer.js'

function scorer(documents: Readonly<Record<string, Record<string, number>>>, quantized = false): ExactScorer {
  const made = new ExactScorer({ quantized })
  for (const [id, vector] of Object.entries(documents)) made.add(id, new Map(Object.entries(vector)))
  return made
}

describe('ExactScorer', () => {
  it('ranks by dot product and leaves out what shares no token', () => {
    const ranking = scorer({ one: { a: 1, b: 2 }, two: { a: 3 }, three: { c: 9 } }).rank(
      new Map([
        ['a', 2],
        ['b', 0.5],
      ]),
      10,
    )
    expect(ranking).toEqual([
      { id: 'two', score: 6 },
      { id: 'one', score: 3 },
    ])
  })

  it('orders equal scores by document id, not by arrival', () => {
    const ranking = scorer({ b: { t: 1 }, c: { t: 1 }, a: { t: 1 } }).rank(new Map([['t', 1]]), 2)
    expect(ranking.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('truncates weights as the engine does, unless told otherwise', () => {
    const query = new Map([['t', 1]])
    expect(scorer({ a: { t: 0.1 } }, true).rank(query, 1)[0]?.score).toBe(0.099853515625)
    expect(scorer({ a: { t: 0.1 } }, false).rank(query, 1)[0]?.score).toBe(0.1)
    const byDefault = new ExactScorer()
    byDefault.add('a', new Map([['t', 0.1]]))
    expect(byDefault.rank(query, 1)[0]?.score).toBe(0.099853515625)
  })

  it('scores a document of several vectors by the best of them', () => {
    const made = new ExactScorer({ quantized: false })
    made.add('chunked', new Map([['a', 1]]), new Map([['b', 2]]), new Map([['a', 3]]))
    made.add(
      'whole',
      new Map([
        ['a', 2],
        ['b', 0.5],
      ]),
    )
    made.add('without')
    const query = new Map([
      ['a', 1],
      ['b', 1],
    ])
    expect(made.rank(query, 10)).toEqual([
      { id: 'chunked', score: 3 },
      { id: 'whole', score: 2.5 },
    ])
    expect([made.documentCount, made.documentFrequency('a')]).toEqual([3, 2])
  })

  it('counts documents, with and without a token', () => {
    const made = scorer({ one: { a: 1 }, two: { a: 1, b: 1 }, empty: {} })
    expect(made.documentCount).toBe(3)
    expect(made.documentFrequency('a')).toBe(2)
    expect(made.documentFrequency('z')).toBe(0)
  })

  it('finds nothing for an empty query', () => {
    expect(scorer({ one: { a: 1 } }).rank(new Map(), 10)).toEqual([])
  })
})
