import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { TelemetryEvent } from '../../../src/telemetry/events.js'
import { WriteEvents } from '../../../src/telemetry/write-events.js'

const batchFor = (index: string, tokenCounts: readonly number[]) => ({
  ...{ index, model: 'a-model', documents: tokenCounts.length, chunked: 0, truncated: 0, fragmented: 0 },
  ...{ tokenCounts, activeTokens: tokenCounts },
})

describe('events of documents that are encoded on their way', () => {
  let events: TelemetryEvent[]
  let writes: WriteEvents
  beforeEach(() => {
    jest.useFakeTimers()
    events = []
    writes = new WriteEvents({ record: (event) => events.push(event) })
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it('come ten seconds after the first document, one an index', () => {
    writes.add(batchFor('a', [3, 4]))
    jest.advanceTimersByTime(9_000)
    writes.add(batchFor('a', [10]))
    writes.add(batchFor('b', [1]))
    expect(events).toEqual([])
    jest.advanceTimersByTime(1_000)
    expect(events).toMatchObject([
      {
        ...{ type: 'write', index: 'a', model: 'a-model', intervalMs: 10_000 },
        encoded: { documents: 3, tokens: { sum: 17, max: 10 } },
      },
      { index: 'b', encoded: { documents: 1 } },
    ])
  })

  it('come not at all while nothing is written, and begin anew afterwards', () => {
    writes.add(batchFor('a', [3]))
    jest.advanceTimersByTime(60_000)
    expect(events).toHaveLength(1)
    expect(jest.getTimerCount()).toBe(0)
    writes.add(batchFor('a', [5]))
    writes.flush()
    writes.flush()
    expect(events.slice(1)).toMatchObject([{ intervalMs: 0, encoded: { documents: 1, tokens: { sum: 5 } } }])
    expect(jest.getTimerCount()).toBe(0)
  })

  it('come sooner where clients write to very many indices', () => {
    for (let index = 0; index < 250; index++) writes.add(batchFor(`i${index}`, [1]))
    expect(events).toHaveLength(200)
  })
})
