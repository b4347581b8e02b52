import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { ConfigurationError, NOT_SHOWN } from '../../errors.js'

/** Whether a request comes from somebody who has the key of the proxy. */
export interface KeyCheck {
  /** True where no key is asked for, too. */
  readonly isCaller: (request: IncomingMessage) => boolean
  /** As a browser sends the key. */
  readonly isVisitor: (request: IncomingMessage) => boolean
}

/**
 * @param callerKey what callers must send as `Authorization: Bearer …` or `ApiKey …`; undefined asks for nothing
 * @throws ConfigurationError for a key that cannot be used
 */
export function createKeyCheck(callerKey: string | undefined): KeyCheck {
  if (callerKey === undefined) return { isCaller: () => true, isVisitor: () => true }
  const key = digest(requireKey(callerKey))
  return { isCaller: (request) => isCaller(request, key), isVisitor: (request) => isVisitor(request, key) }
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
    throw new ConfigurationError('caller key', 'must be printable ASCII without spaces', NOT_SHOWN)
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
