import { describe, expect, it } from '@jest/globals'
import { RANDOMISATION_ROUNDS, randomisationTest } from '../../../src/evaluate/significance.js'

describe('randomisationTest', () => {
  it('is 1 where nothing differs', () => {
    expect(randomisationTest([])).toBe(1)
    expect(randomisationTest([0, 0, 0])).toBe(1)
  })

  it('counts every sign pattern of a few differences', () => {
    // Of 2^5 patterns only all signs as they are, and all turned, are as far from 0.
    expect(randomisationTest([1, 2, 3, 4, 5])).toBe(2 / 32)
    expect(randomisationTest([0, 1, 2, 0, 3, 4, 5])).toBe(2 / 32)
    expect(randomisationTest([1, -1])).toBe(1)
    // |sum| >= 2: +++ and ---, and the four patterns that leave 1 + 2 - 1.
    expect(randomisationTest([1, 2, -1])).toBe(6 / 8)
  })

  it('is the same from either side, and in every run', () => {
    const differences = Array.from({ length: 40 }, (_, place) => Math.sin(place * 7) + 0.3)
    const p = randomisationTest(differences)
    expect(randomisationTest(differences)).toBe(p)
    expect(Math.abs(randomisationTest(differences.map((difference) => -difference)) - p)).toBeLessThan(0.02)
  })

  it('draws patterns of many differences, close to the exact share', () => {
    // 20 equal differences, 15 of them positive: P(|X - 10| >= 5) of a binomial of 20 is 0.0414.
    const differences = Array.from({ length: 20 }, (_, place) => (place < 15 ? 0.1 : -0.1))
    expect(randomisationTest(differences)).toBeGreaterThan(0.035)
    expect(randomisationTest(differences)).toBeLessThan(0.048)
  })

  it('is never 0', () => {
    expect(randomisationTest(Array.from({ length: 60 }, () => 0.5))).toBe(1 / RANDOMISATION_ROUNDS)
  })
})
