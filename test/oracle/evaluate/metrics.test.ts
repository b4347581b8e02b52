import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { ndcg, recall, reciprocalRank } from '../../../src/evaluate/metrics.js'

interface Case {
  readonly id: string
  readonly judgements: Readonly<Record<string, number>>
  readonly ranking: readonly string[]
  readonly expected: Readonly<Record<string, number>>
}

const { cases } = JSON.parse(readFileSync(new URL('metrics.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[]
}

describe('the metrics of trec_eval', () => {
  it.each(cases)('have the same values for $id', ({ judgements, ranking, expected }) => {
    const grades = new Map(Object.entries(judgements))
    const values = {
      ndcg_cut_1: ndcg(ranking, grades, 1),
      ndcg_cut_3: ndcg(ranking, grades, 3),
      ndcg_cut_5: ndcg(ranking, grades, 5),
      ndcg_cut_10: ndcg(ranking, grades, 10),
      recall_5: recall(ranking, grades, 5),
      recall_100: recall(ranking, grades, 100),
      recip_rank: reciprocalRank(ranking, grades, ranking.length),
    }
    expect(Object.keys(values).sort()).toEqual(Object.keys(expected).sort())
    for (const [name, value] of Object.entries(values)) expect(value).toBeCloseTo(expected[name] ?? NaN, 10)
  })
})
