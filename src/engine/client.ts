/** One request to an engine, in the shape that both official clients can carry. */
export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  /** Path with every segment already percent-encoded, starting with `/`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  /** JSON body. */
  readonly body?: object
  /** Newline-delimited JSON body, for `_bulk` and `_msearch`; excludes `body`. UTF-8 if bytes. */
  readonly ndjson?: string | Buffer
}

export interface EngineResponse {
  readonly status: number
  /** Parsed JSON, or undefined for an empty body. */
  readonly body: unknown
}

/** Which engine answers at a URL. */
export interface EngineInfo {
  readonly distribution: 'opensearch' | 'elasticsearch'
  /** For example `3.8.0`. */
  readonly version: string
}

/**
 * The only thing that the bridge asks of a client; neither official client's types leak past `engine/`.
 *
 * `request` resolves for 2xx and for 404 on HEAD; any other status, and an engine that cannot be reached
 * (status 0), throws {@link EngineError} with the engine's own reason.
 */
export interface EngineClient {
  readonly info: EngineInfo
  request(request: EngineRequest): Promise<EngineResponse>
  close(): Promise<void>
}

/** What it takes to ask an engine something. */
export type EngineRequester = Pick<EngineClient, 'request'>
