import { randomUUID } from 'node:crypto'
import { NOTHING_ENCODED, withBatch } from './encoded-counts.js'
import type { TelemetrySink, WriteEvent } from './events.js'
import type { ObservedDocuments } from './request-observer.js'

/** How long documents are summed. */
const INTERVAL_MS = 10_000
/** Sums that are kept at most: clients may write to any number of indices. */
const MAX_SUMS = 100

type Sum = Pick<WriteEvent, 'index' | 'model' | 'encoded'>

/** Sums documents that are encoded on their way to an event an index and model, ten seconds after the first of them. */
export class WriteEvents {
  readonly #run = randomUUID()
  readonly #sums = new Map<string, Sum>()
  #startedAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly sink: Pick<TelemetrySink, 'record'>,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  add({ index, model, ...batch }: ObservedDocuments): void {
    if (this.#timer === undefined) this.#start()
    const key = JSON.stringify([index, model])
    const { encoded } = this.#sums.get(key) ?? { encoded: NOTHING_ENCODED }
    this.#sums.set(key, { index, model, encoded: withBatch(encoded, batch) })
    if (this.#sums.size >= MAX_SUMS) this.flush()
  }

  /** Records what has been summed so far. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const intervalMs = this.clock() - this.#startedAt
    for (const sum of this.#sums.values())
      this.sink.record({ type: 'write', run: this.#run, intervalMs, ...sum })
    this.#sums.clear()
  }

  #start(): void {
    this.#startedAt = this.clock()
    this.#timer = setTimeout(() => {
      this.flush()
    }, INTERVAL_MS).unref()
  }
}
