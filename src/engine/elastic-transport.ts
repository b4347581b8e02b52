import { Client } from '@elastic/elasticsearch'
import type { EngineRequest, EngineResponse } from './client.js'
import { engineFailure } from './failure.js'
import { toClientParams, type EngineTransport, type TransportOptions } from './transport.js'

/** Whether bodies and answers are plain JSON, or JSON in the shape of one release (`compatible-with=8`). */
export type MediaTypes = 'plain' | 'versioned'

/**
 * Elasticsearch's client. It is made for release 8 and also serves its neighbours: its own media type asks
 * Elasticsearch 9 for the answers of 8, and Elasticsearch 7, which refuses that type, takes plain JSON.
 */
export function elasticTransport(options: TransportOptions, mediaTypes: MediaTypes): EngineTransport {
  const { url, authorization, ca, requestTimeoutMs, compress } = options
  const headersOf = mediaTypes === 'plain' ? plainHeaders : noHeaders
  const client = new Client({
    node: url,
    requestTimeout: requestTimeoutMs,
    maxRetries: 0,
    resurrectStrategy: 'none',
    // A token may be called "__proto__"; the answers are read, never merged into objects.
    disablePrototypePoisoningProtection: true,
    ...(compress === true && { compression: true }),
    ...(authorization !== undefined && { headers: { authorization } }),
    ...(ca !== undefined && { tls: { ca } }),
  })
  return {
    send: (request) => send(client, url, request, headersOf(request)),
    close: () => client.close(),
  }
}

type Headers = Record<string, string>

function plainHeaders({ body, ndjson }: EngineRequest): Headers {
  return {
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(ndjson !== undefined && { 'content-type': 'application/x-ndjson' }),
  }
}

/** The client then sets its own. */
function noHeaders(): Headers {
  return {}
}

async function send(
  client: Client,
  url: string,
  request: EngineRequest,
  headers: Headers,
): Promise<EngineResponse> {
  try {
    const options = { meta: true as const, headers }
    const { statusCode, body } = await client.transport.request(toClientParams(request), options)
    return { status: statusCode, body: body === '' ? undefined : body }
  } catch (error) {
    // Which engine it is, was asked before by the other client.
    throw engineFailure(url, request, error, 'later')
  }
}
