import { describe, expect, it } from '@jest/globals'
import { share, timeSpan } from '../../../src/cli/span-flags.js'

describe('a span of time', () => {
  it.each([
    ['90m', 90 * 60_000],
    ['12h', 12 * 3_600_000],
    ['30d', 30 * 86_400_000],
    ['2w', 14 * 86_400_000],
  ])('%s is so many milliseconds', (text, milliseconds) => {
    expect(timeSpan(text)).toBe(milliseconds)
  })

  it.each(['', '30', 'd', '-1d', '1.5h', '30 d', '1y', '999999d'])('is not %p', (text) => {
    expect(() => timeSpan(text)).toThrow('90m, 12h, 30d, 2w')
  })
})

describe('a share', () => {
  it('is a number from 0 to 1', () => {
    expect(['0', '0.25', '1'].map(share)).toEqual([0, 0.25, 1])
  })

  it.each(['', ' ', '-0.1', '1.1', 'half', 'NaN'])('is not %p', (text) => {
    expect(() => share(text)).toThrow('from 0 to 1')
  })
})
