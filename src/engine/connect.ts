import { ConfigurationError } from '../errors.js'
import type { EngineClient, EngineInfo } from './client.js'
import { detectEngine } from './detect.js'
import { openSearchTransport } from './opensearch-transport.js'
import type { EngineTransport, TransportOptions } from './transport.js'
import { atLeast } from './version.js'

export interface ConnectOptions {
  /** `http://` or `https://` address; a user name and password in it are used and never shown. */
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** Encoded API key, as the engine hands it out; excludes `username`. */
  readonly apiKey?: string
  /** PEM certificate(s) of the authority that signed the engine's certificate. Default: the system's. */
  readonly ca?: string
  /** Longest wait for one answer, in milliseconds. Default 60,000. */
  readonly requestTimeoutMs?: number
  /**
   * Compress the bodies of requests with gzip: less for a slow network to carry, more for both ends to compute. Default
   * false.
   */
  readonly compress?: boolean
}

const DEFAULT_REQUEST_TIMEOUT_MS = 60_000

/**
 * Asks the URL which engine it is and opens the client that its makers maintain.
 *
 * @throws ConfigurationError for a URL or credentials that cannot be used
 * @throws EngineError if nothing answers, the credentials are refused, or the engine is too old for `linear`
 */
export async function connect(options: ConnectOptions): Promise<EngineClient> {
  const transportOptions = normalizeConnectOptions(options)
  const plain = openSearchTransport(transportOptions)
  try {
    const info = await detectEngine(plain)
    if (!namesItsProduct(info)) return asClient(plain, info)
    await plain.close()
    const mediaTypes = atLeast(info.version, '8.0.0') ? 'versioned' : 'plain'
    // Loaded at need: it takes longer than a search does.
    const { elasticTransport } = await import('./elastic-transport.js')
    return asClient(elasticTransport(transportOptions, mediaTypes), info)
  } catch (error) {
    await plain.close()
    throw error
  }
}

/** Elasticsearch's client refuses every answer without the `X-Elastic-Product` header, which came with 7.14. */
function namesItsProduct({ distribution, version }: EngineInfo): boolean {
  return distribution === 'elasticsearch' && atLeast(version, '7.14.0')
}

function asClient(transport: EngineTransport, info: EngineInfo): EngineClient {
  return {
    info,
    request: (request) => transport.send(request),
    close: () => transport.close(),
  }
}

/**
 * Takes credentials out of the URL, so that the URL can be shown.
 *
 * @throws ConfigurationError naming the option; a password or key is never repeated
 */
export function normalizeConnectOptions(options: ConnectOptions): Readonly<TransportOptions> {
  const { address, username, password } = parseAddress(options)
  const { apiKey, ca, compress, requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = options
  if (apiKey !== undefined && username !== undefined) {
    throw new ConfigurationError('apiKey', 'excludes a user name: give one of them', 'both')
  }
  if ((username === undefined) !== (password === undefined)) {
    throw new ConfigurationError('username', 'and password belong together', 'one of them')
  }
  if (!(Number.isInteger(requestTimeoutMs) && requestTimeoutMs > 0)) {
    throw new ConfigurationError('requestTimeoutMs', 'must be an integer > 0', requestTimeoutMs)
  }
  const authorization = authorizationHeader(username, password, apiKey)
  return Object.freeze({
    url: address,
    requestTimeoutMs,
    ...(authorization !== undefined && { authorization }),
    ...(ca !== undefined && { ca }),
    ...(compress !== undefined && { compress }),
  })
}

interface Address {
  readonly address: string
  readonly username?: string | undefined
  readonly password?: string | undefined
}

function parseAddress({ url, username, password }: ConnectOptions): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new ConfigurationError('url', 'must be an http:// or https:// address', withoutCredentials(url))
  }
  // A password with an unescaped "/", "?" or "#" ends the host early: the rest of it would be shown as a path.
  if (`${parsed.pathname}${parsed.search}${parsed.hash}`.includes('@')) {
    const rule =
      'must have no "@" behind the host; write "/", "?", "#" and "@" of a password as %2F, %3F, %23, %40'
    throw new ConfigurationError('url', rule, withoutCredentials(url))
  }
  const inUrl = parsed.username !== ''
  const address = `${parsed.protocol}//${parsed.host}${parsed.pathname.replace(/\/+$/, '')}`
  if (!inUrl || username !== undefined) return { address, username, password }
  return {
    address,
    username: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
  }
}

/** For addresses that cannot be parsed: everything between `//` and `@` may be a password. */
function withoutCredentials(url: string): string {
  return url.replace(/\/\/.*@/, '//')
}

/** @returns the `authorization` header of an API key, or else of a user; undefined without either */
export function authorizationHeader(
  username?: string,
  password?: string,
  apiKey?: string,
): string | undefined {
  if (apiKey !== undefined) return `ApiKey ${apiKey}`
  if (username === undefined) return undefined
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`
}
