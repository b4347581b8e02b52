import type { ErrorAnswer } from './error-answer.js'

/** Codes of failures before anything was sent: another node, or a second attempt, can do no harm. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
])

const TIMED_OUT: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
])

/** True if the upstream cannot have seen the request. */
export function isUnreached(error: Error): boolean {
  if (error instanceof AggregateError) return error.errors.every((one) => isUnreached(one as Error))
  return NOT_CONNECTED.has(codeOf(error))
}

/** True if the connection broke before an answer, as one does that the other side had closed while it was idle. */
export function isBrokenConnection(error: Error): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error))
}

/** Codes of failures that a client's own request is the reason of. */
const OF_CLIENT: ReadonlySet<string> = new Set(['BODY_TOO_LONG', 'BODY_BROKEN_OFF', 'UND_ERR_INVALID_ARG'])

/** True if the upstream is not to blame: the request could not be sent to it as the client had it. */
export function isOfClient(error: Error): boolean {
  return OF_CLIENT.has(codeOf(error))
}

/** What the client is told of an upstream that failed; names no address of the network behind the proxy. */
export function describeUpstreamFailure(error: Error): ErrorAnswer {
  const code = codeOf(error)
  if (code === 'UND_ERR_INVALID_ARG')
    return {
      status: 400,
      type: 'illegal_argument_exception',
      reason: `the request cannot be sent on: ${error.message}`,
    }
  if (code === 'BODY_TOO_LONG')
    return { status: 413, type: 'content_too_long_exception', reason: error.message }
  if (TIMED_OUT.has(code))
    return {
      status: 504,
      type: 'upstream_timeout_exception',
      reason: `the engine did not answer in time (${code})`,
    }
  if (isUnreached(error))
    return {
      status: 502,
      type: 'upstream_unreachable_exception',
      reason: `the engine cannot be reached (${code})`,
    }
  return { status: 502, type: 'upstream_exception', reason: `the engine's answer broke off (${code})` }
}

function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  if (code !== undefined) return code
  return error instanceof AggregateError ? codeOf(error.errors[0] as Error) : error.name
}
