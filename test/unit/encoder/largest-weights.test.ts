import { expect, it } from '@jest/globals'
import { LargestWeights } from '../../../src/encoder/largest-weights.js'

it('keeps the largest weight of each token, heaviest first', () => {
  const largest = new LargestWeights()
  largest.add(
    new Map([
      ['sea', 1.5],
      ['lava', 0.5],
    ]),
  )
  largest.add(
    new Map([
      ['lava', 2],
      ['ash', 1],
      ['sea', 1],
    ]),
  )
  expect([...largest.toVector()]).toEqual([
    ['lava', 2],
    ['sea', 1.5],
    ['ash', 1],
  ])
})

it('is empty without vectors', () => {
  expect(new LargestWeights().toVector().size).toBe(0)
})
