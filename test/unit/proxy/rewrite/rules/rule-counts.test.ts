import { describe, expect, it } from '@jest/globals'
import { RuleCounts } from '../../../../../src/proxy/rewrite/rules/rule-counts.js'

describe('RuleCounts', () => {
  it('counts by rule and by what became of the query', () => {
    const counts = new RuleCounts()
    expect(counts.list()).toEqual([])
    for (const outcome of ['added', 'left', 'added'] as const) counts.add({ rule: 'articles', outcome })
    counts.add({ rule: 'books', outcome: 'shadowed' })
    expect(counts.list()).toEqual([
      { rule: 'articles', outcome: 'added', queries: 2 },
      { rule: 'articles', outcome: 'left', queries: 1 },
      { rule: 'books', outcome: 'shadowed', queries: 1 },
    ])
  })
})
