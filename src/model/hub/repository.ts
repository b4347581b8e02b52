import { downloadFile, listFiles, modelInfo } from '@huggingface/hub'
import { ConfigurationError } from '../../errors.js'
import type { Checksum } from './checksum.js'
import { explainHubFailure, type HubRequest } from './hub-failure.js'

export const DEFAULT_ENDPOINT = 'https://huggingface.co'
const DEFAULT_REVISION = 'main'

export interface HubOptions {
  /** Branch, tag or commit; default `main`. */
  readonly revision?: string | undefined
  /** Address of a hub, or of a mirror with its layout; default {@link DEFAULT_ENDPOINT}. */
  readonly endpoint?: string | undefined
  /** Access token of the hub; sent to the endpoint only, never shown. */
  readonly token?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** A file as the hub lists it. */
export interface HubFile {
  readonly path: string
  readonly bytes: number
  /** SHA-256 of large files, Git's id of small ones; undefined where the hub gives neither. */
  readonly checksum: Checksum | undefined
}

/** One commit of a model's repository on a hub. */
export interface HubRepository {
  readonly id: string
  readonly endpoint: string
  /** What was asked for. */
  readonly revision: string
  /** What that is now: 40 hexadecimal digits. */
  readonly commit: string
  readonly files: readonly HubFile[]
  /** The content of a file from a byte on; by a range request if that is not the first. */
  read(path: string, fromByte: number): AsyncIterable<Uint8Array>
}

/**
 * Finds the commit that a revision means, and lists its files.
 *
 * @param id for example `naver/splade-v3`
 * @throws ConfigurationError for an endpoint or token that cannot be one
 * @throws HubError saying what to do: accept a licence, check the id, come back later
 */
export async function openHubRepository(id: string, options: HubOptions = {}): Promise<HubRepository> {
  const endpoint = readEndpoint(options.endpoint ?? DEFAULT_ENDPOINT)
  const revision = options.revision ?? DEFAULT_REVISION
  const accessToken = readToken(options.token)
  const request: HubRequest = { endpoint, id, revision, hasToken: accessToken !== undefined }
  const access = {
    hubUrl: endpoint,
    fetch: fetchWithin(endpoint, options.signal),
    ...(accessToken === undefined ? {} : { accessToken }),
  }
  try {
    const { sha } = await modelInfo({ ...access, name: id, revision, additionalFields: ['sha'] })
    const files: HubFile[] = []
    for await (const entry of listFiles({ ...access, repo: id, revision: sha, recursive: true }))
      if (entry.type === 'file')
        files.push({ path: entry.path, bytes: entry.lfs?.size ?? entry.size, checksum: readChecksum(entry) })
    const read = async function* (path: string, fromByte: number): AsyncGenerator<Uint8Array> {
      try {
        // Over plain HTTP, whose ranges make a stopped download resumable, and not from the hub's chunk store (xet).
        const blob = await downloadFile({ ...access, repo: id, revision: sha, path, xet: false })
        if (blob === null) throw new Error(`${path} is listed but missing`)
        yield* blob.slice(fromByte, blob.size).stream() as unknown as AsyncIterable<Uint8Array>
      } catch (error) {
        // The client passes on only the message of an interruption.
        options.signal?.throwIfAborted()
        throw explainHubFailure(error, request)
      }
    }
    return { id, endpoint, revision, commit: sha, files, read }
  } catch (error) {
    throw explainHubFailure(error, request)
  }
}

/**
 * The hub's client sends its token to every address that a listing's next page names; this sends it to the
 * endpoint's own origin only. Redirects to another origin lose it in `fetch` itself.
 */
function fetchWithin(endpoint: string, signal: AbortSignal | undefined): typeof fetch {
  const { origin } = new URL(endpoint)
  return (input, init) => {
    const headers = new Headers(init?.headers)
    if (new URL(input instanceof Request ? input.url : input).origin !== origin)
      headers.delete('authorization')
    return fetch(input, { ...init, headers, ...(signal === undefined ? {} : { signal }) })
  }
}

function readChecksum(entry: {
  readonly oid?: string
  readonly lfs?: { readonly oid: string }
}): Checksum | undefined {
  if (entry.lfs !== undefined)
    return { algorithm: 'sha256', digest: entry.lfs.oid.replace(/^sha256:/, '').toLowerCase() }
  return entry.oid === undefined ? undefined : { algorithm: 'git-sha1', digest: entry.oid.toLowerCase() }
}

function readEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new ConfigurationError('endpoint', 'must be an http or https address', endpoint)
  if (url.username !== '' || url.password !== '')
    throw new ConfigurationError(
      'endpoint',
      'must hold no user or password (use HF_TOKEN)',
      'an address (not shown)',
    )
  return endpoint.replace(/\/+$/, '')
}

/** The client refuses other tokens without saying where they came from. */
function readToken(token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined
  if (/^hf_\w+$/.test(token)) return token
  throw new ConfigurationError('HF_TOKEN', 'must start with hf_', 'a value (not shown)')
}
