import type { BusyTimes, LoadEvent } from '../indexer/events.js'
import { countOf } from './plural.js'
import { note, type Terminal } from './terminal.js'

/** A busy cluster refuses hundreds of requests a minute: one line tells of them. */
const RETRY_LINE_EVERY_MS = 5_000
/** What set the pace an hour ago says nothing of what does now. */
const SHARES_OF_MS = 60_000

type RetryEvent = Extract<LoadEvent, { readonly type: 'retry' }>

interface Moment {
  readonly at: number
  readonly busyMs: BusyTimes
}

/** What there is to say of a run beside its documents: what sets the pace, and what went wrong. */
export class RunDetails {
  private retries = 0
  private lastRetryLineAt = -Infinity
  /** Between one and two times {@link SHARES_OF_MS} ago, or the beginning. */
  private before: Moment = { at: performance.now(), busyMs: { encoding: 0, writing: 0 } }
  private next = this.before

  constructor(private readonly terminal: Terminal) {}

  /** Counts a retry; a line tells of it unless one has just told of another. */
  seeRetry(event: RetryEvent): void {
    this.retries += 1
    const now = performance.now()
    if (now - this.lastRetryLineAt < RETRY_LINE_EVERY_MS) return
    this.lastRetryLineAt = now
    note(this.terminal, showRetry(event))
  }

  /** For example `encoder busy 12 %, engine 98 %, 3 retries, 1 refused`; the shares are those of the last minute or two. */
  show(busyMs: BusyTimes, deadLettered: number): string {
    return [this.shares(busyMs), ...this.troubles(deadLettered)].join(', ')
  }

  private shares(busyMs: BusyTimes): string {
    const now = performance.now()
    const { at, busyMs: before } = this.before
    const percent = (ms: number): string => `${Math.round((100 * ms) / Math.max(now - at, 1))} %`
    if (now - this.next.at > SHARES_OF_MS) {
      this.before = this.next
      this.next = { at: now, busyMs }
    }
    return `encoder busy ${percent(busyMs.encoding - before.encoding)}, engine ${percent(busyMs.writing - before.writing)}`
  }

  private troubles(deadLettered: number): readonly string[] {
    return [
      ...(this.retries > 0 ? [countOf(this.retries, 'retry', 'retries')] : []),
      ...(deadLettered > 0 ? [`${deadLettered} refused`] : []),
    ]
  }
}

/** One line about a request that is going to be repeated. */
export function showRetry({ retry, delayMs, reason }: Omit<RetryEvent, 'type'>): string {
  return `retry ${retry} in ${Math.round(delayMs)} ms: ${reason}`
}
