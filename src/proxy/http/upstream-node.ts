import { Pool } from 'undici'
import { ConfigurationError } from '../../errors.js'
import type { buildConnector } from 'undici'

/** Time limits towards an upstream, in milliseconds. */
export interface UpstreamNodeOptions {
  readonly connect: buildConnector.connector
  /** Longest wait for the head of an answer, and between two pieces of its body; 0 waits for ever. */
  readonly answerTimeoutMs: number
  /** Most connections to the node; undefined: as many as there are requests. */
  readonly connections?: number
}

/** How long an idle connection is kept; the engines never close one by themselves, load balancers do after a minute. */
const KEEP_ALIVE_MS = 30_000

/** One node of the upstream with its connections. */
export class UpstreamNode {
  /** Scheme, host and port, without path and credentials. */
  readonly origin: string
  readonly pool: Pool
  /** Put before every path; '' or `/…` without a slash at the end. */
  readonly #prefix: string
  inFlight = 0
  /** Whether the last attempt reached it. */
  isUp = true

  /** @throws ConfigurationError if the address is not `http://` or `https://`, or has credentials, a query or a fragment */
  constructor(address: string, options: UpstreamNodeOptions) {
    const url = parseUpstream(address)
    this.origin = url.origin
    this.#prefix = url.pathname.replace(/\/+$/, '')
    this.pool = new Pool(url.origin, {
      connect: options.connect,
      connections: options.connections ?? null,
      pipelining: 1,
      headersTimeout: options.answerTimeoutMs,
      bodyTimeout: options.answerTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
    })
  }

  /** The path to ask for, of a client's target. */
  pathOf(target: string): string {
    return this.#prefix + target
  }
}

function parseUpstream(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const shown = address.replace(/\/\/.*@/, '//')
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw new ConfigurationError('upstream', 'must be an http:// or https:// address', shown)
  if (address.includes('@'))
    throw new ConfigurationError('upstream', 'must hold no credentials: give them in the environment', shown)
  if (url.search !== '' || url.hash !== '')
    throw new ConfigurationError('upstream', 'must have no query and no fragment', shown)
  return url
}
