import { describe, expect, it } from '@jest/globals'
import { hasUnfusedHits } from '../../../../../src/proxy/rewrite/hybrid/unfused-hits.js'

const answer = (scores: readonly (number | null)[], status = 200) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ hits: { hits: scores.map((_score) => ({ _id: 'a', _score })) } })),
})

describe('an answer to a hybrid query', () => {
  it.each<[string, readonly (number | null)[], number, boolean | undefined]>([
    ['has marks before its hits', [-9549512000, -4422440400, 3.9], 0, true],
    ['has marks between its hits', [1.5, -4422440400, 3.9], 5, true],
    ['begins with a hit', [0.66, 0.33], 0, false],
    ['has a hit that a rescorer took below 0', [-3.5], 0, false],
    ['is a later page', [0.2, 0.1], 5, undefined],
    ['has no scores', [null, null], 0, undefined],
    ['has no hits', [], 0, undefined],
  ])('that %s', (_, scores, from, unfused) => {
    expect(hasUnfusedHits(answer(scores), from)).toBe(unfused)
  })

  it('that failed tells nothing', () => {
    expect(hasUnfusedHits(answer([1], 500), 0)).toBeUndefined()
  })
})
