import { RefusedRequest } from '../rewriter.js'

/** A query that breaks a rule of its form. */
export function badQuery(message: string): RefusedRequest {
  return new RefusedRequest(400, 'parsing_exception', message)
}

/** A request that is well formed but cannot be done. */
export function badRequest(message: string, options?: ErrorOptions): RefusedRequest {
  return new RefusedRequest(400, 'illegal_argument_exception', message, options)
}
