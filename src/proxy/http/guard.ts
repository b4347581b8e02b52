import type { IncomingMessage } from 'node:http'
import { type AccessRules, createAccessCheck } from './access.js'
import { ADMIN_PREFIX, isAdminTarget, isProbeTarget } from './admin-routes.js'
import type { ErrorAnswer } from './error-answer.js'
import { countOf, valueOf } from './headers.js'
import type { KeyCheck } from './key-check.js'
import { isPageTarget } from './page-route.js'

export interface GuardOptions {
  readonly access?: AccessRules
  /** Of what needs a key; probes need none. */
  readonly keyCheck: KeyCheck
  /** Browsers may send the key as a password for the page. Default false: there is no page. */
  readonly hasPage?: boolean
  /** Most bytes that a body may have by its `Content-Length`; 0 is without limit. */
  readonly bodyBytes: number
}

const WRONG_KEY: ErrorAnswer = {
  status: 401,
  type: 'security_exception',
  reason: 'the key of the proxy is missing or wrong',
}
const CHALLENGE = 'Basic realm="key of the proxy", charset="UTF-8"'

/** Judges a request by its head. */
export type Guard = (request: IncomingMessage) => ErrorAnswer | undefined

/** @throws ConfigurationError for patterns that cannot be used */
export function createGuard({ access = {}, keyCheck, hasPage, bodyBytes }: GuardOptions): Guard {
  const check = createAccessCheck(access)
  const checkAdmin = createAccessCheck(ofAdmin(access))
  return (request) => {
    const target = request.url ?? ''
    const ambiguity = ambiguityOf(request, target)
    if (ambiguity !== undefined) return { status: 400, type: 'illegal_argument_exception', reason: ambiguity }
    const isForPage = hasPage === true && isPageTarget(target)
    const isOpen = isProbeTarget(target) || keyCheck.isCaller(request)
    if (!isOpen && !(isForPage && keyCheck.isVisitor(request)))
      return isForPage ? { ...WRONG_KEY, challenge: CHALLENGE } : WRONG_KEY
    if (bodyBytes > 0 && Number(request.headers['content-length'] ?? 0) > bodyBytes)
      return {
        status: 413,
        type: 'content_too_long_exception',
        reason: `the body has more than ${bodyBytes} bytes`,
      }
    return isAdminTarget(target) ? checkAdmin?.(target) : check?.(target)
  }
}

/** The lists are about the engine; of the proxy itself they close only what they name. */
function ofAdmin({ denyPaths = [] }: AccessRules): AccessRules {
  return { denyPaths: denyPaths.filter((pattern) => pattern.startsWith(ADMIN_PREFIX)) }
}

/** What a request could mislead the next server with, in words; undefined where it is plain. */
function ambiguityOf({ rawHeaders, httpVersion }: IncomingMessage, target: string): string | undefined {
  // An absolute target would have the proxy ask whomever the client names.
  if (!target.startsWith('/')) return 'the target must be a path that begins with /'
  if (!httpVersion.startsWith('1.')) return `HTTP/${httpVersion} is not understood`
  if (countOf(rawHeaders, 'host') > 1) return 'a request has one Host header'
  const coding = valueOf(rawHeaders, 'transfer-encoding')
  if (coding === undefined) return undefined
  // Another coding would be taken off the connection with its header, and the body would arrive as what it is not.
  if (coding.toLowerCase() !== 'chunked') return 'no transfer coding but chunked is understood'
  // Servers of that version know no codings, and take the chunks for the body (RFC 9112, 6.1).
  return httpVersion === '1.0' ? 'a request of HTTP/1.0 has no transfer coding' : undefined
}
