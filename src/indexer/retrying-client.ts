import type { EngineClient, EngineRequest } from '../engine/client.js'
import { isRefusal, isTemporaryFailure, type OnRetry, type RetryPolicy, withRetries } from './retry.js'

/** Ends of paths that lead to the same, however often they are sent: reading, refreshing, and stating what is to be. */
const REPEATABLE = /\/(?:_search|_count|_refresh|_pit|point_in_time|_mapping|_settings|_block\/write)$/

/**
 * A client that waits for an engine which is busy or away for a while. What may be sent twice is repeated whatever went
 * wrong; anything else only if the engine refused it, and so has not begun. Left to the caller are `_bulk`, whose
 * documents are refused one by one, scrolling on, which skips a page when it is repeated, and removals.
 */
export function retryingClient(client: EngineClient, policy: RetryPolicy, onRetry: OnRetry): EngineClient {
  return {
    info: client.info,
    close: () => client.close(),
    request: (request) => {
      if (isLeftToCaller(request)) return client.request(request)
      const isWorthRepeating = isRepeatable(request) ? isTemporaryFailure : isRefusal
      return withRetries(() => client.request(request), policy, onRetry, isWorthRepeating)
    },
  }
}

function isLeftToCaller({ method, path }: EngineRequest): boolean {
  return method === 'DELETE' || path.endsWith('/_bulk') || path === '/_search/scroll'
}

function isRepeatable({ method, path }: EngineRequest): boolean {
  return method === 'GET' || method === 'HEAD' || REPEATABLE.test(path)
}
