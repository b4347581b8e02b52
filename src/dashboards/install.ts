import { Agent, fetch, FormData, type Response } from 'undici'
import { EngineConnectionError } from '../engine/failure.js'
import { arrayMember, member, numberMember, stringMember } from '../engine/json.js'
import { ConfigurationError, EngineError } from '../errors.js'
import { dashboardObjects, type Product } from './bundle.js'
import { type SavedObject, toNdjson } from './saved-object.js'

export interface InstallOptions {
  /** Address of Kibana or OpenSearch Dashboards, with its base path if it has one. */
  readonly url: string
  /** Value of the `authorization` header. Default none. */
  readonly authorization?: string
  /** PEM of the certificate authority. Default: those that Node trusts. */
  readonly ca?: string
  /** Space of Kibana. Default: its default space. */
  readonly space?: string
  /** Tenant of OpenSearch Dashboards. Default: the user's own default. */
  readonly tenant?: string
  /** Replace objects that are there; otherwise they are left as they are. Default false. */
  readonly overwrite?: boolean
  /** Only find out what would be done. Default false. */
  readonly dryRun?: boolean
}

export interface InstallResult {
  readonly product: Product
  /** `type/id` of objects that are new. */
  readonly created: readonly string[]
  readonly replaced: readonly string[]
  /** There already, and left alone. */
  readonly kept: readonly string[]
}

/** A server that dashboards are installed into. */
interface Server {
  readonly product: Product
  /** Address with base path and space. */
  readonly base: string
  readonly request: (path: string, body?: object) => Promise<Response>
}

/** Kibana reads objects of its own release and older ones. */
const OLDEST_KIBANA = [8, 8] as const

const TIMEOUT_MS = 60_000

/** A stranger gets a page to log in on, or a status without a release. */
const ASK_FOR_CREDENTIALS = 'it may want user and password, or an API key'

/**
 * Puts the dashboards into Kibana or OpenSearch Dashboards, whichever answers, through its saved-objects API.
 *
 * @throws ConfigurationError for a space or tenant that the product does not know
 * @throws EngineError if nobody, or something else, answers, or objects are refused
 */
export async function installDashboards(options: InstallOptions): Promise<InstallResult> {
  const server = await openServer(options)
  const objects = await dashboardObjects(server.product)
  const there = await findExisting(server, objects)
  const isThere = (object: SavedObject): boolean => there.has(nameOf(object))
  const { overwrite = false, dryRun = false } = options
  const written = overwrite ? objects : objects.filter((object) => !isThere(object))
  if (!dryRun && written.length > 0) await importObjects(server, written, overwrite)
  return {
    product: server.product,
    created: objects.filter((object) => !isThere(object)).map(nameOf),
    replaced: overwrite ? objects.filter(isThere).map(nameOf) : [],
    kept: overwrite ? [] : objects.filter(isThere).map(nameOf),
  }
}

async function openServer(options: InstallOptions): Promise<Server> {
  const { url, authorization, ca, space, tenant } = options
  const root = url.replace(/\/+$/, '')
  if (!URL.canParse(root) || !/^https?:/.test(root))
    throw new ConfigurationError('dashboards url', 'must be an http:// or https:// address', root)
  const dispatcher = ca === undefined ? undefined : new Agent({ connect: { ca } })
  const send = async (
    address: string,
    headers: Readonly<Record<string, string>>,
    body?: string | FormData,
  ): Promise<Response> => {
    const credentials = authorization === undefined ? {} : { authorization }
    return fetch(address, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...credentials, ...headers },
      ...(body !== undefined && { body }),
      ...(dispatcher !== undefined && { dispatcher }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: unknown) => {
      throw new EngineConnectionError(`cannot reach ${root}: ${reasonOf(cause)}`)
    })
  }
  const status = await send(`${root}/api/status`, {})
  const product = productOf(root, status)
  await requireRelease(root, product, status)
  requireFitting(product, options)
  const base = space === undefined ? root : `${root}/s/${encodeURIComponent(space)}`
  const xsrf = product === 'kibana' ? { 'kbn-xsrf': 'true' } : { 'osd-xsrf': 'true' }
  const headers = { ...xsrf, ...(tenant !== undefined && { securitytenant: tenant }) }
  return {
    product,
    base,
    request: (path, body) =>
      body instanceof FormData
        ? send(`${base}${path}`, headers, body)
        : send(`${base}${path}`, { ...headers, 'content-type': 'application/json' }, JSON.stringify(body)),
  }
}

