import { EngineError } from '../errors.js'
import type { EngineRequester } from './client.js'
import { EngineResponseError } from './failure.js'
import { arrayMember, isObject, type JsonObject, member, numberMember } from './json.js'

/** What beside documents is stored in an engine. */
export type ResourceKind =
  'component template' | 'index template' | 'ingest pipeline' | 'data stream' | 'index' | 'index settings'

/** Something that an engine is to have. */
export interface EngineResource {
  readonly kind: ResourceKind
  readonly name: string
  /** What is sent; `version` and a mark of this library in it say that a later run may replace it. */
  readonly body: JsonObject
}

/** What has to happen so that an engine has it. */
export type ResourceAction = 'create' | 'update' | 'keep'

export interface ResourceChange {
  readonly resource: EngineResource
  readonly action: ResourceAction
  /** What the engine has, as it tells it; undefined where it has nothing. */
  readonly existing?: JsonObject
}

/** Tells resources of this library from others: `_meta.managed_by` of templates, the tag of a pipeline's processor. */
export const MANAGED_BY = 'splade-bridge'
const GUARD_TAG = `${MANAGED_BY}-guard`

interface Endpoint {
  /** Path below the root, without the name. */
  readonly path: string
  /** Finds the resource in the engine's answer. */
  readonly read: (answer: unknown, name: string) => unknown
}

const ENDPOINTS: Readonly<Record<ResourceKind, Endpoint>> = {
  'component template': {
    path: '_component_template',
    read: (answer) => member(arrayMember(answer, 'component_templates')[0], 'component_template'),
  },
  'index template': {
    path: '_index_template',
    read: (answer) => member(arrayMember(answer, 'index_templates')[0], 'index_template'),
  },
  'ingest pipeline': { path: '_ingest/pipeline', read: (answer, name) => member(answer, name) },
  // Made once, from what the template or the body said then: they are there or not.
  'data stream': { path: '_data_stream', read: () => ({}) },
  index: { path: '', read: () => ({}) },
  'index settings': {
    path: '',
    read: (answer, name) => {
      const pipeline = member(answer, name, 'settings', 'index', 'default_pipeline')
      return pipeline === undefined ? undefined : { index: { default_pipeline: pipeline } }
    },
  },
}

/**
 * What it takes for the engine to have these; changes nothing.
 *
 * @throws EngineError for what a newer splade-bridge, or somebody else, has put in a place that is wanted
 */
export async function planResources(
  client: EngineRequester,
  resources: readonly EngineResource[],
): Promise<readonly ResourceChange[]> {
  const changes: ResourceChange[] = []
  for (const resource of resources) changes.push(await planResource(client, resource))
  return changes
}

/** Makes the changes in their order; what is kept is left alone. */
export async function applyChanges(
  client: EngineRequester,
  changes: readonly ResourceChange[],
): Promise<void> {
  for (const { action, resource } of changes) {
    if (action === 'keep') continue
    const { kind, body } = resource
    // A data stream takes no body.
    await client.request({ method: 'PUT', path: pathOf(resource), ...(kind !== 'data stream' && { body }) })
  }
}

async function planResource(client: EngineRequester, resource: EngineResource): Promise<ResourceChange> {
  const existing = await readResource(client, resource)
  if (existing === undefined) return { resource, action: 'create' }
  requireReplaceable(resource, existing)
  return { resource, existing, action: isSame(resource, existing) ? 'keep' : 'update' }
}

async function readResource(
  client: EngineRequester,
  resource: EngineResource,
): Promise<JsonObject | undefined> {
  const { kind, name } = resource
  try {
    const { body } = await client.request({ method: 'GET', path: pathOf(resource) })
    const found = ENDPOINTS[kind].read(body, name)
    return isObject(found) ? found : undefined
  } catch (error) {
    if (error instanceof EngineResponseError && error.status === 404) return undefined
    throw error
  }
}

function pathOf({ kind, name }: EngineResource): string {
  const end = kind === 'index settings' ? '/_settings' : ''
  return `/${[ENDPOINTS[kind].path, encodeURIComponent(name)].filter(Boolean).join('/')}${end}`
}

function requireReplaceable({ kind, name, body }: EngineResource, existing: JsonObject): void {
  const wanted = numberMember(body, 'version')
  if (wanted === undefined) return
  if (!isManaged(existing)) {
    throw new EngineError(
      `${kind} "${name}" is there and not of splade-bridge; delete it, or choose another name`,
      0,
    )
  }
  const found = numberMember(existing, 'version') ?? 0
  if (found <= wanted) return
  throw new EngineError(
    `${kind} "${name}" has version ${found}, and this splade-bridge makes version ${wanted}: update splade-bridge`,
    0,
  )
}

function isManaged(existing: JsonObject): boolean {
  if (member(existing, '_meta', 'managed_by') === MANAGED_BY) return true
  return arrayMember(existing, 'processors').some(
    (processor) => member(processor, 'script', 'tag') === GUARD_TAG,
  )
}

function isSame({ body }: EngineResource, existing: JsonObject): boolean {
  return canonicalJson(normalForm(body)) === canonicalJson(normalForm(existing))
}

/** One text for all that means the same: engines give members back in an order of their own, and numbers as strings. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(canonical(value))
}

/**
 * What was sent and what the engine gives back, made alike: settings are flat, as the engine knows them, and times of
 * change and how a data stream was resolved are left out.
 */
export function normalForm(body: JsonObject): JsonObject {
  const own = Object.entries(body).filter(([name]) => !/^(created|modified)_date/.test(name))
  const alike = own.map(([name, value]): [string, unknown] => {
    if (name === 'data_stream') return [name, {}]
    return [name, name === 'template' && isObject(value) ? withFlatSettings(value) : value]
  })
  return Object.fromEntries(alike.sort(byName))
}

function withFlatSettings({ settings, ...others }: JsonObject): JsonObject {
  const flat = Object.fromEntries(flatten('', settings).sort(byName))
  return { ...others, ...(settings !== undefined && { settings: flat }) }
}

function flatten(name: string, value: unknown): [string, unknown][] {
  if (!isObject(value)) return [[name, String(value)]]
  return Object.entries(value).flatMap(([part, inner]) => flatten(name ? `${name}.${part}` : part, inner))
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (!isObject(value)) return String(value)
  const members = Object.entries(value).map(([name, inner]): [string, unknown] => [name, canonical(inner)])
  return Object.fromEntries(members.sort(byName))
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
