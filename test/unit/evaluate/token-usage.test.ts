import { describe, expect, it } from '@jest/globals'
import { compareUsage, TokenUsageCounter } from '../../../src/evaluate/token-usage.js'

function counterOf(...vectors: Readonly<Record<string, number>>[]): TokenUsageCounter {
  const counter = new TokenUsageCounter()
  for (const vector of vectors) counter.add(new Map(Object.entries(vector)))
  return counter
}

describe('TokenUsageCounter', () => {
  it('counts documents and weights of each token', () => {
    const counter = counterOf({ car: 1, road: 4 }, { car: 3 })
    expect(counter.documents).toBe(2)
    expect(counter.activeTokens).toBe(1.5)
    expect(counter.usageOf('car')).toEqual({ documents: 2, meanWeight: 2 })
    expect(counter.usageOf('sea')).toBeUndefined()
  })

  it('has no tokens before there are documents', () => {
    expect(counterOf()).toMatchObject({ documents: 0, activeTokens: 0, tokens: [] })
  })
})

describe('compareUsage', () => {
  it('lists tokens by how many documents more, or fewer, have them', () => {
    const a = counterOf({ old: 1, both: 1 }, { old: 1, less: 1 }, { less: 1 })
    const b = counterOf({ new: 2, both: 1 }, { new: 4, less: 1 })
    expect(compareUsage(a, b, 10)).toEqual({
      more: [{ token: 'new', b: { documents: 2, meanWeight: 3 } }],
      fewer: [
        { token: 'old', a: { documents: 2, meanWeight: 1 } },
        { token: 'less', a: { documents: 2, meanWeight: 1 }, b: { documents: 1, meanWeight: 1 } },
      ],
    })
    expect(compareUsage(a, b, 1).fewer).toHaveLength(1)
  })
})
