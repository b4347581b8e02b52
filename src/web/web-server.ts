import type { IncomingMessage, ServerResponse } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { EngineResponseError } from '../engine/failure.js'
import { ConfigurationError, EngineError, SpladeBridgeError } from '../errors.js'
import { RefusedRequest } from '../proxy/rewriter.js'
import { MAX_CLAUSES } from '../rank-features/query.js'
import type { EncodeRequest, ErrorAnswer, SearchRequest } from './api.js'
import { type FiguresRequest, RANGES } from './dashboards-api.js'
import type { PageFile } from './page-files.js'
import type { Playground } from './playground.js'

export interface WebServerOptions {
  /** One for everybody, or the one of whoever sends a request. */
  readonly playground: Playground | ((request: IncomingMessage) => Promise<Playground>)
  /** Path -> file, as `readPage` gives them. */
  readonly page: ReadonlyMap<string, PageFile>
  /** Path under which another server hands requests over, such as `/_splade/ui`. Default: none. */
  readonly prefix?: string
  /** Asks a browser for a user name and a password where the engine wants them. Default false. */
  readonly asksForCredentials?: boolean
}

export interface WebServer {
  /**
   * @param port 0 for a free one
   * @returns the address, for example `http://127.0.0.1:9400`
   */
  listen(host: string, port: number): Promise<string>
  /** Answers a request that another server has received. */
  handle(request: IncomingMessage, response: ServerResponse): void
  close(): Promise<void>
}

/** Nothing from elsewhere, nothing inline, no frame around it, and no form that leads away. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** Browsers ask for a user name and a password, and keep both for this server. */
const CHALLENGE = 'Basic realm="splade-bridge", charset="UTF-8"'

const MAX_QUERY = 10_000
const MAX_TEXT = 200_000

const SEARCH_SCHEMA = {
  body: {
    type: 'object',
    required: ['query'],
    additionalProperties: false,
    properties: {
      query: { type: 'string', maxLength: MAX_QUERY },
      size: { type: 'integer', minimum: 1, maximum: 50 },
      tokens: {
        type: 'array',
        maxItems: MAX_CLAUSES,
        items: {
          type: 'object',
          required: ['token', 'weight'],
          additionalProperties: false,
          properties: {
            token: { type: 'string', minLength: 1 },
            weight: { type: 'number', exclusiveMinimum: 0 },
          },
        },
      },
    },
  },
}

const ENCODE_SCHEMA = {
  body: {
    type: 'object',
    required: ['text'],
    additionalProperties: false,
    properties: { text: { type: 'string', maxLength: MAX_TEXT }, as: { enum: ['document', 'query'] } },
  },
}

const FIGURES_SCHEMA = {
  body: {
    type: 'object',
    required: ['dashboard', 'range'],
    additionalProperties: false,
    properties: {
      dashboard: { type: 'string', maxLength: 200 },
      range: { enum: RANGES },
      filters: {
        type: 'object',
        maxProperties: 20,
        additionalProperties: {
          type: 'array',
          minItems: 1,
          maxItems: 100,
          items: { type: 'string', maxLength: 1024 },
        },
      },
    },
  },
}

