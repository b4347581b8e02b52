import { EngineError } from '../errors.js'
import type { EngineRequester } from './client.js'
import { pipelinesIn, toPipelineSettings } from './default-pipelines.js'
import { EngineResponseError } from './failure.js'
import { arrayMember, isObject, type JsonObject, member, numberMember, stringMember } from './json.js'
import { callMlModel, findMlModel, registerMlModel, updateMlModel } from './ml-models.js'
import { fillPlaceholders, idOfModel, type PlaceholderValues } from './placeholders.js'

/** What beside documents is stored in an engine. */
export type ResourceKind =
  | 'component template'
  | 'index template'
  | 'ingest pipeline'
  | 'search pipeline'
  | 'model'
  | 'data stream'
  | 'index'
  | 'index settings'

/** Something that an engine is to have. */
export interface EngineResource {
  readonly kind: ResourceKind
  readonly name: string
  /**
   * What is sent; `version` and a mark of this library in it say that a later run may replace it. May hold
   * placeholders for the ids of models before it.
   */
  readonly body: JsonObject
}

/** What has to happen so that an engine has it. */
export type ResourceAction = 'create' | 'update' | 'keep'

export interface ResourceChange {
  readonly resource: EngineResource
  readonly action: ResourceAction
  /** What the engine has, as it tells it; undefined where it has nothing. */
  readonly existing?: JsonObject
  /** Of a model that is there: the id that the engine gave it. */
  readonly id?: string
}

/**
 * Tells resources of this library from others: `_meta.managed_by` of templates, the tags of a pipeline's processors, the
 * beginning of a model's description.
 */
export const MANAGED_BY = 'splade-bridge'

interface Endpoint {
  /** Path below the root, without the name. */
  readonly path: string
  /** Finds the resource in the engine's answer; of what it has besides, only what the wanted body speaks of. */
  readonly read: (answer: unknown, name: string, wanted: JsonObject) => unknown
}

/** Those whose names are their makers': a model has an id of the engine's making. */
type NamedKind = Exclude<ResourceKind, 'model'>

