import { describe, expect, it } from '@jest/globals'
import { PairTable } from '../../../src/tokenizer/pair-table.js'
import { SymbolChain } from '../../../src/tokenizer/symbol-chain.js'

function chainOf(ids: readonly number[]): SymbolChain {
  const chain = new SymbolChain(ids.length)
  ids.forEach((id, at) => {
    chain.add(id, at, at + 1)
  })
  return chain
}

/** Merges by looking through the whole word each time: slow, and plainly right. */
function mergedPlainly(ids: readonly number[], merges: PairTable): number[] {
  const symbols = [...ids]
  for (;;) {
    const ranks = symbols.slice(1).map((right, at) => merges.rankOf(symbols[at] ?? -1, right))
    const best = Math.min(...ranks.filter((rank) => rank !== -1))
    if (!Number.isFinite(best)) return symbols
    const at = ranks.indexOf(best)
    symbols.splice(at, 2, merges.mergedId(symbols[at] ?? -1, symbols[at + 1] ?? -1))
  }
}

describe('SymbolChain', () => {
  it('merges as looking through the whole word each time does', () => {
    const merges = new PairTable(40)
    let rank = 0
    for (const [left, right] of [
      [1, 2],
      [0, 1],
      [3, 3],
      [2, 0],
      [10, 3],
      [11, 12],
      [12, 0],
      [10, 10],
      [13, 11],
    ] as const) {
      merges.set(left, right, rank, 10 + rank++)
    }
    let state = 7
    for (let run = 0; run < 500; run++) {
      const ids = Array.from({ length: 1 + (run % 30) }, () => (state = (state * 75 + 74) % 65537) % 4)
      const chain = chainOf(ids)
      chain.mergeAll(merges)
      expect(chain.tokens().ids).toEqual(mergedPlainly(ids, merges))
    }
  })

  it('lets a merged symbol reach over both', () => {
    const merges = new PairTable(1)
    merges.set(1, 2, 0, 3)
    const chain = chainOf([0, 1, 2])
    chain.mergeAll(merges)
    expect(chain.tokens()).toEqual({ ids: [0, 3], bounds: [0, 1, 1, 3] })
  })

  it('extends only a last symbol of the same id that ends there', () => {
    const chain = chainOf([5])
    expect([chain.extendLast(6, 1, 2), chain.extendLast(5, 2, 3), chain.extendLast(5, 1, 2)]).toEqual([
      false,
      false,
      true,
    ])
    expect(chain.tokens()).toEqual({ ids: [5], bounds: [0, 2] })
  })
})
