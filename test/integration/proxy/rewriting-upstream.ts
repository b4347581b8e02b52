import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type Headers,
  type RewriteContext,
  type Rewriter,
  RefusedRequest,
  type WholeAnswer,
  type WholeRequest,
} from '../../../src/proxy/rewriter.js'

/** A server before an engine that applies a rewriter and nothing else. */
export interface RewritingUpstream {
  readonly url: string
  /** What was sent to the engine in place of client requests and on their behalf, in order. */
  readonly sent: { readonly method: string; readonly target: string; readonly body: string }[]
  close(): Promise<void>
}

export async function startRewritingUpstream(
  engineUrl: string,
  rewriter: Rewriter,
): Promise<RewritingUpstream> {
  const sent: RewritingUpstream['sent'] = []
  const ask = async ({ method, target, headers, body }: WholeRequest): Promise<WholeAnswer> => {
    sent.push({ method, target, body: body.toString() })
    const isEmpty = body.length === 0
    // fetch refuses a body with GET; the engines take POST for what has one.
    const verb = method === 'GET' && !isEmpty ? 'POST' : method
    const answer = await fetch(engineUrl + target, {
      method: verb,
      headers: fetchHeaders(headers),
      ...(!isEmpty && { body: new Uint8Array(body) }),
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: bytes }
  }
  const server = createServer((request, response) => {
    void answerClient(rewriter, ask, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, sent, close: () => closeServer(server) }
}

type Ask = (request: WholeRequest) => Promise<WholeAnswer>

async function answerClient(
  rewriter: Rewriter,
  ask: Ask,
  message: IncomingMessage,
  response: ServerResponse,
) {
  const request = {
    method: message.method ?? 'GET',
    target: message.url ?? '/',
    headers: message.headers as Headers,
    body: await bodyOf(message),
  }
  try {
    const { answer, warnings } = await rewritten(rewriter, ask, request)
    const type = String(answer.headers['content-type'])
    response.writeHead(answer.status, { 'content-type': type, 'x-test-warnings': JSON.stringify(warnings) })
    response.end(answer.body)
  } catch (error) {
    const refused = error instanceof RefusedRequest ? error : undefined
    response.writeHead(refused?.status ?? 500, { 'content-type': 'application/json' })
    const reason = error instanceof Error ? (refused?.message ?? error.stack) : String(error)
    response.end(JSON.stringify({ error: { type: refused?.type ?? 'unexpected', reason } }))
  }
}

async function rewritten(rewriter: Rewriter, ask: Ask, request: WholeRequest) {
  const context: RewriteContext = {
    signal: new AbortController().signal,
    ask: (own) => ask({ ...own, headers: { ...request.headers, ...own.headers } }),
  }
  const result = await rewriter.plan(request)?.rewrite(request, context)
  if (result?.kind === 'answer') return { answer: result, warnings: [] }
  const answer = await ask({ ...request, ...(result && { target: result.target, body: result.body }) })
  const changed = (await result?.changeAnswer?.(answer, context)) ?? answer
  return { answer: changed, warnings: result?.warnings ?? [] }
}

function fetchHeaders(headers: Headers): Record<string, string> {
  const sentOn = Object.entries(headers as IncomingHttpHeaders).filter(
    ([name, value]) =>
      typeof value === 'string' && ['authorization', 'content-type', 'accept'].includes(name),
  )
  return Object.fromEntries(sentOn) as Record<string, string>
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeAllConnections()
  })
}
