import { expect, it } from '@jest/globals'
import { histogramEdges } from '../../../src/search/histogram-edges.js'

it.each([
  [2, 5, [2, 3, 4, 5]],
  [7, 7, [7]],
  [0, 0, [0]],
  [40, 139, [40, 50, 60, 70, 80, 90, 100, 110, 120, 130]],
  [3, 1_200, [2, 5, 10, 20, 50, 100, 200, 500, 1_000]],
  [0, 30, [0, 1, 2, 5, 10, 20]],
  [1, 10_000, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]],
])('from %d to %d', (min, max, edges) => {
  expect(histogramEdges(min, max)).toEqual(edges)
})
