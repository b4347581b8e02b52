// Part by part: the package's entry point also loads hundreds of files of APIs that nothing here calls, which takes
// longer than a search does.
import connection from '@opensearch-project/opensearch/lib/Connection.js'
import serializer from '@opensearch-project/opensearch/lib/Serializer.js'
import transport from '@opensearch-project/opensearch/lib/Transport.js'
import { ConnectionPool } from '@opensearch-project/opensearch/lib/pool/index.js'
import type { EngineRequest, EngineResponse } from './client.js'
import { engineFailure, EngineResponseError } from './failure.js'
import { toClientParams, type EngineTransport, type TransportOptions } from './transport.js'

// The package declares as a default what it exports whole.
const Connection = connection as unknown as typeof connection.default
const Serializer = serializer as unknown as typeof serializer.default
const Transport = transport as unknown as typeof transport.default

/**
 * The transport of OpenSearch's client; it descends from Elasticsearch's 7.10, so it also speaks to whatever is not
 * known yet.
 */
export function openSearchTransport(options: TransportOptions): EngineTransport {
  const { url, authorization, requestTimeoutMs, compress } = options
  const connectionPool = openPool(options)
  const sender = new Transport({
    emit: () => false,
    connectionPool,
    // A token may be called "__proto__"; the answers are read, never merged into objects.
    serializer: new Serializer({
      disablePrototypePoisoningProtection: true,
      enableLongNumeralSupport: false,
    }),
    requestTimeout: requestTimeoutMs,
    maxRetries: 0,
    sniffEndpoint: '',
    headers: authorization === undefined ? {} : { authorization },
    ...(compress === true && { compression: 'gzip' }),
  })
  const contact = { hasAnswered: false }
  return {
    send: (request) => send(sender, url, request, contact),
    close: () =>
      new Promise((resolve) => {
        connectionPool.empty(resolve)
      }),
  }
}

function openPool({ url, ca }: TransportOptions): ConnectionPool {
  const pool = new ConnectionPool({
    emit: () => false,
    Connection,
    // One address: a node that failed is simply asked again, without background pings that outlive a command.
    resurrectStrategy: 'none',
    ...(ca !== undefined && { ssl: { ca } }),
  })
  pool.addConnection(url)
  return pool
}

async function send(
  sender: InstanceType<typeof Transport>,
  url: string,
  request: EngineRequest,
  contact: { hasAnswered: boolean },
): Promise<EngineResponse> {
  try {
    const answer = await sender.request(toClientParams(request))
    contact.hasAnswered = true
    const body: unknown = answer.body
    return { status: answer.statusCode ?? 0, body: body === '' ? undefined : body }
  } catch (error) {
    const failure = engineFailure(url, request, error, contact.hasAnswered ? 'later' : 'first')
    if (failure instanceof EngineResponseError) contact.hasAnswered = true
    throw failure
  }
}
