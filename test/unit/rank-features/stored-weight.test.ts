import { describe, expect, it } from '@jest/globals'
import { FeatureError } from '../../../src/errors.js'
import { MIN_STORED_WEIGHT, storedWeight } from '../../../src/rank-features/stored-weight.js'

describe('storedWeight', () => {
  it.each([
    [1, 1],
    [0.1, 0.099853515625],
    [1.2345, 1.234375],
    [2.999, 2.9921875],
    [255, 255],
    [513, 512],
    [3.4028234663852886e38, (2 - 2 ** -8) * 2 ** 127],
  ])('keeps nine significant bits of %d', (weight, stored) => {
    expect(storedWeight(weight)).toBe(stored)
  })

  it('truncates towards zero by less than 1/256 of the weight', () => {
    for (let weight = 0.001; weight < 10; weight *= 1.0007) {
      const stored = storedWeight(weight)
      expect(stored).toBeLessThanOrEqual(Math.fround(weight))
      expect((weight - stored) / weight).toBeLessThan(1 / 256 + 1e-6)
    }
  })

  it('leaves a stored weight as it is', () => {
    expect(storedWeight(storedWeight(0.7371))).toBe(storedWeight(0.7371))
  })

  it('takes the smallest normal float', () => {
    expect(storedWeight(MIN_STORED_WEIGHT)).toBeGreaterThan(0)
  })

  it.each([0, -1, 1e-39, NaN, Infinity, 1e39])(
    'refuses %d, which would fail the whole document',
    (weight) => {
      expect(() => storedWeight(weight)).toThrow(FeatureError)
    },
  )
})
