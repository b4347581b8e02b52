import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Headers, ProxyRequest } from '../rewriter.js'
import { type FlatHeaders, toRecord, valueOf } from './headers.js'

/** A client's request as a rewriter sees it; the record of headers is made only if somebody looks. */
export class ClientRequest implements ProxyRequest {
  readonly method: string
  readonly target: string
  #headers: Headers | undefined

  constructor(
    readonly incoming: IncomingMessage,
    /** End-to-end headers, as they go on to the upstream. */
    readonly flatHeaders: FlatHeaders,
  ) {
    this.method = incoming.method ?? 'GET'
    this.target = incoming.url ?? '/'
  }

  get headers(): Headers {
    return (this.#headers ??= toRecord(this.flatHeaders))
  }

  get scheme(): 'http' | 'https' {
    return this.incoming.socket instanceof TLSSocket ? 'https' : 'http'
  }

  /** As the client named the proxy; it does not go on to the upstream. */
  get authority(): string | undefined {
    return valueOf(this.incoming.rawHeaders, 'host')
  }

  /**
   * Bytes that `Content-Length` announces; undefined for a body in chunks. A request without a body has 0. Read from
   * the raw list: Node builds its record of headers only for who asks for it.
   */
  get announcedBytes(): number | undefined {
    const { rawHeaders } = this.incoming
    if (valueOf(rawHeaders, 'transfer-encoding') !== undefined) return undefined
    return Number(valueOf(rawHeaders, 'content-length') ?? 0)
  }
}
