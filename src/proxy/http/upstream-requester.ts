import type { EngineRequester } from '../../engine/client.js'
import { upstreamRequester } from '../rewrite/upstream/upstream-client.js'
import { ask } from './ask.js'
import type { BufferBudget } from './buffer-budget.js'
import { toFlat } from './headers.js'
import type { Upstreams } from './upstreams.js'

export interface UpstreamRequesterOptions {
  /** Value of the `Authorization` header; undefined asks as nobody. */
  readonly authorization: string | undefined
  /** For each answer. */
  readonly timeoutMs: number
  /** Most bytes of an answer. */
  readonly answerBytes: number
  /** What answers take their room from. */
  readonly budget: BufferBudget
}

/** The upstream in the words of the rest of the library: the same nodes and connections, other credentials. */
export function createUpstreamRequester(
  upstreams: Upstreams,
  { authorization, timeoutMs, answerBytes: limit, budget }: UpstreamRequesterOptions,
): EngineRequester {
  const own = authorization === undefined ? {} : { authorization }
  return upstreamRequester({
    ask: async ({ method, target, headers, body }) => {
      const share = budget.open()
      const signal = AbortSignal.timeout(timeoutMs)
      try {
        const question = { method, target, headers: toFlat({ ...headers, ...own }), body }
        return await ask(upstreams, question, { signal, share, limit })
      } finally {
        share.release()
      }
    },
  })
}
