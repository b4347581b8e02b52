import { describe, expect, it } from '@jest/globals'
import { PairTable } from '../../../src/tokenizer/pair-table.js'

describe('PairTable', () => {
  it('finds what was set, and nothing else', () => {
    const table = new PairTable(2)
    table.set(1, 2, 0, 3)
    table.set(2, 1, 1, 4)
    expect([table.rankOf(1, 2), table.mergedId(1, 2)]).toEqual([0, 3])
    expect([table.rankOf(2, 1), table.mergedId(2, 1)]).toEqual([1, 4])
    expect([table.rankOf(1, 1), table.mergedId(1, 1)]).toEqual([-1, -1])
  })

  it('keeps the later of two merges of one pair', () => {
    const table = new PairTable(2)
    table.set(1, 2, 0, 3)
    table.set(1, 2, 5, 6)
    expect([table.rankOf(1, 2), table.mergedId(1, 2)]).toEqual([5, 6])
  })

  it('holds as many pairs as it was made for', () => {
    const table = new PairTable(10_000)
    for (let at = 0; at < 10_000; at++) table.set(at % 100, Math.floor(at / 100), at, at + 1)
    const wrong = Array.from({ length: 10_000 }, (_, at) => at).filter(
      (at) => table.rankOf(at % 100, Math.floor(at / 100)) !== at,
    )
    expect(wrong).toEqual([])
  })
})
