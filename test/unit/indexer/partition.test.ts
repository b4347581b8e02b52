import { describe, expect, it } from '@jest/globals'
import { isInPartition, normalizePartition } from '../../../src/indexer/partition.js'

describe('isInPartition', () => {
  it.each([1, 2, 4, 7])('gives every id to exactly one of %d, in fair shares', (of) => {
    const ids = Array.from({ length: 4_000 }, (_, number) => `문서-${number}`)
    const shares = Array.from({ length: of }, (_, number) =>
      ids.filter((id) => isInPartition(id, { number, of })),
    )
    expect(shares.flat().sort()).toEqual([...ids].sort())
    for (const share of shares) expect(share.length).toBeGreaterThan(0.85 * (ids.length / of))
  })

  it('never changes: workers of two releases share one load', () => {
    const owner = (id: string): number =>
      [0, 1, 2, 3].findIndex((number) => isInPartition(id, { number, of: 4 }))
    expect(['1', '2', 'en-001', 'ko-001', ''].map(owner)).toEqual(BY_SHA256SUM)
  })
})

/** The first eight digits of `sha256sum`, modulo 4. */
const BY_SHA256SUM = [3, 2, 1, 2, 2]

describe('normalizePartition', () => {
  it.each([
    [{ number: 0, of: 0 }, 'partition must be of an integer >= 1 of partitions, received 0'],
    [{ number: 4, of: 4 }, 'partition must be a number from 0 to 3, received 4'],
    [{ number: -1, of: 4 }, 'partition must be a number from 0 to 3, received -1'],
  ])('refuses %j', (partition, message) => {
    expect(() => normalizePartition(partition)).toThrow(message)
  })
})
