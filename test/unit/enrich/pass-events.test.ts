import { describe, expect, it } from '@jest/globals'
import type { EnrichCounts, EnrichEvent } from '../../../src/enrich/events.js'
import { PassEvents } from '../../../src/enrich/pass-events.js'

const NOTHING = { read: 0, enriched: 0, unchanged: 0, skipped: 0, deadLettered: 0, gone: 0, conflicts: 0 }

const progress = (total: number, counts: Partial<EnrichCounts>): EnrichEvent => ({
  type: 'progress',
  counts: { ...NOTHING, ...counts },
  total,
  busyMs: { encoding: 5, writing: 2 },
})
const letter = (id: string): EnrichEvent => ({
  type: 'dead-letter',
  record: { id, index: 'copy', texts: [], source: {}, contentHash: 'h', origin: { file: 'copy' } },
  status: 400,
  reason: 'refused',
})

describe('the events of several passes', () => {
  it('count on, but what each pass meets again counts once', () => {
    const events: EnrichEvent[] = []
    const passes = new PassEvents((event) => events.push(event))
    passes.begin()
    passes.see(progress(10, { read: 10, enriched: 7, skipped: 2, deadLettered: 1 }))
    passes.begin()
    passes.see(progress(5, { read: 3, skipped: 2, deadLettered: 1 }))
    passes.see(progress(5, { read: 5, enriched: 1, skipped: 2, deadLettered: 2 }))
    expect(events).toMatchObject([
      { total: 10, counts: { read: 10, enriched: 7 }, busyMs: { encoding: 5, writing: 2 } },
      { total: 12, counts: { read: 10, enriched: 7, skipped: 2, deadLettered: 1 } },
      {
        total: 12,
        counts: { read: 12, enriched: 8, skipped: 2, deadLettered: 2 },
        busyMs: { encoding: 10, writing: 4 },
      },
    ])
  })

  it('tell a refusal once, and all else as it comes', () => {
    const events: EnrichEvent[] = []
    const passes = new PassEvents((event) => events.push(event))
    const retry = { type: 'retry', retry: 1, delayMs: 1, reason: 'busy' } as const
    for (const event of [letter('a'), retry, letter('a'), retry, letter('b')]) passes.see(event)
    expect(events).toEqual([letter('a'), retry, retry, letter('b')])
  })
})
