import type { EngineRequest, EngineResponse } from './client.js'

/** What both official clients are opened with. */
export interface TransportOptions {
  /** Address without credentials: it appears in errors. */
  readonly url: string
  /** Value of the `Authorization` header. */
  readonly authorization?: string
  /** PEM certificate(s) of the authority. */
  readonly ca?: string
  readonly requestTimeoutMs: number
  /** Send bodies compressed with gzip. */
  readonly compress?: boolean
}

/** One official client behind the structure that the rest of the bridge knows. */
export interface EngineTransport {
  /**
   * Sends once, without retries: whoever may repeat a request knows whether that is safe.
   *
   * @throws EngineError as {@link EngineClient.request} says
   */
  send(request: EngineRequest): Promise<EngineResponse>
  close(): Promise<void>
}

/** A request in the words of both clients' `transport.request`. */
export interface ClientParams {
  readonly method: string
  readonly path: string
  readonly querystring?: Record<string, string | number | boolean>
  readonly body?: object
  readonly bulkBody?: string | Buffer
}

export function toClientParams({ method, path, query, body, ndjson }: EngineRequest): ClientParams {
  return {
    method,
    path,
    ...(query !== undefined && { querystring: { ...query } }),
    ...(body !== undefined && { body }),
    ...(ndjson !== undefined && { bulkBody: ndjson }),
  }
}