function reasonOf(cause: unknown): string {
  const inner = member(cause, 'cause') ?? cause
  return stringMember(inner, 'code') ?? (inner instanceof Error ? inner.message : String(inner))
}

/** Both products name themselves in a header of every answer. */
function productOf(root: string, { headers, status }: Response): Product {
  if (headers.has('osd-name')) return 'opensearch'
  if (headers.has('kbn-name')) return 'kibana'
  throw new EngineError(`${root} is neither Kibana nor OpenSearch Dashboards (status ${status})`, status)
}

async function requireRelease(root: string, product: Product, answer: Response): Promise<void> {
  if (!answer.ok) throw new EngineError(`${root}/api/status answered ${answer.status}`, answer.status)
  if (product !== 'kibana') return
  const version = stringMember(await parseJson(root, answer), 'version', 'number')
  if (version === undefined)
    throw new EngineError(`${root} does not say which Kibana it is: ${ASK_FOR_CREDENTIALS}`, answer.status)
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldest, oldestMinor] = OLDEST_KIBANA
  if (major > oldest || (major === oldest && minor >= oldestMinor)) return
  throw new EngineError(
    `${root} is Kibana ${version}; the dashboards need ${OLDEST_KIBANA.join('.')} or later`,
    0,
  )
}

function requireFitting(product: Product, { space, tenant }: Pick<InstallOptions, 'space' | 'tenant'>): void {
  if (product === 'opensearch' && space !== undefined)
    throw new ConfigurationError('space', 'is of Kibana; OpenSearch Dashboards has tenants', space)
  if (product === 'kibana' && tenant !== undefined)
    throw new ConfigurationError('tenant', 'is of OpenSearch Dashboards; Kibana has spaces', tenant)
}

async function findExisting(server: Server, objects: readonly SavedObject[]): Promise<ReadonlySet<string>> {
  const wanted = objects.map(({ type, id }) => ({ type, id }))
  const answer = await server.request('/api/saved_objects/_bulk_get', wanted)
  const found = arrayMember(await readJson(server, answer), 'saved_objects')
  const there = found.filter((object) => member(object, 'error') === undefined)
  return new Set(there.map((object) => `${stringMember(object, 'type')}/${stringMember(object, 'id')}`))
}

async function importObjects(
  server: Server,
  objects: readonly SavedObject[],
  overwrite: boolean,
): Promise<void> {
  const form = new FormData()
  form.append('file', new Blob([toNdjson(objects)], { type: 'application/ndjson' }), 'splade-bridge.ndjson')
  const answer = await server.request(`/api/saved_objects/_import?overwrite=${overwrite}`, form)
  const body = await readJson(server, answer)
  const errors = arrayMember(body, 'errors').map(
    (error) =>
      `${stringMember(error, 'type')}/${stringMember(error, 'id')}: ${stringMember(error, 'error', 'type')}`,
  )
  if (errors.length > 0) throw new EngineError(`${server.base} refused ${errors.join(', ')}`, answer.status)
  const count = numberMember(body, 'successCount')
  if (count !== objects.length)
    throw new EngineError(`${server.base} took ${count ?? 0} of ${objects.length} objects`, answer.status)
}

async function readJson({ base }: Server, answer: Response): Promise<unknown> {
  if (answer.ok) return parseJson(base, answer)
  const text = await answer.text()
  throw new EngineError(`${base} answered ${answer.status}: ${text.slice(0, 300)}`, answer.status)
}

/** A gateway in front of the product may answer with a page to log in on, and a status that looks well. */
async function parseJson(base: string, answer: Response): Promise<unknown> {
  const text = await answer.text()
  try {
    return JSON.parse(text)
  } catch {
    const type = answer.headers.get('content-type') ?? 'no content type'
    throw new EngineError(
      `${base} answered ${answer.status} with ${type} and not with JSON, as login pages do: ${ASK_FOR_CREDENTIALS}`,
      answer.status,
    )
  }
}

function nameOf({ type, id }: SavedObject): string {
  return `${type}/${id}`
}
