import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { wholeBody } from './whole-body.js'

/** A request on its way to the real engine. */
export interface ProxiedRequest {
  readonly method: string
  /** Path with its query. */
  readonly path: string
  readonly body: string
}

/**
 * What happens to a request: nothing, a connection cut before or after the engine has it, an answer that ends in its
 * middle or trickles, an answer in the engine's place, or refused items.
 */
export type Fault =
  | 'pass'
  | 'cut'
  | 'lose answer'
  | 'cut answer'
  | {
      /** Time that the engine's answer takes to arrive, byte by byte as it were. */
      readonly trickleMs: number
    }
  | { readonly status: number; readonly body: object }
  | {
      /** For `_bulk`: ids whose documents are kept from the engine and answered with this status instead. */
      readonly refuse: (id: string) => boolean
      readonly status: number
    }

export interface FaultProxy {
  readonly url: string
  /** Every request that came, in order. */
  readonly requests: readonly ProxiedRequest[]
  close(): Promise<void>
}

/**
 * A small HTTP server before the real engine that misbehaves on demand, as busy clusters and gateways do.
 * Whatever it does not answer itself is the real engine's answer.
 *
 * @param cutsUpload true for a request whose connection is cut in the middle of its body
 */
export async function startFaultProxy(
  engineUrl: string,
  decide: (request: ProxiedRequest) => Fault,
  cutsUpload: (path: string) => boolean = () => false,
): Promise<FaultProxy> {
  const requests: ProxiedRequest[] = []
  const server = createServer((incoming, outgoing) => {
    if (cutsUpload(incoming.url ?? '/')) {
      incoming.once('data', () => incoming.socket.destroy())
      return
    }
    void handle(engineUrl, decide, requests, incoming, outgoing)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

async function handle(
  engineUrl: string,
  decide: (request: ProxiedRequest) => Fault,
  requests: ProxiedRequest[],
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    body: await wholeBody(incoming),
  }
  requests.push(request)
  const fault = decide(request)
  if (fault === 'cut') {
    incoming.socket.destroy()
    return
  }
  const mediaTypes = mediaTypesOf(incoming)
  if (fault === 'lose answer') {
    await forward(engineUrl, request, mediaTypes)
    incoming.socket.destroy()
    return
  }
  const answer = await answerOf(engineUrl, request, mediaTypes, fault)
  outgoing.writeHead(answer.status, { ...HEADERS, 'content-length': Buffer.byteLength(answer.text) })
  if (fault === 'cut answer') {
    outgoing.write(answer.text.slice(0, answer.text.length >> 1), () => incoming.socket.destroy())
    return
  }
  if (typeof fault === 'object' && 'trickleMs' in fault) await trickle(outgoing, answer.text, fault.trickleMs)
  else outgoing.end(answer.text)
}

async function answerOf(
  engineUrl: string,
  request: ProxiedRequest,
  mediaTypes: MediaTypes,
  fault: Exclude<Fault, 'cut' | 'lose answer'>,
): Promise<Answer> {
  if (typeof fault === 'string' || 'trickleMs' in fault) return forward(engineUrl, request, mediaTypes)
  if ('refuse' in fault) return forwardPart(engineUrl, request, mediaTypes, fault)
  return { status: fault.status, text: JSON.stringify(fault.body) }
}

const TRICKLED_PIECES = 10

async function trickle(outgoing: ServerResponse, text: string, ms: number): Promise<void> {
  const size = Math.ceil(text.length / TRICKLED_PIECES)
  for (let start = 0; start < text.length; start += size) {
    await delay(ms / TRICKLED_PIECES)
    outgoing.write(text.slice(start, start + size))
  }
  outgoing.end()
}

/** Elasticsearch's client refuses answers without the header of the product; others take no notice of it. */
const HEADERS = { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' }

interface MediaTypes {
  readonly accept: string
  readonly 'content-type': string
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** Elasticsearch wants the two to agree. */
function mediaTypesOf({ headers }: IncomingMessage): MediaTypes {
  return {
    accept: headers.accept ?? '*/*',
    'content-type': headers['content-type'] ?? 'application/json',
  }
}

async function forward(engineUrl: string, request: ProxiedRequest, mediaTypes: MediaTypes): Promise<Answer> {
  const { method, path, body } = request
  const response = await fetch(engineUrl + path, {
    method,
    headers: { ...mediaTypes },
    ...(body !== '' && { body }),
  })
  return { status: response.status, text: await response.text() }
}

interface BulkAnswer {
  items: object[]
  errors: boolean
}

async function forwardPart(
  engineUrl: string,
  request: ProxiedRequest,
  mediaTypes: MediaTypes,
  { refuse, status }: { refuse: (id: string) => boolean; status: number },
): Promise<Answer> {
  const lines = request.body.trimEnd().split('\n')
  const documents = Array.from({ length: lines.length / 2 }, (_, position) => ({
    id: (JSON.parse(lines[2 * position] ?? '') as { index: { _id: string } }).index._id,
    lines: lines.slice(2 * position, 2 * position + 2).join('\n') + '\n',
  }))
  const passed = documents.filter(({ id }) => !refuse(id))
  const passedBody = passed.map((document) => document.lines).join('')
  const real =
    passed.length === 0
      ? { items: [], errors: false }
      : (JSON.parse(
          (await forward(engineUrl, { ...request, body: passedBody }, mediaTypes)).text,
        ) as BulkAnswer)
  const reals = [...real.items]
  const error = { type: 'rejected_execution_exception', reason: 'the write queue is full' }
  const items = documents.map(({ id }) =>
    refuse(id) ? { index: { _id: id, status, error } } : reals.shift(),
  )
  return { status: 200, text: JSON.stringify({ took: 1, errors: true, items }) }
}
