import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { ConfigurationError } from '../../errors.js'
import { type AccessRules, createAccessCheck } from './access.js'
import type { ErrorAnswer } from './error-answer.js'
import { countOf, valueOf } from './headers.js'
import { isPageTarget } from './page-route.js'

export interface GuardOptions {
  readonly access?: AccessRules
  /** Callers must send it as `Authorization: Bearer …` or `ApiKey …`. */
  readonly callerKey?: string
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

/** @throws ConfigurationError for patterns or a key that cannot be used */
export function createGuard({ access, callerKey, hasPage, bodyBytes }: GuardOptions): Guard {
  const check = createAccessCheck(access ?? {})
  const key = callerKey === undefined ? undefined : digest(requireKey(callerKey))
  return (request) => {
    const target = request.url ?? ''
    const ambiguity = ambiguityOf(request, target)
    if (ambiguity !== undefined) return { status: 400, type: 'illegal_argument_exception', reason: ambiguity }
    const isForPage = hasPage === true && isPageTarget(target)
    if (key !== undefined && !isCaller(request, key) && !(isForPage && isVisitor(request, key)))
      return isForPage ? { ...WRONG_KEY, challenge: CHALLENGE } : WRONG_KEY
    if (bodyBytes > 0 && Number(request.headers['content-length'] ?? 0) > bodyBytes)
      return {
        status: 413,
        type: 'content_too_long_exception',
        reason: `the body has more than ${bodyBytes} bytes`,
      }
    return check?.(target)
  }
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

/**
 * A browser sends no keys, but asks for a user name, which is anything, and a password. Only for the page: what a
 * browser remembers it also sends with requests that other sites have it make.
 */
function isVisitor(request: IncomingMessage, key: Buffer): boolean {
  const [, coded = ''] = /^basic +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const [, password = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(coded, 'base64').toString()) ?? []
  return timingSafeEqual(digest(password), key)
}

function requireKey(key: string): string {
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new ConfigurationError(
      'caller key',
      'must be printable ASCII without spaces',
      'another text (not shown)',
    )
  return key
}

function isCaller(request: IncomingMessage, key: Buffer): boolean {
  const [, given = ''] = /^(?:bearer|apikey) +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  return timingSafeEqual(digest(given), key)
}

/** Digests are compared in constant time, and have one length. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
