import { describe, expect, it } from '@jest/globals'
import { numberTicks, timeTicks } from '../../../../web/src/dashboards/ticks.js'

describe('ticks', () => {
  it.each([
    [33, [0, 10, 20, 30, 40]],
    [1, [0, 0.25, 0.5, 0.75, 1]],
    [0.3, [0, 0.1, 0.2, 0.3]],
    [0, [0, 1]],
  ])('up to %d are round and reach it', (max, ticks) => {
    expect(numberTicks(max, 4)).toEqual(ticks)
  })

  it('of time start with the hours and are no more than there is room for', () => {
    const from = new Date(2026, 0, 5, 9, 17).getTime()
    const ticks = timeTicks(from, from + 6 * 3_600_000, 5)
    expect(ticks.length).toBeGreaterThan(1)
    expect(ticks.length).toBeLessThanOrEqual(5)
    for (const tick of ticks) expect(new Date(tick).getMinutes()).toBe(0)
  })
})
