import type { ServerResponse } from 'node:http'
import type { RequestKind } from '../../telemetry/proxy-metrics.js'
import type { ObservedRequest } from '../../telemetry/request-observer.js'
import type { RefusedRequest } from '../rewriter.js'
import type { ClientRequest } from './client-request.js'
import { type ErrorAnswer, sendError } from './error-answer.js'

/** One client request with its answer. */
export class Exchange {
  /** How it went, for metrics and logs. */
  kind: RequestKind = 'passed'
  /** Type of the proxy's own error, where it answered with one. */
  refused: string | undefined
  /** Told how it goes; undefined where nobody wants to know. */
  observed: ObservedRequest | undefined
  readonly startedAt = performance.now()
  #abort: AbortController | undefined

  constructor(
    readonly request: ClientRequest,
    readonly response: ServerResponse,
  ) {}

  /** Aborts when the client goes away; made at need. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController()
      this.#abort = abort
      this.response.once('close', () => {
        if (!this.response.writableFinished) abort.abort()
      })
    }
    return this.#abort.signal
  }

  /** True where nobody is there any more to be answered. */
  get isAbandoned(): boolean {
    return this.response.destroyed
  }

  refuse(error: ErrorAnswer): void {
    this.kind = 'refused'
    this.refused = error.type
    sendError(this.response, error)
  }
}

/** The error of a rewriter, as it is answered. */
export function answerOf({ status, type, message }: RefusedRequest): ErrorAnswer {
  return { status, type, reason: message, ...(status === 429 && { retryAfterSeconds: 1 }) }
}
