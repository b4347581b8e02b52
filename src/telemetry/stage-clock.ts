/** Who a moment belongs to: the engine while it is asked, else the encoder while it works, else the proxy. */
export interface StageTimes {
  readonly engineMs: number
  readonly encodeMs: number
  readonly ownMs: number
}

/**
 * Divides the time of one request between its stages. Stages overlap, as the searches of an `_msearch` do, and yet
 * each moment is counted once, so that the parts add up to the whole.
 */
export class StageClock {
  #open = { engine: 0, encode: 0 }
  #times = { engineMs: 0, encodeMs: 0, ownMs: 0 }
  #since: number
  #isStopped = false

  /** @param now milliseconds, as `performance.now` gives them */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.#since = now()
  }

  /** What has been counted so far was the client's time. */
  restart(): void {
    this.#times = { engineMs: 0, encodeMs: 0, ownMs: 0 }
    this.#since = this.now()
  }

  enter(stage: 'engine' | 'encode'): void {
    this.#count()
    this.#open[stage]++
  }

  leave(stage: 'engine' | 'encode'): void {
    this.#count()
    this.#open[stage]--
  }

  /** Counts no further; the first call counts. */
  stop(): StageTimes {
    this.#count()
    this.#isStopped = true
    return this.#times
  }

  #count(): void {
    if (this.#isStopped) return
    const now = this.now()
    const { engine, encode } = this.#open
    const stage = engine > 0 ? 'engineMs' : encode > 0 ? 'encodeMs' : 'ownMs'
    this.#times[stage] += now - this.#since
    this.#since = now
  }
}
