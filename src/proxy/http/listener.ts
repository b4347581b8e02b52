import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { type ErrorAnswer, errorBody } from './error-answer.js'
import type { ProxyLimits } from './limits.js'
import { requireCertificates, requireIdentity, type TlsIdentity } from './tls-material.js'

/** How the proxy shows itself to clients. */
export interface ServerTls extends TlsIdentity {
  /** PEM certificate(s) of an authority: clients must then show a certificate that it signed. */
  readonly clientCa?: string
}

/**
 * An HTTP server, with TLS or without, that holds clients to the limits and takes HTTP/1.1 by the letter.
 *
 * @throws ConfigurationError for certificates and keys that cannot be used
 */
export function createListener(limits: ProxyLimits, tls: ServerTls | undefined): Server {
  const options: ServerOptions = {
    insecureHTTPParser: false,
    requireHostHeader: true,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: Math.min(limits.headersMs, limits.requestMs),
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: Math.min(5_000, limits.headersMs),
    noDelay: true,
  }
  const server =
    tls === undefined ? createServer(options) : createTlsServer({ ...options, ...tlsOptions(tls, limits) })
  server.maxConnections = limits.connections
  return server
}

function tlsOptions(tls: ServerTls, limits: ProxyLimits): object {
  const { certificate, key, passphrase, clientCa } = tls
  requireIdentity('tls', tls)
  // Without any certificate Node would ask clients for one of the authorities that it knows.
  if (clientCa !== undefined) requireCertificates('tls.clientCa', clientCa)
  return {
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.headersMs,
    ...(passphrase !== undefined && { passphrase }),
    ...(clientCa !== undefined && { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
  }
}

/** Errors of the parser that have a status of their own; everything else is a bad request. */
const STATUS_OF_CODE: Readonly<Record<string, readonly [status: number, phrase: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Payload Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
}

/**
 * Answers bytes that are no HTTP, unless an answer is under way on the connection, and closes it: where one request
 * ends and the next begins is not known any more.
 */
export function refuseMalformed(
  socket: Duplex,
  error: NodeJS.ErrnoException,
  current: ServerResponse | undefined,
): void {
  // Bytes behind a request that said it was the last: nobody's. Its answer is still to come, and closes.
  if (error.code === 'HPE_CLOSED_CONNECTION' && current !== undefined) return
  if (!socket.writable || error.code === 'ECONNRESET' || current?.headersSent === true) {
    socket.destroy()
    return
  }
  const [status, phrase] = STATUS_OF_CODE[error.code ?? ''] ?? [400, 'Bad Request']
  const reason = `the request is not as HTTP/1.1 has it (${error.code ?? error.message})`
  endWith(socket, phrase, { status, type: 'bad_request_exception', reason })
}

/** Answers `CONNECT`: this proxy stands before one cluster, and opens no tunnels. */
export function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  // A client that cuts the connection meanwhile has nothing to be told.
  socket.on('error', () => undefined)
  const reason = 'the proxy opens no tunnels'
  endWith(socket, 'Method Not Allowed', { status: 405, type: 'method_not_allowed_exception', reason })
}

function endWith(socket: Duplex, phrase: string, error: ErrorAnswer): void {
  const body = errorBody(error)
  const head = `HTTP/1.1 ${error.status} ${phrase}\r\ncontent-type: application/json; charset=UTF-8\r\n`
  socket.end(`${head}content-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString()}`)
}
