import { describe, expect, it } from '@jest/globals'
import type { IndexEvent } from '../../../src/indexer/events.js'
import type { DocumentRecord } from '../../../src/indexer/record.js'
import { RecordOutcomes } from '../../../src/indexer/record-outcomes.js'

const record = (id: string, lack?: string): DocumentRecord => {
  const origin = { file: 'in.jsonl', line: 1 }
  return { id, texts: [], source: {}, contentHash: '', origin, ...(lack !== undefined && { lack }) }
}
const at = (records: number) => ({ input: 0, at: { name: 'in.jsonl', records, digest: `${records}` } })

describe('RecordOutcomes', () => {
  it('counts each record once, in whatever way it ends, and tells of those that are not stored', async () => {
    const events: IndexEvent[] = []
    const outcomes = new RecordOutcomes({ onEvent: (event) => events.push(event) })
    const [written, refused, lacking] = [record('a'), record('b'), record('c', 'has none')]
    for (const [place, one] of [written, refused, lacking].entries()) outcomes.read(one, at(place + 1))
    outcomes.skip(lacking)
    await outcomes.bury([{ record: refused, status: 400, reason: 'no' }])
    expect(outcomes.settled().counts.read).toBe(0)
    outcomes.settle(written, 'indexed')
    const counts = { read: 3, indexed: 1, unchanged: 0, deadLettered: 1, skipped: 1 }
    expect(outcomes.counts()).toEqual(counts)
    expect(outcomes.settled()).toEqual({ counts, positions: [at(3).at] })
    const { origin } = lacking
    expect(events).toEqual([
      { type: 'skipped', id: 'c', origin, reason: 'has none' },
      { type: 'dead-letter', record: refused, status: 400, reason: 'no' },
    ])
  })

  it('knows how many records of a document are on their way', () => {
    const outcomes = new RecordOutcomes({})
    const [first, second] = [record('a'), record('a')]
    outcomes.read(first, at(1))
    outcomes.read(second, at(2))
    expect([first, second].map((one) => outcomes.setOut(one))).toEqual([1, 2])
    outcomes.settle(first, 'indexed')
    expect(outcomes.setOut({ id: 'a', index: 'other' })).toBe(1)
    outcomes.settle(second, 'unchanged')
    expect(outcomes.setOut({ id: 'a' })).toBe(1)
  })
})
