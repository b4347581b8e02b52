import { EngineError } from '../errors.js'
import type { EngineRequest } from './client.js'
import { arrayMember, isObject, member, numberMember, stringMember } from './json.js'

/** The engine answered with a status that is not 2xx. */
export class EngineResponseError extends EngineError {
  constructor(
    message: string,
    status: number,
    /** The engine's own name of the failure, for example `index_not_found_exception`; '' if it gave none. */
    readonly reasonType: string,
  ) {
    super(message, status)
  }
}

/** Nothing answered, or not in time: at another time it may. */
export class EngineConnectionError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, 0, options)
  }
}

const MAX_REASON_LENGTH = 500
const NO_REASON = 'no reason given'

/** Whether anything at the address has answered before: a wrong protocol shows at the first contact. */
export type Contact = 'first' | 'later'

/**
 * What an official client threw, as the bridge's own error.
 *
 * The client's error is not kept as the cause: it holds the request's headers, credentials among them.
 */
export function engineFailure(
  url: string,
  request: EngineRequest,
  thrown: unknown,
  contact: Contact,
): EngineError {
  const status = numberMember(member(thrown, 'meta'), 'statusCode')
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (status === undefined || !isResponseError(thrown)) {
    const [what, options] = [connectionFailure(url, message, contact), { cause: new Error(message) }]
    return LASTING.test(message)
      ? new EngineError(what, 0, options)
      : new EngineConnectionError(what, options)
  }
  const body = member(thrown, 'meta', 'body')
  const where = `${request.method} ${request.path.split('?', 1)[0] ?? ''}`
  const reason = engineReason(body)
  const what = `${where} at ${url} answered ${status}: ${reason}${remedy(status, reason)}`
  return new EngineResponseError(what, status, stringMember(body, 'error', 'type') ?? '')
}

/**
 * The engine's reason from the body of a failed request, or from the error of one item of a bulk or msearch.
 *
 * @param failure `{error: {...}}` or the error object itself
 */
export function engineReason(failure: unknown): string {
  const error = member(failure, 'error') ?? failure
  if (typeof error === 'string') return shorten(error)
  if (!isObject(error)) return NO_REASON
  const [rootCause] = arrayMember(error, 'root_cause')
  const reasons = [describe(rootCause ?? error), ...causes(error)]
  const told = new Set(reasons.filter((reason) => reason !== ''))
  return told.size === 0 ? NO_REASON : shorten([...told].join('; caused by '))
}

function causes(error: unknown): readonly string[] {
  const cause = member(error, 'caused_by')
  return cause === undefined ? [] : [describe(cause), ...causes(cause)]
}

function describe(error: unknown): string {
  const type = stringMember(error, 'type') ?? ''
  const reason = stringMember(error, 'reason') ?? ''
  return [type, reason].filter((part) => part !== '').join(': ')
}

function isResponseError(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'ResponseError'
}

function remedy(status: number, reason: string): string {
  // It speaks of a server that it has called itself.
  if (reason.includes('Error from remote service')) return ''
  if (status === 401) return '; give a user name and password, or an API key, that the engine knows'
  if (status === 403) return '; the user lacks the rights for this'
  return ''
}

const CERTIFICATE = /certificate|self.signed|altname/i
/** Failures of a connection that no waiting ends. */
const LASTING = new RegExp(`not Elasticsearch|${CERTIFICATE.source}`, 'i')

function connectionFailure(url: string, message: string, contact: Contact): string {
  return `cannot reach the engine at ${url}: ${message}; ${connectionRemedy(url, message, contact)}`
}

function connectionRemedy(url: string, message: string, contact: Contact): string {
  if (message.includes('not Elasticsearch')) {
    return 'it is not Elasticsearch, or a gateway before it drops the X-Elastic-Product header'
  }
  if (CERTIFICATE.test(message)) {
    return 'give the certificate of its authority, and the host name that the certificate is for'
  }
  if (/timed? ?out/i.test(message)) return 'it is there but did not answer in time: see its log'
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) return 'check the host name'
  if (contact === 'later' && /socket hang up|ECONNRESET/i.test(message)) {
    return 'it has closed the connection, as an engine does that is stopped, or a gateway before it'
  }
  if (/socket hang up|ECONNRESET|wrong version number|EPROTO/i.test(message)) {
    return `check whether it speaks ${url.startsWith('https:') ? 'http' : 'https'} instead`
  }
  return 'start it, for example with "splade-bridge engine start", or correct the address'
}

function shorten(reason: string): string {
  const line = reason.replace(/\s+/g, ' ').trim()
  return line.length > MAX_REASON_LENGTH ? `${line.slice(0, MAX_REASON_LENGTH)}…` : line
}
