/** Slots looked at before a table is as full as allowed: half of them. */
const SLOTS_PER_ENTRY = 2

/** Four numbers a slot. */
const STRIDE = 4
const LEFT = 0
const RIGHT = 1
const RANK = 2
const MERGED = 3

/**
 * Merges of byte-pair encoding: two token ids -> rank and id of the merged token. Open addressing in one typed
 * array: a fifth of the memory of a Map with a key per pair.
 */
export class PairTable {
  private readonly slots: Int32Array
  private readonly mask: number

  /** @param entries the most pairs that will be set */
  constructor(entries: number) {
    let size = 16
    while (size < SLOTS_PER_ENTRY * entries) size *= 2
    this.mask = size - 1
    this.slots = new Int32Array(STRIDE * size).fill(-1)
  }

  /** Sets a pair's rank and merged id; a pair that is set twice keeps the later. */
  set(left: number, right: number, rank: number, merged: number): void {
    this.slots.set([left, right, rank, merged], STRIDE * this.slotOf(left, right))
  }

  /** Rank of a pair, 0 for the one to merge first; -1 for a pair that never merges. */
  rankOf(left: number, right: number): number {
    return this.slots[STRIDE * this.slotOf(left, right) + RANK] ?? -1
  }

  /** Id of the token that a pair merges into; -1 for a pair that never merges. */
  mergedId(left: number, right: number): number {
    return this.slots[STRIDE * this.slotOf(left, right) + MERGED] ?? -1
  }

  private slotOf(left: number, right: number): number {
    let slot = (Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)) >>> 7
    for (slot &= this.mask; ; slot = (slot + 1) & this.mask) {
      const base = STRIDE * slot
      const foundLeft = this.slots[base + LEFT]
      if (foundLeft === -1 || (foundLeft === left && this.slots[base + RIGHT] === right)) return slot
    }
  }
}
