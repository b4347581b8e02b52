import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { createProxy, type Proxy, type ProxyOptions } from '../src/proxy/http/proxy-server.js'
import { createLog } from '../src/telemetry/log.js'

/** A proxy that listens on a free port of loopback, before servers of the test's own. */
export interface RunningProxy {
  readonly url: string
  readonly port: number
  /** Lines of the log, parsed. */
  readonly logged: readonly Record<string, unknown>[]
  close(): Promise<void>
}

/** @param options without a log: it is kept in `logged`, from level `debug` on */
export async function startProxy(options: Omit<ProxyOptions, 'log'>): Promise<RunningProxy> {
  const logged: Record<string, unknown>[] = []
  const write = (line: string): void => {
    logged.push(JSON.parse(line) as Record<string, unknown>)
  }
  const proxy: Proxy = createProxy({ log: createLog('debug', { write }), ...options })
  const url = await proxy.listen('127.0.0.1', 0)
  return { url, port: Number(new URL(url).port), logged, close: () => proxy.close() }
}

/** An HTTP server in the place of an engine, whose connections and requests can be looked at. */
export interface FakeEngine {
  readonly url: string
  readonly server: Server
  close(): Promise<void>
}

export async function startFakeEngine(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<FakeEngine> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve()
      })
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${port}`, server, close }
}

/**
 * Sends bytes and returns all that comes back until the server closes.
 *
 * @param pieces sent one after the other, each in a packet of its own
 */
export function sendRaw(port: number, ...pieces: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const received: Buffer[] = []
    socket.setNoDelay(true)
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A refusal may cut the connection while there is more to send.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
    socket.on('close', () => {
      resolve(Buffer.concat(received).toString('latin1'))
    })
    void sendPieces(socket, pieces)
  })
}

async function sendPieces(socket: Socket, pieces: readonly (string | Buffer)[]): Promise<void> {
  for (const piece of pieces) {
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Status of the first answer in raw bytes; undefined where there is none. */
export function statusOf(raw: string): number | undefined {
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(raw) ?? []
  return status === undefined ? undefined : Number(status)
}

/** A whole answer as it came. */
export interface Answer {
  readonly status: number
  readonly reason: string
  /** Names and values in turns, as they came, without those of the connection and `Date`. */
  readonly headers: readonly string[]
  readonly body: Buffer
  /** Names and values in turns. */
  readonly trailers: readonly string[]
}

export interface Ask {
  readonly method?: string
  /** Path and query. */
  readonly target?: string
  /** Names and values in turns, sent as they are. */
  readonly headers?: readonly string[]
  readonly body?: Buffer | string
}

const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date'])

/** Sends a request on a connection of its own, with nothing added but `Host`, `Connection` and the body's length. */
export function askServer(
  url: string,
  { method = 'GET', target = '/', headers = [], body }: Ask = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url)
  const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))]
  const all = ['Host', `${hostname}:${port}`, 'Connection', 'close', ...headers, ...length]
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: hostname, port, method, path: target, headers: all, agent: false })
    outgoing.on('error', reject).on('response', (incoming) => {
      readAnswer(incoming).then(resolve, reject)
    })
    outgoing.end(body)
  })
}

async function readAnswer(incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const { rawHeaders, rawTrailers, statusCode = 0, statusMessage = '' } = incoming
  const headers = rawHeaders.filter((_, at) => !OF_CONNECTION.has(rawHeaders[at - (at % 2)]!.toLowerCase()))
  return {
    status: statusCode,
    reason: statusMessage,
    headers,
    body: Buffer.concat(chunks),
    trailers: rawTrailers,
  }
}
