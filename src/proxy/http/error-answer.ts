import type { ServerResponse } from 'node:http'

/** An error that the proxy answers by itself. */
export interface ErrorAnswer {
  /** HTTP status, 400-599. */
  readonly status: number
  /** The engine's kind of error, such as `es_rejected_execution_exception`. */
  readonly type: string
  readonly reason: string
  /** For 429 and 503: seconds after which to try again. */
  readonly retryAfterSeconds?: number
  /** For 401: value of `WWW-Authenticate`. */
  readonly challenge?: string
}

/** An error in the form of the engines, which their clients know how to show. */
export function errorBody({ status, type, reason }: ErrorAnswer): Buffer {
  return Buffer.from(JSON.stringify({ error: { root_cause: [{ type, reason }], type, reason }, status }))
}

/** Answers with an error, if nothing was answered yet; else the connection is cut, so that the client sees that. */
export function sendError(response: ServerResponse, error: ErrorAnswer): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const body = errorBody(error)
  const headers = ['content-type', 'application/json; charset=UTF-8', 'content-length', String(body.length)]
  if (error.retryAfterSeconds !== undefined) headers.push('retry-after', String(error.retryAfterSeconds))
  if (error.challenge !== undefined) headers.push('www-authenticate', error.challenge)
  // The rest of a body that nobody reads would be taken for the next request only after all of it has come.
  if (!response.req.complete) response.shouldKeepAlive = false
  response.writeHead(error.status, headers)
  response.end(body)
  response.req.resume()
}
