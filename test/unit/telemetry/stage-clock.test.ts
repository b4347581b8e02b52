import { describe, expect, it } from '@jest/globals'
import { StageClock } from '../../../src/telemetry/stage-clock.js'

describe('the time of a request', () => {
  let now = 0
  const at = (time: number): void => {
    now = time
  }
  const start = (): StageClock => {
    at(0)
    return new StageClock(() => now)
  }

  it('is divided between the engine, the encoder and the proxy, each moment once', () => {
    const clock = start()
    at(1)
    clock.enter('encode')
    at(3)
    // An encoder that asks the engine for counts waits for the engine.
    clock.enter('engine')
    at(7)
    clock.leave('engine')
    at(8)
    clock.leave('encode')
    clock.enter('engine')
    clock.enter('engine')
    at(18)
    clock.leave('engine')
    at(28)
    clock.leave('engine')
    at(30)
    expect(clock.stop()).toEqual({ engineMs: 24, encodeMs: 3, ownMs: 3 })
  })

  it('begins again once the body of the client is there, and ends once', () => {
    const clock = start()
    at(500)
    clock.restart()
    at(502)
    const times = clock.stop()
    at(900)
    clock.enter('engine')
    at(1_000)
    expect(clock.stop()).toEqual({ engineMs: 0, encodeMs: 0, ownMs: 2 })
    expect(times.ownMs).toBe(2)
  })
})
