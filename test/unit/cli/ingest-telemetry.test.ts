import { describe, expect, it, jest } from '@jest/globals'
import { IngestTelemetry } from '../../../src/cli/ingest-telemetry.js'
import type { IndexCounts } from '../../../src/indexer/events.js'
import type { TelemetryEvent, TelemetrySink } from '../../../src/telemetry/events.js'

const LOAD = { command: 'enrich', index: 'articles', model: 'ko-en-mini' } as const

describe('the telemetry of a load', () => {
  it('is an event every ten seconds with what was done since the last, and one at the end', () => {
    const { telemetry, events, passTime } = loadAt()
    telemetry.see(progress({ read: 10, indexed: 10 }))
    expect(events).toEqual([])
    passTime(10_000)
    telemetry.see(progress({ read: 30, indexed: 28, deadLettered: 2 }))
    passTime(1_000)
    telemetry.see(progress({ read: 35, indexed: 33, deadLettered: 2 }))
    telemetry.finish()
    expect(events).toMatchObject([
      { finished: false, intervalMs: 10_000, documents: { read: 30, indexed: 28, deadLettered: 2 } },
      { finished: true, intervalMs: 1_000, documents: { read: 5, indexed: 5, deadLettered: 0 } },
    ])
  })

  it('sums lengths and retries, and begins anew after an event', () => {
    const { telemetry, events } = loadAt()
    const batch = {
      type: 'encoded',
      documents: 2,
      fragmented: 1,
      chunked: 0,
      chunks: 0,
      truncated: 1,
    } as const
    telemetry.see({ ...batch, tokenCounts: [5, 7], activeTokens: [4, 2] })
    telemetry.see({ ...batch, tokenCounts: [1, 9], activeTokens: [3, 3] })
    telemetry.see({ type: 'retry', retry: 1, delayMs: 5, reason: '429' })
    telemetry.finish()
    telemetry.finish()
    expect(events).toMatchObject([
      {
        retries: 1,
        encoded: {
          documents: 4,
          truncated: 2,
          tokens: { sum: 22, max: 9 },
          activeTokens: { sum: 12, max: 4 },
        },
      },
      { retries: 0, encoded: { documents: 0, tokens: { sum: 0, max: 0 } } },
    ])
  })

  it('tells of what came after an event within ten seconds, though nothing follows', () => {
    jest.useFakeTimers()
    try {
      const { telemetry, events, passTime } = loadAt()
      telemetry.see(progress({ read: 3, indexed: 3 }))
      passTime(10_000)
      jest.advanceTimersByTime(10_000)
      expect(events).toMatchObject([{ ...LOAD, finished: false, documents: { read: 3 } }])
      passTime(60_000)
      jest.advanceTimersByTime(60_000)
      expect(events).toHaveLength(1)
      telemetry.finish()
      expect(events[1]).toMatchObject({ finished: true, documents: { read: 0 } })
      expect(jest.getTimerCount()).toBe(0)
    } finally {
      jest.useRealTimers()
    }
  })

  it('does not count what an earlier run has done', () => {
    const { telemetry, events } = loadAt()
    telemetry.see({ type: 'resumed', counts: countsOf({ read: 100, indexed: 100 }) })
    telemetry.see(progress({ read: 105, indexed: 105 }))
    telemetry.finish()
    expect(events).toMatchObject([{ documents: { read: 5, indexed: 5 } }])
  })
})

function loadAt(): {
  readonly telemetry: IngestTelemetry
  readonly events: readonly TelemetryEvent[]
  readonly passTime: (ms: number) => void
} {
  const events: TelemetryEvent[] = []
  let now = 0
  const sink: TelemetrySink = {
    record: (event) => {
      events.push(event)
    },
    counts: { written: 0, dropped: 0 },
    close: () => Promise.resolve(),
  }
  return {
    telemetry: new IngestTelemetry(sink, LOAD, () => now),
    events,
    passTime: (ms) => {
      now += ms
    },
  }
}

function countsOf(counts: Partial<IndexCounts>): IndexCounts {
  return { read: 0, indexed: 0, unchanged: 0, deadLettered: 0, skipped: 0, ...counts }
}

function progress(counts: Partial<IndexCounts>) {
  const busyMs = { encoding: 0, writing: 0 }
  return { type: 'progress', counts: countsOf(counts), bytesRead: 0, busyMs } as const
}
