import { ConfigurationError } from '../errors.js'

export interface ConcurrencyOptions {
  /** Most bulk requests at a time. Integer >= 1. Default 8. */
  readonly maxConcurrency?: number
}

/** One request, from its start to its end. */
export interface Attempt {
  /** The engine, or something before it, has asked for patience. */
  overloaded(): void
  /** @param bytes size of what was written */
  succeeded(bytes: number): void
}

const DEFAULT_MAX_CONCURRENCY = 8
/** Requests that wait in the engine, as TCP Vegas reckons them: below the first the limit grows, above the second it shrinks. */
const [FEW_WAITING, MANY_WAITING] = [1, 3]
/** What a request costs beside its bytes, in bytes, so that small ones can be compared with large ones. */
const REQUEST_BYTES = 64 * 1024

/**
 * How many bulk requests may be in flight: begins with one, grows by one a round as long as requests take no longer for
 * it, and halves when the cluster asks for patience (additive increase, multiplicative decrease).
 */
export class AdaptiveLimit {
  private limit = 1
  private readonly max: number
  /** Milliseconds a byte of the fastest request. */
  private best = Infinity
  private halvedAt = -Infinity

  /** @throws ConfigurationError naming the option */
  constructor({ maxConcurrency = DEFAULT_MAX_CONCURRENCY }: ConcurrencyOptions = {}) {
    if (!(Number.isInteger(maxConcurrency) && maxConcurrency >= 1)) {
      throw new ConfigurationError('maxConcurrency', 'must be an integer >= 1', maxConcurrency)
    }
    this.max = maxConcurrency
  }

  /** Requests that may be in flight now, at least 1. */
  get current(): number {
    return Math.floor(this.limit)
  }

  /** @param now milliseconds of a clock that never goes back */
  begin(now: () => number = () => performance.now()): Attempt {
    const startedAt = now()
    let isSlowed = false
    return {
      overloaded: () => {
        isSlowed = true
        this.halve(startedAt, now())
      },
      succeeded: (bytes) => {
        if (!isSlowed) this.adapt((now() - startedAt) / (bytes + REQUEST_BYTES))
      },
    }
  }

  /** Once for all requests of a round: those that were under way already say nothing of the new limit. */
  private halve(startedAt: number, now: number): void {
    if (startedAt < this.halvedAt) return
    this.limit = Math.max(1, this.limit / 2)
    this.halvedAt = now
    // Requests that are alone tell anew how fast the cluster is: it may have lost a node.
    if (this.limit === 1) this.best = Infinity
  }

  private adapt(msPerByte: number): void {
    this.best = Math.min(this.best, msPerByte)
    const waiting = msPerByte > 0 ? this.limit * (1 - this.best / msPerByte) : 0
    const step = waiting < FEW_WAITING ? 1 : waiting > MANY_WAITING ? -1 : 0
    this.limit = Math.min(this.max, Math.max(1, this.limit + step / this.limit))
  }
}
