import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { RunDetails } from '../../../src/cli/run-details.js'
import { recordingTerminal } from './recording-terminal.js'

const retry = { type: 'retry', retry: 1, delayMs: 10.4, reason: 'busy' } as const

describe('RunDetails', () => {
  let clock: jest.SpiedFunction<typeof performance.now>
  beforeEach(() => {
    clock = jest.spyOn(performance, 'now').mockReturnValue(1_000)
  })
  afterEach(() => {
    clock.mockRestore()
  })

  it('says how much of the time each side was busy', () => {
    const details = new RunDetails(recordingTerminal())
    clock.mockReturnValue(11_000)
    expect(details.show({ encoding: 1_234, writing: 9_800 }, 0)).toBe('encoder busy 12 %, engine 98 %')
  })

  it('speaks of the last minutes, as of a run that follows changes for days', () => {
    const details = new RunDetails(recordingTerminal())
    const busyMs = { encoding: 60_000, writing: 60_000 }
    for (const minutes of [1, 60, 120, 180]) {
      clock.mockReturnValue(1_000 + minutes * 60_001)
      details.show(busyMs, 0)
    }
    clock.mockReturnValue(1_000 + 181 * 60_001 - 1)
    const now = { encoding: 60_000, writing: 60_000 + 30 * 60_000 }
    expect(details.show(now, 0)).toMatch(/^encoder busy 0 %, engine (49|50) %$/)
  })

  it('counts retries and refusals, and tells of retries in a line every five seconds', () => {
    const terminal = recordingTerminal()
    const details = new RunDetails(terminal)
    for (let times = 0; times < 3; times++) details.seeRetry(retry)
    clock.mockReturnValue(7_000)
    details.seeRetry({ ...retry, retry: 4 })
    expect(terminal.noted()).toBe('retry 1 in 10 ms: busy\nretry 4 in 10 ms: busy\n')
    expect(details.show({ encoding: 0, writing: 0 }, 2)).toContain(', 4 retries, 2 refused')
  })
})