/** Serves the page and the API that it uses. */
export function createWebServer(options: WebServerOptions): WebServer {
  const { playground, page, prefix = '', asksForCredentials = false } = options
  const playgroundOf = async ({ raw }: FastifyRequest): Promise<Playground> =>
    typeof playground === 'function' ? playground(raw) : playground
  const server = Fastify({
    // Neither a number nor an unknown member is what the caller meant.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    forceCloseConnections: true,
    rewriteUrl: ({ url = '/' }) => (url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : url),
  })
  // With JSON as the only body, another site cannot send one without asking first, and is not answered then.
  server.removeContentTypeParser('text/plain')
  server.addHook('onRequest', refuseStrangers)
  server.addHook('onSend', (_request, reply, _payload, done) => {
    reply.headers(HEADERS)
    done()
  })
  addErrors(server, asksForCredentials)
  for (const [path, file] of page)
    server.get(path, async (request, reply) => {
      if (path === '/' && asksForCredentials) await requireKnown(playgroundOf(request))
      return sendFile(reply, file)
    })
  // Without its slash the page would look for its files one level above.
  if (prefix !== '') server.get(prefix, (_request, reply) => reply.redirect(`${prefix}/`, 308))
  server.get('/api/info', async (request) => (await playgroundOf(request)).info())
  server.post<{ Body: SearchRequest }>('/api/search', { schema: SEARCH_SCHEMA }, async (request) =>
    (await playgroundOf(request)).search(request.body),
  )
  server.post<{ Body: EncodeRequest }>('/api/encode', { schema: ENCODE_SCHEMA }, async (request) =>
    (await playgroundOf(request)).encode(request.body),
  )
  server.get('/api/dashboards', async (request) => (await playgroundOf(request)).dashboards())
  server.post<{ Body: FiguresRequest }>(
    '/api/dashboards/figures',
    { schema: FIGURES_SCHEMA },
    async (request) => (await playgroundOf(request)).figures(request.body),
  )
  return {
    listen: (host, port) => server.listen({ host, port }),
    handle: (request, response) => {
      void server.ready().then(() => {
        server.routing(request, response)
      })
    },
    close: () => server.close(),
  }
}

/** A browser asks for a password when it opens the page, and not somewhere within. */
async function requireKnown(playground: Promise<Playground>): Promise<void> {
  try {
    await playground
  } catch (error) {
    // The page itself shows anything else.
    if (refusalOf(error as Error) === 401) throw error
  }
}

function sendFile(reply: FastifyReply, { contentType, bytes }: PageFile): FastifyReply {
  return reply.type(contentType).send(bytes)
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']
const LOOPBACK_ADDRESS = /^(::ffff:)?127\.|^::1$/

/**
 * Who is asked under a loopback address by another name has been looked up by a stranger's page (DNS rebinding), which
 * would then read the index with the rights of whoever started this.
 */
async function refuseStrangers(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const isLocal = LOOPBACK_ADDRESS.test(request.socket.localAddress ?? '')
  if (isLocal && !LOOPBACK_NAMES.includes(request.hostname))
    await reply.code(403).send(errorAnswer('FORBIDDEN', `"${request.host}" is no name of this server`))
  else if (request.headers['sec-fetch-site'] === 'cross-site' && request.url.startsWith('/api/'))
    await reply.code(403).send(errorAnswer('FORBIDDEN', 'other sites may not use this API'))
}

function addErrors(server: FastifyInstance, asksForCredentials: boolean): void {
  server.setNotFoundHandler(async ({ method, url }, reply) => {
    await reply.code(404).send(errorAnswer('NOT_FOUND', `there is no ${method} ${url}`))
  })
  server.setErrorHandler(async (error: Error & { readonly statusCode?: number }, _request, reply) => {
    const code =
      error instanceof SpladeBridgeError
        ? error.code
        : (error.statusCode ?? 500) < 500
          ? 'REQUEST'
          : 'INTERNAL'
    const refusal = asksForCredentials ? refusalOf(error) : undefined
    if (refusal === 401) reply.header('www-authenticate', CHALLENGE)
    await reply.code(refusal ?? statusOf(error)).send(errorAnswer(code, error.message))
  })
}

/** What the engine says to whoever sent a request, where that is somebody whom it knows. */
function refusalOf(error: Error): number | undefined {
  const isRefusal = error instanceof EngineResponseError && [401, 403].includes(error.status)
  return isRefusal ? error.status : undefined
}

/** An engine's failure is that of a server behind this one. */
function statusOf(error: Error & { readonly statusCode?: number }): number {
  if (error instanceof ConfigurationError) return 400
  if (error instanceof RefusedRequest) return error.status
  if (error instanceof EngineError) return 502
  return error.statusCode ?? 500
}

function errorAnswer(code: string, message: string): ErrorAnswer {
  return { error: { code, message } }
}
