/** Queries are somebody's wait; documents are work in bulk. */
export type TextKind = 'query' | 'document'

/** What a queue hands its runs to, for example a session. */
export interface BatchRunner<Row> {
  /** Runs that are computed at once. Default 1. */
  readonly workers?: number
  /** Length that a text is padded to; texts of one such length share runs. Default: the text's own. */
  readonly paddedLength?: (tokens: number) => number
  /**
   * @param batch token ids of texts of one (padded) length and kind
   * @returns one row a text
   */
  run(batch: readonly Int32Array[], kind: TextKind): Promise<readonly Row[]>
}

interface Pending<Row> {
  readonly ids: Int32Array
  readonly resolve: (row: Row) => void
  readonly reject: (error: unknown) => void
}

/** Texts of one kind that wait, by their (padded) length; the group that waited longest comes first. */
interface Waiting<Row> {
  readonly kind: TextKind
  readonly groups: Map<number, Pending<Row>[]>
  tokens: number
}

/** So many tokens keep a worker busy enough; sharing less among workers costs more than it saves. */
const SHARED_TOKENS = 256

/**
 * Puts texts of equal length into one run, whoever asked for them: on the CPU nothing is padded, so no position is
 * computed in vain, and the graph needs no attention mask, without which attention takes memory in proportion to
 * the length. As many runs are in flight as there are workers; queries come before documents.
 */
export class RunQueue<Row> {
  private readonly queries: Waiting<Row> = { kind: 'query', groups: new Map(), tokens: 0 }
  private readonly documents: Waiting<Row> = { kind: 'document', groups: new Map(), tokens: 0 }
  private readonly working = new Set<Promise<void>>()
  /** Workers that will look for another batch. */
  private active = 0
  private readonly workers: number

  /** @param maxBatchTokens most tokens of one run; a longer text is a run of its own */
  constructor(
    private readonly runner: BatchRunner<Row>,
    private readonly maxBatchTokens: number,
  ) {
    this.workers = runner.workers ?? 1
  }

  /** @param ids token ids of one text, at least one */
  run(ids: Int32Array, kind: TextKind = 'document'): Promise<Row> {
    return new Promise((resolve, reject) => {
      const waiting = kind === 'query' ? this.queries : this.documents
      const length = this.runner.paddedLength?.(ids.length) ?? ids.length
      const group = waiting.groups.get(length)
      const pending = { ids, resolve, reject }
      if (group === undefined) waiting.groups.set(length, [pending])
      else group.push(pending)
      waiting.tokens += length
      if (this.active < this.workers) this.startWorking()
    })
  }

  /** Waits for the texts that were handed in. */
  async drain(): Promise<void> {
    await Promise.all(this.working)
  }

  private startWorking(): void {
    this.active++
    const work = this.work().finally(() => this.working.delete(work))
    this.working.add(work)
  }

  private async work(): Promise<void> {
    // One turn of the event loop, so that callers of the same moment share their runs.
    await new Promise((resume) => setImmediate(resume))
    for (let next = this.mostUrgent(); next !== undefined; next = this.mostUrgent())
      await this.runBatch(this.nextBatch(next), next.kind)
    this.active--
  }

  private mostUrgent(): Waiting<Row> | undefined {
    return [this.queries, this.documents].find(({ groups }) => groups.size > 0)
  }

  private nextBatch(waiting: Waiting<Row>): readonly Pending<Row>[] {
    const [oldest] = waiting.groups
    if (oldest === undefined) return []
    const [length, group] = oldest
    const share = Math.max(SHARED_TOKENS, Math.ceil(waiting.tokens / this.workers))
    const batch = group.splice(0, Math.max(1, Math.floor(Math.min(this.maxBatchTokens, share) / length)))
    waiting.tokens -= batch.length * length
    waiting.groups.delete(length)
    // What is left of a large group waits behind the others.
    if (group.length > 0) waiting.groups.set(length, group)
    return batch
  }

  private async runBatch(batch: readonly Pending<Row>[], kind: TextKind): Promise<void> {
    try {
      const ids = batch.map((pending) => pending.ids)
      const rows = await this.runner.run(ids, kind)
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
