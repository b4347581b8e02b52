import { describe, expect, it } from '@jest/globals'
import { compareRuns } from '../../../src/evaluate/compare-runs.js'

const ranking = (...ids: string[]) => ids.map((id, place) => ({ id, score: 100 - place }))
const letters = 'abcdefghijkl'.split('')

describe('compareRuns', () => {
  it('tells hits that were won and lost, and those that moved', () => {
    const a = new Map([['q', ranking(...letters)]])
    const b = new Map([['q', ranking('b', 'a', ...letters.slice(2, 9), 'x', 'l')]])
    const { byChange, meanOverlap, unchanged } = compareRuns([{ id: 'q', text: 'letters' }], a, b)
    expect(meanOverlap).toBe(0.9)
    expect(unchanged).toBe(0)
    expect(byChange).toEqual([
      {
        id: 'q',
        text: 'letters',
        overlap: 0.9,
        won: [{ id: 'x', rankB: 10 }],
        lost: [{ id: 'j', rankA: 10 }],
        moved: [
          { id: 'a', rankA: 1, rankB: 2 },
          { id: 'b', rankA: 2, rankB: 1 },
        ],
      },
    ])
  })

  it('takes no overlap from a query for which neither finds anything', () => {
    const queries = ['some', 'none'].map((id) => ({ id, text: id }))
    const a = new Map([['some', ranking('a', 'b')]])
    const b = new Map([
      ['some', ranking('a')],
      ['none', []],
    ])
    const { byChange, ...summary } = compareRuns(queries, a, b)
    expect(summary).toEqual({ queries: 2, meanOverlap: 0.5, foundNothing: 1, unchanged: 0 })
    expect(byChange.map(({ id, overlap }) => [id, overlap])).toEqual([
      ['some', 0.5],
      ['none', undefined],
    ])
    expect(compareRuns(queries, new Map(), new Map())).toMatchObject({ foundNothing: 2, unchanged: 0 })
    expect(compareRuns(queries, new Map(), new Map())).not.toHaveProperty('meanOverlap')
  })

  it('follows relevant documents below the first ten', () => {
    const qrels = new Map([
      [
        'q',
        new Map([
          ['l', 1],
          ['never', 1],
        ]),
      ],
    ])
    const a = new Map([['q', ranking(...letters)]])
    const b = new Map([['q', ranking(...letters.slice(0, 10), 'l')]])
    const { byChange, unchanged, ndcg } = compareRuns([{ id: 'q', text: '' }], a, b, qrels)
    expect(byChange[0]?.moved).toEqual([{ id: 'l', rankA: 12, rankB: 11, grade: 1 }])
    expect(unchanged).toBe(1)
    expect(ndcg).toMatchObject({ a: 0, b: 0, equal: 1, p: 1 })
  })

  it('compares NDCG of the judged queries, with wins, losses and a significance', () => {
    const queries = ['better', 'worse', 'equal', 'unjudged'].map((id) => ({ id, text: id }))
    const judgements = new Map([['yes', 1]])
    const qrels = new Map(['better', 'worse', 'equal'].map((id) => [id, judgements]))
    const found = ranking('yes', 'no')
    const missed = ranking('no', 'other', 'yes')
    const a = new Map([
      ['better', missed],
      ['worse', found],
      ['equal', found],
      ['unjudged', found],
    ])
    const b = new Map([
      ['better', found],
      ['worse', ranking('no')],
      ['equal', found],
      ['unjudged', found],
    ])
    const { ndcg, byChange, unchanged } = compareRuns(queries, a, b, qrels)
    expect(ndcg).toEqual({
      queries: 3,
      a: (0.5 + 1 + 1) / 3,
      b: (1 + 0 + 1) / 3,
      better: 1,
      worse: 1,
      equal: 1,
      p: 1,
    })
    expect(byChange.map(({ id }) => id)).toEqual(['worse', 'better', 'equal', 'unjudged'])
    expect(byChange[3]).not.toHaveProperty('ndcg')
    expect(unchanged).toBe(2)
  })

  it('orders queries without judgements by the hits that are not the same, then by ranks', () => {
    const queries = ['same', 'moved', 'other'].map((id) => ({ id, text: id }))
    const a = new Map(queries.map(({ id }) => [id, ranking('x', 'y')]))
    const b = new Map([
      ['same', ranking('x', 'y')],
      ['moved', ranking('y', 'x')],
      ['other', ranking('x', 'z')],
    ])
    const compared = compareRuns(queries, a, b)
    expect(compared.byChange.map(({ id }) => id)).toEqual(['other', 'moved', 'same'])
    expect(compared).not.toHaveProperty('ndcg')
  })
})
