import type { PairTable } from './pair-table.js'
import type { WordTokens } from './subword-model.js'

/** Factor that keeps rank and position apart in one number: positions stay below it. */
const POSITIONS = 2 ** 31

/** The symbols of one word while byte-pair encoding merges them: a linked list in typed arrays. */
export class SymbolChain {
  private length = 0
  private readonly ids: Int32Array
  private readonly starts: Int32Array
  private readonly ends: Int32Array
  private readonly previous: Int32Array
  private readonly next: Int32Array

  /** @param capacity the most symbols that will be added */
  constructor(capacity: number) {
    this.ids = new Int32Array(capacity)
    this.starts = new Int32Array(capacity)
    this.ends = new Int32Array(capacity)
    this.previous = new Int32Array(capacity)
    this.next = new Int32Array(capacity)
  }

  /** Adds a symbol that stands for units `[start, end)` of the word. */
  add(id: number, start: number, end: number): void {
    const at = this.length++
    this.ids[at] = id
    this.starts[at] = start
    this.ends[at] = end
    this.previous[at] = at - 1
    this.next[at] = at + 1
  }

  /** Makes the last symbol reach to `end` if it has this id and ends at `start`; tells whether it did. */
  extendLast(id: number, start: number, end: number): boolean {
    const last = this.length - 1
    if (last < 0 || this.ids[last] !== id || this.ends[last] !== start) return false
    this.ends[last] = end
    return true
  }

  /** Merges until no pair of neighbours can merge: lowest rank first, then leftmost. n log n for n symbols. */
  mergeAll(merges: PairTable): void {
    const queue = new MergeQueue()
    for (let at = 0; at + 1 < this.length; at++) this.offer(queue, merges, at)
    for (let merge = queue.pop(); merge !== undefined; merge = queue.pop()) {
      const at = merge % POSITIONS
      // The pair that was queued may be gone by now: merged with a neighbour, or merged away.
      if (this.rankAt(merges, at) !== Math.floor(merge / POSITIONS)) continue
      this.mergeAt(merges, at)
      this.offer(queue, merges, this.previous[at] ?? -1)
      this.offer(queue, merges, at)
    }
  }

  /** The symbols that are left. */
  tokens(): WordTokens {
    const ids: number[] = []
    const bounds: number[] = []
    for (let at = 0; at < this.length; at = this.next[at] ?? this.length) {
      ids.push(this.ids[at] ?? 0)
      bounds.push(this.starts[at] ?? 0, this.ends[at] ?? 0)
    }
    return { ids, bounds }
  }

  private offer(queue: MergeQueue, merges: PairTable, at: number): void {
    const rank = this.rankAt(merges, at)
    if (rank !== -1) queue.push(rank * POSITIONS + at)
  }

  /** Rank of the pair that starts at a symbol; -1 if it cannot merge, or if the symbol was merged away. */
  private rankAt(merges: PairTable, at: number): number {
    const right = at < 0 ? this.length : (this.next[at] ?? this.length)
    if (right >= this.length || right < 0) return -1
    return merges.rankOf(this.ids[at] ?? -1, this.ids[right] ?? -1)
  }

  private mergeAt(merges: PairTable, at: number): void {
    const right = this.next[at] ?? 0
    const after = this.next[right] ?? this.length
    this.ids[at] = merges.mergedId(this.ids[at] ?? -1, this.ids[right] ?? -1)
    this.ends[at] = this.ends[right] ?? 0
    this.next[at] = after
    this.next[right] = -1
    if (after < this.length) this.previous[after] = at
  }
}

/** A binary heap of numbers, smallest first. */
class MergeQueue {
  private readonly heap: number[] = []

  push(value: number): void {
    let at = this.heap.push(value) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.at(parent) <= value) break
      this.heap[at] = this.at(parent)
      at = parent
    }
    this.heap[at] = value
  }

  pop(): number | undefined {
    const smallest = this.heap[0]
    const last = this.heap.pop()
    if (last !== undefined && this.heap.length > 0) this.sink(last)
    return smallest
  }

  /** Puts a value in the place of the smallest and lets it sink to where it belongs. */
  private sink(value: number): void {
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const child = this.at(left + 1) < this.at(left) ? left + 1 : left
      if (this.at(child) >= value) break
      this.heap[at] = this.at(child)
      at = child
    }
    this.heap[at] = value
  }

  private at(index: number): number {
    return this.heap[index] ?? Number.POSITIVE_INFINITY
  }
}
