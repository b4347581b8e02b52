import type { EngineClient } from '../engine/client.js'
import { type OnRetry, type RetryOptions, type RetryPolicy, runPatience } from '../indexer/retry.js'
import { retryingClient } from '../indexer/retrying-client.js'
import type { EnrichEvent } from './events.js'

export interface PatienceOptions extends RetryOptions {
  readonly onEvent?: (event: EnrichEvent) => void
}

/** How a run waits for an engine that is busy or away. */
export interface Patience {
  readonly policy: RetryPolicy
  readonly onRetry: OnRetry
  /** One that waits by itself. */
  readonly client: EngineClient
}

/**
 * Patience without end, unless the options give one.
 *
 * @param failing aborted once a request of the run has failed for good
 * @throws ConfigurationError naming an option
 */
export function patienceOf(direct: EngineClient, options: PatienceOptions, failing?: AbortSignal): Patience {
  const policy = runPatience(options, failing)
  const onRetry: OnRetry = (retry, delayMs, reason) => {
    options.onEvent?.({ type: 'retry', retry, delayMs, reason })
  }
  return { policy, onRetry, client: retryingClient(direct, policy, onRetry) }
}
