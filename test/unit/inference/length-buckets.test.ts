import { describe, expect, it } from '@jest/globals'
import { paddedLength, paddedRows } from '../../../src/inference/length-buckets.js'

describe('paddedLength', () => {
  it.each([
    [1, 16],
    [16, 16],
    [17, 24],
    [25, 32],
    [33, 48],
    [128, 128],
    [129, 192],
    [400, 512],
  ])('pads %d tokens to %d', (tokens, expected) => {
    expect(paddedLength(tokens, 512)).toBe(expected)
  })

  it('stays within the limit of the model', () => {
    expect(paddedLength(129, 130)).toBe(130)
    expect(paddedLength(3, 8)).toBe(8)
  })

  it('pads to few lengths, none more than half as long again', () => {
    const tokens = Array.from({ length: 8192 - 16 }, (_, index) => index + 17)
    const lengths = tokens.map((count) => paddedLength(count, 8192))
    expect(new Set(lengths).size).toBe(18)
    expect(Math.max(...lengths.map((length, index) => length / tokens[index]!))).toBeLessThan(1.5)
    expect(lengths.every((length, index) => length >= tokens[index]!)).toBe(true)
  })
})

describe('paddedRows', () => {
  it('gives the next power of two', () => {
    expect([1, 2, 3, 5, 8, 33].map(paddedRows)).toEqual([1, 2, 4, 8, 8, 64])
  })
})
