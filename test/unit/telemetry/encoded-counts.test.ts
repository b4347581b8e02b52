import { describe, expect, it } from '@jest/globals'
import { NOTHING_ENCODED, withBatch } from '../../../src/telemetry/encoded-counts.js'

describe('counts of encoded documents', () => {
  it('add up over batches, and keep the longest', () => {
    const batch = { documents: 2, chunked: 1, truncated: 0, fragmented: 1 }
    const first = withBatch(NOTHING_ENCODED, { ...batch, tokenCounts: [5, 70], activeTokens: [4, 2] })
    const both = withBatch(first, { ...batch, tokenCounts: [1, 9], activeTokens: [30, 3] })
    expect(both).toEqual({
      ...{ documents: 4, chunked: 2, truncated: 0, fragmented: 2 },
      ...{ tokens: { sum: 85, max: 70 }, activeTokens: { sum: 39, max: 30 } },
    })
    expect(withBatch(both, { ...batch, documents: 0, tokenCounts: [], activeTokens: [] }).tokens).toEqual(
      both.tokens,
    )
  })
})
