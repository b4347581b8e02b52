import { X509Certificate } from 'node:crypto'
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'
import { ConfigurationError } from '../../errors.js'
import { requireCertificates, requireIdentity } from './tls-material.js'

/** How the proxy knows its upstream, and shows who it is. */
export interface UpstreamTls {
  /** PEM certificate(s) of the authority that signed the upstream's certificate. Default: the system's. */
  readonly ca?: string
  /** PEM certificate of the proxy, for upstreams that ask for one; with `key`. */
  readonly certificate?: string
  readonly key?: string
  readonly passphrase?: string
  /**
   * SHA-256 of the upstream's own certificate, or of the authority that signed it: 64 hexadecimal digits, colons
   * allowed. It takes the place of a known authority; the host name is still checked, unless the certificate itself
   * is pinned.
   */
  readonly fingerprint?: string
}

/**
 * Opens connections to an upstream.
 *
 * @param connectTimeoutMs how long a connection and its TLS handshake may take
 * @throws ConfigurationError for a fingerprint that is none, and certificates and keys that cannot be used
 */
export function createConnector(
  tls: UpstreamTls | undefined,
  connectTimeoutMs: number,
): buildConnector.connector {
  const { ca, certificate, key, passphrase, fingerprint } = tls ?? {}
  if (ca !== undefined) requireCertificates('upstreamTls.ca', ca)
  if (certificate !== undefined || key !== undefined)
    requireIdentity('upstreamTls', { ...tls, certificate: certificate ?? '', key: key ?? '' })
  const options = {
    timeout: connectTimeoutMs,
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(key !== undefined && { key }),
    ...(passphrase !== undefined && { passphrase }),
  }
  if (fingerprint === undefined) return buildConnector(options)
  // A resumed session shows no certificates, so each connection makes a whole handshake.
  const connect = buildConnector({ ...options, rejectUnauthorized: ca !== undefined, maxCachedSessions: 0 })
  return pinned(connect, normalizeFingerprint(fingerprint))
}

/** @returns as `X509Certificate.fingerprint256` has it: upper case with colons */
export function normalizeFingerprint(text: string): string {
  const digits = text.replaceAll(':', '').toUpperCase()
  if (!/^[0-9A-F]{64}$/.test(digits))
    throw new ConfigurationError(
      'upstreamTls.fingerprint',
      'must be a SHA-256 of 64 hexadecimal digits',
      text,
    )
  return (digits.match(/../g) ?? []).join(':')
}

function pinned(connect: buildConnector.connector, fingerprint: string): buildConnector.connector {
  return (options, callback) => {
    connect(options, (...result) => {
      const [error, socket] = result
      if (error !== null) {
        callback(error, null)
        return
      }
      const complaint = pinComplaint(socket as TLSSocket, fingerprint, options.servername ?? options.hostname)
      if (complaint === undefined) {
        callback(null, socket)
        return
      }
      socket.destroy()
      callback(new Error(complaint), null)
    })
  }
}

/** What is wrong with the certificate that the upstream has shown; undefined where it is the pinned one. */
function pinComplaint(socket: TLSSocket, fingerprint: string, host: string): string | undefined {
  const peer = socket.getPeerCertificate(true)
  const chain = chainOf(peer)
  const now = Date.now()
  if (chain[0]?.fingerprint256 === fingerprint) return expiryComplaint(chain[0], now)
  const at = trustedLink(chain, fingerprint)
  if (at === undefined)
    return `the upstream's certificate (SHA-256 ${chain[0]?.fingerprint256 ?? 'none'}) is not the pinned one, nor signed by it`
  for (const certificate of chain.slice(0, at + 1)) {
    const complaint = expiryComplaint(certificate, now)
    if (complaint !== undefined) return complaint
  }
  return checkServerIdentity(host, peer)?.message
}

function expiryComplaint(certificate: X509Certificate, now: number): string | undefined {
  if (Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo)) return undefined
  return `the certificate of ${certificate.subject.replaceAll('\n', ', ')} is valid from ${certificate.validFrom} to ${certificate.validTo}`
}

/**
 * The position in a chain of the pinned authority, if each certificate before it was truly signed by the next:
 * anybody may append a well-known certificate to a chain of their own.
 */
function trustedLink(chain: readonly X509Certificate[], fingerprint: string): number | undefined {
  for (const [position, issuer] of chain.entries()) {
    const issued = chain[position - 1]
    if (issued === undefined) continue
    if (!issuer.ca || !issued.checkIssued(issuer) || !issued.verify(issuer.publicKey)) return undefined
    if (issuer.fingerprint256 === fingerprint) return position
  }
  return undefined
}

interface ChainLink extends PeerCertificate {
  readonly issuerCertificate?: ChainLink
}

/** The node's own certificate first; a root is its own issuer. */
function chainOf(peer: PeerCertificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  let link: ChainLink | undefined = peer
  const seen = new Set<string>()
  while (link?.raw !== undefined && !seen.has(link.fingerprint256)) {
    seen.add(link.fingerprint256)
    chain.push(new X509Certificate(link.raw))
    link = link.issuerCertificate
  }
  return chain
}
