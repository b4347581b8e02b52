import { describe, expect, it } from '@jest/globals'
import { Ledger } from '../../../src/indexer/ledger.js'
import type { ReadPosition } from '../../../src/indexer/read-position.js'
import { seededRandom } from '../../random.js'

const place = (records: number, input = 0): ReadPosition => ({
  input,
  at: { name: `in-${input}`, records, digest: `digest ${records}` },
})

describe('Ledger', () => {
  it('settles only what lies before the first document on its way', () => {
    const ledger = new Ledger()
    const [first, second, third] = [{}, {}, {}]
    for (const [position, document] of [first, second, third].entries())
      ledger.enter(document, place(position + 1))
    ledger.settle(third, 'indexed')
    expect(ledger.settled()).toMatchObject({ counts: { read: 0, indexed: 0 }, positions: [] })
    ledger.settle(first, 'skipped')
    expect(ledger.settled()).toMatchObject({ counts: { read: 1, skipped: 1 }, positions: [place(1).at] })
    ledger.settle(second, 'unchanged')
    expect(ledger.settled()).toEqual({
      counts: { read: 3, indexed: 1, unchanged: 1, deadLettered: 0, skipped: 1 },
      positions: [place(3).at],
    })
  })

  it('keeps the place in each input, and goes on from those of an earlier run', () => {
    const earlier = new Ledger()
    const document = {}
    earlier.enter(document, place(1))
    earlier.settle(document, 'indexed')
    earlier.end(place(1))
    const later = new Ledger(earlier.settled())
    const next = {}
    later.enter(next, place(1, 1))
    expect(later.counts()).toMatchObject({ read: 2, indexed: 1 })
    later.settle(next, 'deadLettered')
    expect(later.settled()).toMatchObject({
      counts: { read: 2, indexed: 1, deadLettered: 1 },
      positions: [place(1).at, place(1, 1).at],
    })
  })

  it('adds up however many documents end in whatever order', () => {
    const random = seededRandom(7)
    const ledger = new Ledger()
    const onTheWay: object[] = []
    for (let records = 1; records <= 10_000; records++) {
      const document = {}
      ledger.enter(document, place(records))
      onTheWay.push(document)
      while (onTheWay.length > 50) {
        const [taken] = onTheWay.splice(Math.floor(random() * onTheWay.length), 1)
        ledger.settle(taken!, random() < 0.5 ? 'indexed' : 'unchanged')
      }
      const { counts, positions } = ledger.settled()
      expect(counts.indexed + counts.unchanged).toBe(counts.read)
      expect(positions[0]?.records ?? 0).toBe(counts.read)
    }
    for (const document of onTheWay) ledger.settle(document, 'indexed')
    expect(ledger.settled().counts).toEqual(ledger.counts())
    expect(ledger.counts().read).toBe(10_000)
  })

  it('refuses to settle a document twice', () => {
    const ledger = new Ledger()
    const document = {}
    ledger.enter(document, place(1))
    ledger.settle(document, 'indexed')
    expect(() => {
      ledger.settle(document, 'indexed')
    }).toThrow(RangeError)
  })
})
