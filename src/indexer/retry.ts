import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { EngineConnectionError, EngineResponseError } from '../engine/failure.js'
import { ConfigurationError, EngineError } from '../errors.js'

export interface RetryOptions {
  /** Attempts after the first without any progress. Integer >= 0, or Infinity. Default 8, some 50 s in all. */
  readonly maxRetries?: number
  /** Longest wait before the first retry, in milliseconds; doubled for each that follows. Default 200. */
  readonly baseDelayMs?: number
  /** Longest wait of all, in milliseconds. Default 30,000. */
  readonly maxDelayMs?: number
  /** Source of jitter, 0-1. Default `Math.random`. */
  readonly random?: () => number
  /** Ends waiting: what waits is tried once more, and then given up. */
  readonly signal?: AbortSignal
}

export type RetryPolicy = Readonly<Required<Omit<RetryOptions, 'signal'>> & Pick<RetryOptions, 'signal'>>

/** Told before each wait: which retry, after how long, and why. */
export type OnRetry = (retry: number, delayMs: number, reason: string) => void

/** @throws ConfigurationError naming the option */
export function normalizeRetryOptions(options: RetryOptions): RetryPolicy {
  const { maxRetries = 8, baseDelayMs = 200, maxDelayMs = 30_000, random = Math.random, signal } = options
  if (!((Number.isInteger(maxRetries) || maxRetries === Infinity) && maxRetries >= 0)) {
    throw new ConfigurationError('maxRetries', 'must be an integer >= 0 or Infinity', maxRetries)
  }
  if (!(baseDelayMs >= 0 && Number.isFinite(baseDelayMs))) {
    throw new ConfigurationError('baseDelayMs', 'must be a finite number >= 0', baseDelayMs)
  }
  if (!(maxDelayMs >= baseDelayMs)) {
    throw new ConfigurationError('maxDelayMs', 'must be a number >= baseDelayMs', maxDelayMs)
  }
  return Object.freeze({
    maxRetries,
    baseDelayMs,
    maxDelayMs,
    random,
    ...(signal !== undefined && { signal }),
  })
}

/**
 * Of a run that goes on when its cluster comes back, be it the next morning; unless told to stop, or to give up after so
 * many attempts.
 *
 * @param failing aborted once one of the run's requests has failed for good
 * @throws ConfigurationError naming the option
 */
export function runPatience(options: RetryOptions, failing?: AbortSignal): RetryPolicy {
  const signal = AbortSignal.any([failing, options.signal].filter((one) => one !== undefined))
  // As many listen as there are requests that wait.
  setMaxListeners(0, signal)
  return normalizeRetryOptions({ maxRetries: Infinity, ...options, signal })
}

/**
 * Wait before a retry: doubling, and between half and all of that by chance, so that many writers that were
 * turned away together do not come back together.
 *
 * @param retry 1 for the first
 */
export function retryDelayMs(retry: number, policy: RetryPolicy): number {
  const longest = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (retry - 1))
  return longest * (0.5 + policy.random() / 2)
}

/** Statuses by which an engine, or a proxy before it, says "later": 429 and 503 of an item, or of a request. */
export function isTemporaryStatus(status: number): boolean {
  return status === 429 || status === 503
}

/** True where the engine answers, but not now: there is one at this address. */
export function isBusyAnswer(error: unknown): error is EngineResponseError {
  return error instanceof EngineResponseError && isTemporaryFailure(error)
}

/**
 * Repeats a request while its failure looks temporary: refused for now, a gateway's error, or no connection.
 * Only for requests that may be sent twice.
 *
 * @param isWorthRepeating which failures are waited for. Default {@link isTemporaryFailure}
 * @throws what the last attempt threw, or the reason of the signal where that ended waiting
 */
export async function withRetries<Result>(
  request: () => Promise<Result>,
  policy: RetryPolicy,
  onRetry: OnRetry,
  isWorthRepeating: (error: unknown) => error is EngineError = isTemporaryFailure,
): Promise<Result> {
  for (let retry = 1; ; retry++) {
    try {
      return await request()
    } catch (error) {
      if (!isWorthRepeating(error) || retry > policy.maxRetries) throw error
      await waitBefore(retry, policy, onRetry, error.message)
    }
  }
}

/**
 * Reports a retry, then waits for it. Where the signal ends the wait there is one attempt more.
 *
 * @throws the reason of the signal, where that was aborted before
 */
export async function waitBefore(
  retry: number,
  policy: RetryPolicy,
  onRetry: OnRetry,
  reason: string,
): Promise<void> {
  const { signal } = policy
  signal?.throwIfAborted()
  const delayMs = retryDelayMs(retry, policy)
  onRetry(retry, delayMs, reason)
  await delay(delayMs, undefined, { ...(signal !== undefined && { signal }) }).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error
  })
}

/** True if a later attempt may fare better; the engine may have done what it was asked for nevertheless. */
export function isTemporaryFailure(error: unknown): error is EngineError {
  if (isRefusal(error) || error instanceof EngineConnectionError) return true
  return error instanceof EngineError && [502, 504].includes(error.status)
}

/** True if the engine has not begun, and may do so later. */
export function isRefusal(error: unknown): error is EngineError {
  return error instanceof EngineError && (isTemporaryStatus(error.status) || isBlock(error))
}

/** Type of the refusals of an index or cluster that takes no writes for now: its disk is full, or someone says so. */
export const BLOCK_EXCEPTION = 'cluster_block_exception'

function isBlock(error: EngineError): boolean {
  return error instanceof EngineResponseError && error.reasonType === BLOCK_EXCEPTION
}
