import type { Ask } from '../../proxy-harness.js'

/** A request with a name to find it by. */
export interface RestCase extends Ask {
  readonly name: string
}

export const JSON_TYPE = ['Content-Type', 'application/json']
export const NDJSON_TYPE = ['Content-Type', 'application/x-ndjson']
