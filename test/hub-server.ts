import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { sendJson, startStubServer, type StubServer } from './stub-server.js'

/** Files from this size on are listed as LFS, with their SHA-256; the hub does so from 10 MB. */
const LFS_FROM_BYTES = 100_000
export const HUB_COMMIT = '0123456789abcdef0123456789abcdef01234567'

/** What a test changes in the hub's behaviour, before or between requests. */
export interface HubBehaviour {
  /** Paths that are listed, with what they hold. */
  files: Map<string, Buffer>
  /** Paths that are listed and hold nothing. */
  extraPaths: string[]
  /** Checksums that the listing gives instead of the right ones. */
  wrongChecksums: Map<string, string>
  /** Ends the connection of a file's content after so many bytes. */
  cutAfter: Map<string, number>
  /** Answers content from the first byte, whatever range is asked for. */
  ignoresRanges: boolean
  /** The token without which everything is refused. */
  requiredToken: string | undefined
  /** Answers every request with this status. */
  status: number | undefined
}

/** A request as the server saw it. */
export interface HubRequestSeen {
  readonly path: string
  readonly range: string | undefined
  readonly authorization: string | undefined
}

export interface HubServer extends StubServer {
  readonly behaviour: HubBehaviour
  readonly requests: HubRequestSeen[]
}

/** A local server with the layout of the Hugging Face Hub, for one model with one commit on branch `main`. */
export async function startHubServer(id: string, folder: string): Promise<HubServer> {
  const behaviour: HubBehaviour = {
    files: readFiles(folder),
    extraPaths: [],
    wrongChecksums: new Map(),
    cutAfter: new Map(),
    ignoresRanges: false,
    requiredToken: undefined,
    status: undefined,
  }
  const requests: HubRequestSeen[] = []
  const server = await startStubServer((request, response) => {
    const { range, authorization } = request.headers
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '')
    requests.push({ path, range, authorization })
    answer(id, behaviour, path, request, response)
  })
  return { ...server, behaviour, requests }
}

function readFiles(folder: string): Map<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return new Map(
    paths
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path))]),
  )
}

function answer(
  id: string,
  behaviour: HubBehaviour,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { requiredToken, status } = behaviour
  if (status !== undefined) {
    sendJson(response, status, { error: 'as the test asked' })
    return
  }
  if (requiredToken !== undefined && request.headers.authorization !== `Bearer ${requiredToken}`) {
    sendJson(response, 401, { error: `Access to model ${id} is restricted` })
    return
  }
  if (!path.startsWith(`/api/models/${id}/`) && !path.startsWith(`/${id}/`)) {
    sendJson(response, 404, { error: 'Repository not found' })
    return
  }
  const [, kind, revision, file = ''] =
    /^(?:\/api\/models)?\/[^/]+\/[^/]+\/(revision|tree|resolve)\/([^/]+)\/?(.*)$/.exec(path) ?? []
  if (revision !== 'main' && revision !== HUB_COMMIT) {
    sendJson(response, 404, { error: `Invalid rev id: ${revision ?? ''}` })
    return
  }
  if (kind === 'revision')
    sendJson(response, 200, { _id: '1', id, sha: HUB_COMMIT, lastModified: '2026-01-01T00:00:00.000Z' })
  else if (kind === 'tree') sendJson(response, 200, listFiles(behaviour))
  else sendContent(behaviour, file, request, response)
}

function listFiles({ files, extraPaths, wrongChecksums }: HubBehaviour): object[] {
  const entries = [...files].map(([path, content]) => {
    const size = content.length
    const oid = createHash('sha1').update(`blob ${size}\0`).update(content).digest('hex')
    if (size < LFS_FROM_BYTES) return { type: 'file', path, size, oid: wrongChecksums.get(path) ?? oid }
    const sha256 = wrongChecksums.get(path) ?? createHash('sha256').update(content).digest('hex')
    return { type: 'file', path, size, oid, lfs: { oid: sha256, size, pointerSize: 134 } }
  })
  const extra = extraPaths.map((path) => ({ type: 'file', path, size: 1, oid: '0'.repeat(40) }))
  return [{ type: 'directory', path: '1_SpladePooling', size: 0, oid: '0'.repeat(40) }, ...entries, ...extra]
}

function sendContent(
  { files, cutAfter, ignoresRanges }: HubBehaviour,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const content = files.get(path)
  if (content === undefined) {
    response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end('Entry not found')
    return
  }
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  const isProbe = first === '0' && last === '0'
  const isRange = first !== undefined && last !== undefined && (isProbe || !ignoresRanges)
  const [from, to] = isRange ? [Number(first), Number(last) + 1] : [0, content.length]
  const headers = { etag: '"e"', 'content-length': to - from, 'accept-ranges': 'bytes' }
  if (isRange)
    response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${to - 1}/${content.length}` })
  else response.writeHead(200, headers)
  const cut = isProbe ? undefined : cutAfter.get(path)
  if (cut === undefined) response.end(content.subarray(from, to))
  else response.write(content.subarray(from, from + cut), () => setTimeout(() => response.destroy(), 50))
}
