import { randomUUID } from 'node:crypto'
import { type BusyTimes, countsBetween, type IndexCounts, type LoadEvent } from '../indexer/events.js'
import { NOTHING_ENCODED, withBatch } from '../telemetry/encoded-counts.js'
import type { IngestEvent, TelemetrySink } from '../telemetry/events.js'

/** How often a load says how it goes. */
const INTERVAL_MS = 10_000

const NOTHING: IndexCounts = { read: 0, indexed: 0, unchanged: 0, deadLettered: 0, skipped: 0 }

/** What a load is called in its events. */
export type LoadName = Pick<IngestEvent, 'command' | 'index' | 'model'>

/** How far a load has come. */
interface Moment {
  readonly counts: IndexCounts
  readonly busyMs: BusyTimes
}

const BEGINNING: Moment = { counts: NOTHING, busyMs: { encoding: 0, writing: 0 } }

/** Sums what happens during a load up to an event every ten seconds in which anything does, and one at its end. */
export class IngestTelemetry {
  readonly #run = randomUUID()
  #startedAt: number
  #reported = BEGINNING
  #latest = BEGINNING
  #encoded = NOTHING_ENCODED
  #retries = 0
  /** Tells of the last that was seen where nothing follows for long, as while changes are waited for. */
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly sink: TelemetrySink,
    private readonly load: LoadName,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.#startedAt = clock()
  }

  see(event: LoadEvent): void {
    if (event.type === 'retry') this.#retries++
    if (event.type === 'encoded') this.#encoded = withBatch(this.#encoded, event)
    if (event.type === 'resumed') this.#reported = { ...this.#reported, counts: event.counts }
    if (event.type !== 'progress') return
    this.#latest = event
    const restMs = this.#startedAt + INTERVAL_MS - this.clock()
    if (restMs <= 0) this.#report(false)
    else
      this.#timer ??= setTimeout(() => {
        this.#report(false)
      }, restMs).unref()
  }

  /** The last event, whether the load came to its end or not. */
  finish(): void {
    this.#report(true)
  }

  #report(finished: boolean): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const now = this.clock()
    this.sink.record({ ...this.#sinceLast(now), finished })
    this.#startedAt = now
    this.#reported = this.#latest
    this.#encoded = NOTHING_ENCODED
    this.#retries = 0
  }

  #sinceLast(now: number): Omit<IngestEvent, 'finished'> {
    const [latest, reported] = [this.#latest, this.#reported]
    return {
      type: 'ingest',
      ...this.load,
      run: this.#run,
      intervalMs: now - this.#startedAt,
      documents: countsBetween(reported.counts, latest.counts),
      retries: this.#retries,
      encoded: this.#encoded,
      busyMs: {
        encoding: latest.busyMs.encoding - reported.busyMs.encoding,
        writing: latest.busyMs.writing - reported.busyMs.writing,
      },
    }
  }
}