const ENDPOINTS: Readonly<Record<NamedKind, Endpoint>> = {
  'component template': {
    path: '_component_template',
    read: (answer) => member(arrayMember(answer, 'component_templates')[0], 'component_template'),
  },
  'index template': {
    path: '_index_template',
    read: (answer) => member(arrayMember(answer, 'index_templates')[0], 'index_template'),
  },
  'ingest pipeline': { path: '_ingest/pipeline', read: (answer, name) => member(answer, name) },
  'search pipeline': { path: '_search/pipeline', read: (answer, name) => member(answer, name) },
  // Made once, from what the template or the body said then: they are there or not.
  'data stream': { path: '_data_stream', read: () => ({}) },
  index: { path: '', read: () => ({}) },
  'index settings': {
    path: '',
    read: (answer, name, wanted) => pipelineSettings(member(answer, name, 'settings', 'index'), wanted),
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
  const ids = new Map<string, string>()
  for (const { body, ...resource } of resources) {
    const change = await planResource(client, { ...resource, body: fillPlaceholders(body, ids) })
    if (change.id !== undefined) ids.set(idOfModel(resource.name), change.id)
    changes.push(change)
  }
  return changes
}

export interface ApplyOptions {
  /** Values of placeholders that no plan shows. */
  readonly secrets?: PlaceholderValues
  /** Told of each model that is there now, before anything uses it; what it throws ends the work. */
  readonly onModel?: (name: string, id: string) => Promise<void>
}

/** Makes the changes in their order; what is kept is left alone. */
export async function applyChanges(
  client: EngineRequester,
  changes: readonly ResourceChange[],
  { secrets, onModel }: ApplyOptions = {},
): Promise<void> {
  const values = new Map(secrets)
  for (const change of changes) {
    const { resource, action, id } = change
    const body = fillPlaceholders(resource.body, values)
    const made =
      action === 'keep' ? id : await applyChange(client, { ...change, resource: { ...resource, body } })
    if (made === undefined) continue
    await onModel?.(resource.name, made)
    values.set(idOfModel(resource.name), made)
  }
}

/** @returns the id, where it is the engine's */
async function applyChange(
  client: EngineRequester,
  { resource, id }: ResourceChange,
): Promise<string | undefined> {
  const { kind, body } = resource
  if (kind === 'model') {
    if (id === undefined) return registerMlModel(client, body)
    await updateMlModel(client, id, body)
    return id
  }
  // A data stream takes no body.
  await client.request({
    method: 'PUT',
    path: pathOf(kind, resource.name),
    ...(kind !== 'data stream' && { body }),
  })
  return undefined
}

async function planResource(client: EngineRequester, resource: EngineResource): Promise<ResourceChange> {
  const { id, existing } = await readResource(client, resource)
  if (existing === undefined) return { resource, action: 'create' }
  requireReplaceable(resource, existing)
  const isCurrent = isSame(resource, existing) && (id === undefined || (await answers(client, id)))
  return { resource, existing, action: isCurrent ? 'keep' : 'update', ...(id !== undefined && { id }) }
}

/** A model keeps its credential to itself: that it is another shows in that the server does not take it. */
function answers(client: EngineRequester, id: string): Promise<boolean> {
  return callMlModel(client, id).then(
    () => true,
    () => false,
  )
}

interface ExistingResource {
  readonly id?: string
  readonly existing?: JsonObject | undefined
}

async function readResource(client: EngineRequester, resource: EngineResource): Promise<ExistingResource> {
  const { kind, name } = resource
  if (kind === 'model') {
    const model = await findMlModel(client, name)
    return model === undefined ? {} : { id: model.id, existing: model.body }
  }
  try {
    const { body } = await client.request({ method: 'GET', path: pathOf(kind, name) })
    const found = ENDPOINTS[kind].read(body, name, resource.body)
    return { existing: isObject(found) ? found : undefined }
  } catch (error) {
    if (error instanceof EngineResponseError && error.status === 404) return {}
    throw error
  }
}

/** @returns undefined where none of those wanted is set */
function pipelineSettings(settings: unknown, wanted: JsonObject): JsonObject | undefined {
  const [asked, found] = [pipelinesIn(wanted.index), pipelinesIn(settings)]
  const ingest = asked.ingest && found.ingest
  const search = asked.search && found.search
  return ingest === undefined && search === undefined
    ? undefined
    : { index: toPipelineSettings({ ingest, search }) }
}

function pathOf(kind: NamedKind, name: string): string {
  const end = kind === 'index settings' ? '/_settings' : ''
  return `/${[ENDPOINTS[kind].path, encodeURIComponent(name)].filter(Boolean).join('/')}${end}`
}

function requireReplaceable({ kind, name, body }: EngineResource, existing: JsonObject): void {
  const wanted = versionOf(body)
  if (wanted === undefined) return
  if (!isManaged(existing)) {
    throw new EngineError(
      `${kind} "${name}" is there and not of splade-bridge; delete it, or choose another name`,
      0,
    )
  }
  const found = versionOf(existing) ?? 0
  if (found <= wanted) return
  throw new EngineError(
    `${kind} "${name}" has version ${found}, and this splade-bridge makes version ${wanted}: update splade-bridge`,
    0,
  )
}

/** A model has that of its connector. */
function versionOf(body: JsonObject): number | undefined {
  const version = numberMember(body, 'version') ?? Number(member(body, 'connector', 'version') ?? NaN)
  return Number.isNaN(version) ? undefined : version
}

function isManaged(existing: JsonObject): boolean {
  if (member(existing, '_meta', 'managed_by') === MANAGED_BY) return true
  if (existing.function_name !== undefined)
    return stringMember(existing, 'description')?.startsWith(`${MANAGED_BY}:`) === true
  return ['processors', 'request_processors', 'phase_results_processors']
    .flatMap((member) => arrayMember(existing, member))
    .flatMap((processor) => (isObject(processor) ? Object.values(processor) : []))
    .some((processor) => stringMember(processor, 'tag')?.startsWith(`${MANAGED_BY}-`) === true)
}

function isSame({ body }: EngineResource, existing: JsonObject): boolean {
  return canonicalJson(normalForm(withoutCredential(body))) === canonicalJson(normalForm(existing))
}

/** The engine shows it to nobody, so there is nothing to compare it with. */
function withoutCredential(body: JsonObject): JsonObject {
  if (!isObject(body.connector)) return body
  const connector = Object.entries(body.connector).filter(([name]) => name !== 'credential')
  return { ...body, connector: Object.fromEntries(connector) }
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
