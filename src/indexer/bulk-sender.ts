import type { EngineClient } from '../engine/client.js'
import type { AdaptiveLimit } from './adaptive-limit.js'
import { type BulkDocument, type BulkOutcome, writeBulk } from './bulk.js'
import { BusyClock } from './busy-clock.js'
import type { OnRetry, RetryPolicy } from './retry.js'

export interface BulkSenderResources {
  readonly client: EngineClient
  readonly policy: RetryPolicy
  /** Told how the requests fare. */
  readonly limit: AdaptiveLimit
  readonly onRetry: OnRetry
}

export interface SentOutcome<Origin> extends BulkOutcome<Origin> {
  /** True where a part was sent more than once: a document that is there already may be of an attempt whose answer was lost. */
  readonly isRepeated: boolean
}

/** Sends the bulk requests of a run: how long each takes, and is put off, tells the limit how many may be in flight. */
export class BulkSender {
  private readonly clock = new BusyClock()

  constructor(private readonly resources: BulkSenderResources) {}

  /** Milliseconds in which at least one request was in flight. */
  busyMs(): number {
    return this.clock.busyMs()
  }

  /**
   * Writes one body as {@link writeBulk} does.
   *
   * @param index where documents go that name none
   * @throws EngineError if the engine stays away, or the reason of the policy's signal
   */
  async send<Origin>(
    index: string,
    documents: readonly BulkDocument<Origin>[],
  ): Promise<SentOutcome<Origin>> {
    const { client, policy, limit } = this.resources
    const attempt = limit.begin()
    let isRepeated = false
    const onRetry: OnRetry = (...retry) => {
      isRepeated = true
      attempt.overloaded()
      this.resources.onRetry(...retry)
    }
    const outcome = await this.clock.during(() => writeBulk(client, index, documents, policy, onRetry))
    attempt.succeeded(documents.reduce((sum, { ndjson }) => sum + ndjson.length, 0))
    return { ...outcome, isRepeated }
  }
}
