import { Client } from '@elastic/elasticsearch'
import type { EngineRequest, EngineResponse } from './client.js'
import { engineFailure } from './failure.js'
import { toClientParams, type EngineTransport, type TransportOptions } from './transport.js'

/**
 * Elasticsearch's client for 8 and later. Its media type asks Elasticsearch 9 for the answers of 8
 * (`compatible-with=8`), so one client serves both.
 */
export function elasticTransport(options: TransportOptions): EngineTransport {
  const { url, authorization, ca, requestTimeoutMs } = options
  const client = new Client({
    node: url,
    requestTimeout: requestTimeoutMs,
    maxRetries: 0,
    resurrectStrategy: 'none',
    // A token may be called "__proto__"; the answers are read, never merged into objects.
    disablePrototypePoisoningProtection: true,
    ...(authorization !== undefined && { headers: { authorization } }),
    ...(ca !== undefined && { tls: { ca } }),
  })
  return {
    send: (request) => send(client, url, request),
    close: () => client.close(),
  }
}

async function send(client: Client, url: string, request: EngineRequest): Promise<EngineResponse> {
  try {
    const { statusCode, body } = await client.transport.request(toClientParams(request), { meta: true })
    return { status: statusCode, body: body === '' ? undefined : body }
  } catch (error) {
    throw engineFailure(url, request, error)
  }
}
