import { describe, expect, it } from '@jest/globals'
import { countsOfEnrich, countsOfIndex, countsOfRebuild } from '../../../src/cli/report-counts.js'

const LONG = { chunked: 0, chunks: 0, truncated: 0 }

describe('the counts of a report', () => {
  it('are those of the whole load and of the run, where that went on with an earlier one', () => {
    const before = { read: 6, indexed: 6, unchanged: 0, deadLettered: 0, skipped: 0 }
    const counts = { read: 10, indexed: 9, unchanged: 0, deadLettered: 1, skipped: 0 }
    const result = { ...counts, elapsedMs: 5, isComplete: true, ...LONG }
    expect(countsOfIndex(result)).not.toHaveProperty('load')
    const { load, run } = countsOfIndex({ ...result, before })
    expect([Object.fromEntries(load!), Object.fromEntries(run)]).toMatchObject([
      { 'documents read': 10, indexed: 9, refused: 1 },
      { 'documents read': 4, indexed: 3, refused: 1 },
    ])
  })

  it('of enrich add up to the documents that were read', () => {
    const settled = { enriched: 5, unchanged: 4, skipped: 3, deadLettered: 2, gone: 1 }
    const { run } = countsOfEnrich({ read: 15, ...settled, conflicts: 7, elapsedMs: 5, ...LONG })
    const [[, read] = [], ...others] = run
    expect(read).toBe(15)
    expect(others.slice(0, 5).reduce((sum, [, count]) => sum + Number(count), 0)).toBe(15)
    expect(others.at(-1)).toEqual(['changed meanwhile, encoded anew', 7])
  })

  it('of a new index say what was verified', () => {
    const { run } = countsOfRebuild({
      ...{ source: 'a', target: 'b', aliases: [], copied: 9, caughtUp: 1, removed: 0 },
      ...{ enriched: 8, skipped: 1, deadLettered: 0, elapsedMs: 5 },
      verification: { documents: 9, withVectors: 8, samples: 8, found: 7 },
    })
    expect(Object.fromEntries(run)).toMatchObject({ 'with vectors': 8, 'found by their own text': '7 of 8' })
  })
})
