import { Client } from '@opensearch-project/opensearch'
import type { EngineRequest, EngineResponse } from './client.js'
import { engineFailure } from './failure.js'
import { toClientParams, type EngineTransport, type TransportOptions } from './transport.js'

/** OpenSearch's client; it descends from Elasticsearch's 7.10, so it also speaks to whatever is not known yet. */
export function openSearchTransport(options: TransportOptions): EngineTransport {
  const { url, authorization, ca, requestTimeoutMs, compress } = options
  const client = new Client({
    node: url,
    requestTimeout: requestTimeoutMs,
    maxRetries: 0,
    // One address: a node that failed is simply asked again, without background pings that outlive a command.
    resurrectStrategy: 'none',
    // A token may be called "__proto__"; the answers are read, never merged into objects.
    disablePrototypePoisoningProtection: true,
    ...(compress === true && { compression: 'gzip' }),
    ...(authorization !== undefined && { headers: { authorization } }),
    ...(ca !== undefined && { ssl: { ca } }),
  })
  return {
    send: (request) => send(client, url, request),
    close: () => client.close(),
  }
}

async function send(client: Client, url: string, request: EngineRequest): Promise<EngineResponse> {
  try {
    const answer = await client.transport.request(toClientParams(request))
    const body: unknown = answer.body
    return { status: answer.statusCode ?? 0, body: body === '' ? undefined : body }
  } catch (error) {
    throw engineFailure(url, request, error)
  }
}
