import { ConfigurationError } from '../../errors.js'

/** What one proxy bears. Times in milliseconds, sizes in bytes. */
export interface ProxyLimits {
  /** Requests in flight; more are answered with 429. Default 1,000. */
  readonly requests: number
  /** Open connections of clients; more are not accepted. Default 10,000. */
  readonly connections: number
  /** All headers of a request together. Default 65,536. */
  readonly headerBytes: number
  /** A body that passes through; 0 is without limit, and then the engine's own applies. Default 0. */
  readonly bodyBytes: number
  /** A body that is rewritten, without content encoding, and an answer that is changed. Default 104,857,600. */
  readonly rewrittenBodyBytes: number
  /** Bodies of all requests in flight that are kept whole; more are answered with 429. Default 536,870,912. */
  readonly bufferedBytes: number
  /** For the headers of a request to arrive. Default 15,000. */
  readonly headersMs: number
  /** For a whole request to arrive. Default 600,000. */
  readonly requestMs: number
  /** A connection without a request. Default 75,000. */
  readonly idleMs: number
  /** Without a client taking anything of the answer that it is sent. Default 120,000. */
  readonly stallMs: number
  /** To reach a node of the engine. Default 5,000. */
  readonly connectMs: number
  /** For the head of an answer, and between two pieces of it; 0 waits for ever. Default 3,600,000. */
  readonly answerMs: number
  /** For requests in flight once the proxy is told to stop. Default 30,000. */
  readonly drainMs: number
}

export const DEFAULT_LIMITS: ProxyLimits = Object.freeze({
  requests: 1_000,
  connections: 10_000,
  headerBytes: 65_536,
  bodyBytes: 0,
  rewrittenBodyBytes: 104_857_600,
  bufferedBytes: 536_870_912,
  headersMs: 15_000,
  requestMs: 600_000,
  idleMs: 75_000,
  stallMs: 120_000,
  connectMs: 5_000,
  answerMs: 3_600_000,
  drainMs: 30_000,
})

/** Longest time of any limit, in milliseconds: longer ones would be over at once in Node's timers. */
export const MAX_TIME_MS = 2_147_483_647

/** Limits that may be 0, which switches them off. */
const MAY_BE_ZERO: ReadonlySet<string> = new Set(['bodyBytes', 'answerMs', 'drainMs'])

/** The smallest value that a limit may have. */
export function leastOf(limit: keyof ProxyLimits): 0 | 1 {
  return MAY_BE_ZERO.has(limit) ? 0 : 1
}

/** @throws ConfigurationError for a limit that is no whole number, 0 where that means nothing, or too long a time */
export function normalizeLimits(limits: Partial<ProxyLimits> = {}): ProxyLimits {
  const normalized = { ...DEFAULT_LIMITS, ...limits }
  for (const name of Object.keys(DEFAULT_LIMITS) as (keyof ProxyLimits)[]) {
    const value = normalized[name]
    const least = leastOf(name)
    if (!(Number.isSafeInteger(value) && value >= least))
      throw new ConfigurationError(`limits.${name}`, `must be an integer >= ${least}`, value)
    if (name.endsWith('Ms') && value > MAX_TIME_MS)
      throw new ConfigurationError(`limits.${name}`, `must be at most ${MAX_TIME_MS} milliseconds`, value)
  }
  return Object.freeze(normalized)
}
