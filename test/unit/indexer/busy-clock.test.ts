import { describe, expect, it } from '@jest/globals'
import { BusyClock } from '../../../src/indexer/busy-clock.js'

describe('BusyClock', () => {
  it('counts time once where work overlaps, none where there is none, and work under way', async () => {
    let now = 0
    const clock = new BusyClock(() => now)
    const ends: (() => void)[] = []
    const work = (): Promise<void> => clock.during(() => new Promise((resolve) => ends.push(resolve)))
    const first = work()
    now = 10
    const second = work()
    now = 15
    ends[0]!()
    await first
    now = 30
    expect(clock.busyMs()).toBe(30)
    ends[1]!()
    await second
    now = 100
    expect(clock.busyMs()).toBe(30)
    const failing = clock.during(() => Promise.reject(new Error('broken')))
    now = 107
    await expect(failing).rejects.toThrow('broken')
    expect(clock.busyMs()).toBe(37)
  })
})
