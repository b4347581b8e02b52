import { describe, expect, it } from '@jest/globals'
import { AdaptiveLimit } from '../../../src/indexer/adaptive-limit.js'

const MEBIBYTE = 1024 * 1024

/** An engine with so many processors, and a clock that only it moves. */
class Engine {
  now = 0
  constructor(private readonly processors: number) {}

  /** One round: as many requests as the limit lets, all begun together. */
  round(limit: AdaptiveLimit, refused = 0): void {
    const attempts = Array.from({ length: limit.current }, () => limit.begin(() => this.now))
    this.now += 100 * Math.max(1, attempts.length / this.processors)
    for (const [position, attempt] of attempts.entries()) {
      if (position < refused) attempt.overloaded()
      attempt.succeeded(5 * MEBIBYTE)
    }
  }
}

function afterRounds(engine: Engine, limit: AdaptiveLimit, rounds: number): number {
  for (let round = 0; round < rounds; round++) engine.round(limit)
  return limit.current
}

describe('AdaptiveLimit', () => {
  it('begins with one request, and grows by one a round up to its bound', () => {
    const limit = new AdaptiveLimit({ maxConcurrency: 6 })
    const engine = new Engine(100)
    const limits = Array.from({ length: 20 }, () => {
      const { current } = limit
      engine.round(limit)
      return current
    })
    expect(limits[0]).toBe(1)
    expect(limits.slice(0, 4)).toEqual([1, 2, 2, 3])
    expect(limits.slice(10)).toEqual(Array(10).fill(6))
  })

  it.each([1, 2, 4])('stays near what %d processors can do, with a few requests waiting', (processors) => {
    const limit = new AdaptiveLimit({ maxConcurrency: 64 })
    const current = afterRounds(new Engine(processors), limit, 200)
    expect(current).toBeGreaterThan(processors)
    expect(current).toBeLessThanOrEqual(processors + 4)
  })

  it('halves once for all refusals of a round, and recovers', () => {
    const limit = new AdaptiveLimit({ maxConcurrency: 16 })
    const engine = new Engine(100)
    afterRounds(engine, limit, 20)
    engine.round(limit, 16)
    expect(limit.current).toBe(8)
    engine.round(limit, 8)
    expect(limit.current).toBe(4)
    expect(afterRounds(engine, limit, 5)).toBeGreaterThanOrEqual(8)
    for (let round = 0; round < 10; round++) engine.round(limit, 16)
    expect(limit.current).toBe(1)
  })

  it.each([0, 1.5, NaN])('refuses %d as its bound', (maxConcurrency) => {
    expect(() => new AdaptiveLimit({ maxConcurrency })).toThrow('maxConcurrency must be an integer >= 1')
  })
})
