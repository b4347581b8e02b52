import type { SpladeSession, TermWeights } from '../inference/splade-session.js'

interface Pending {
  readonly ids: Int32Array
  readonly resolve: (weights: TermWeights) => void
  readonly reject: (error: unknown) => void
}

/**
 * Puts texts of equal length into one run, whoever asked for them: nothing is padded, so no position is computed
 * in vain, and the graph needs no attention mask, without which attention takes memory in proportion to the
 * length. Runs follow each other; two at once would share the same cores and only double the memory.
 */
export class RunQueue {
  /** Waiting texts by their length; the group that waited longest comes first. */
  private readonly groups = new Map<number, Pending[]>()
  private working: Promise<void> | undefined

  /** @param maxBatchTokens most tokens of one run; a longer text is a run of its own */
  constructor(
    private readonly session: SpladeSession,
    private readonly maxBatchTokens: number,
  ) {}

  /** @param ids token ids of one text, at least one */
  run(ids: Int32Array): Promise<TermWeights> {
    return new Promise((resolve, reject) => {
      const pending = { ids, resolve, reject }
      const group = this.groups.get(ids.length)
      if (group === undefined) this.groups.set(ids.length, [pending])
      else group.push(pending)
      this.working ??= this.work()
    })
  }

  /** Waits for the texts that were handed in. */
  async drain(): Promise<void> {
    await this.working
  }

  private async work(): Promise<void> {
    // One turn of the event loop, so that callers of the same moment share their runs.
    await new Promise((resume) => setImmediate(resume))
    for (let batch = this.nextBatch(); batch.length > 0; batch = this.nextBatch()) await this.runBatch(batch)
    this.working = undefined
  }

  private nextBatch(): readonly Pending[] {
    const [oldest] = this.groups
    if (oldest === undefined) return []
    const [length, group] = oldest
    const batch = group.splice(0, Math.max(1, Math.floor(this.maxBatchTokens / length)))
    this.groups.delete(length)
    // What is left of a large group waits behind the others.
    if (group.length > 0) this.groups.set(length, group)
    return batch
  }

  private async runBatch(batch: readonly Pending[]): Promise<void> {
    try {
      const rows = await this.session.run(batch.map(({ ids }) => ids))
      batch.forEach(({ resolve, reject }, index) => {
        const row = rows[index]
        if (row === undefined)
          reject(new RangeError(`the session gave ${rows.length} rows for ${batch.length} texts`))
        else resolve(row)
      })
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}
