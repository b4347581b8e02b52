import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server before a real engine that asks for names and passwords, as the engines' own security does. */
export interface GuardedEngine {
  readonly url: string
  /** `Authorization` of every request, in order; '' for none. */
  readonly authorizations: readonly string[]
  close(): Promise<void>
}

/** The credentials of a user as they are sent. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** @param users value of `Authorization` -> pattern of the paths that are open to it; all others get 401 or 403 */
export async function startGuardedEngine(
  engineUrl: string,
  users: ReadonlyMap<string, RegExp>,
): Promise<GuardedEngine> {
  const authorizations: string[] = []
  const server = createServer((incoming, outgoing) => {
    const authorization = incoming.headers.authorization ?? ''
    authorizations.push(authorization)
    const open = users.get(authorization)
    if (open === undefined) refuse(incoming, outgoing, 401)
    else if (!open.test(incoming.url ?? '/')) refuse(incoming, outgoing, 403)
    else forward(engineUrl, incoming, outgoing)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${port}`, authorizations, close }
}

function refuse(incoming: IncomingMessage, outgoing: ServerResponse, status: 401 | 403): void {
  incoming.resume()
  const reason = status === 401 ? 'missing authentication credentials' : 'action is unauthorized'
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 401 && { 'www-authenticate': 'Basic realm="security"' }),
  })
  outgoing.end(JSON.stringify({ error: { type: 'security_exception', reason }, status }))
}

function forward(engineUrl: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url = '/', headers } = incoming
  const sent = request(engineUrl + url, { method, headers, agent: false }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  sent.on('error', () => outgoing.destroy())
  incoming.pipe(sent)
}
