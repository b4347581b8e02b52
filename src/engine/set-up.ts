import { EngineError } from '../errors.js'
import type { EngineClient } from './client.js'
import {
  applyChanges,
  canonicalJson,
  type EngineResource,
  planResources,
  type ResourceChange,
} from './engine-resource.js'
import { chooseFieldType } from './field-type.js'
import { type IndexMeta, readIndexMeta } from './index-meta.js'
import {
  checkExisting,
  checkSparseFields,
  createIndex,
  type CreateIndexOptions,
  planIndex,
} from './index-setup.js'
import { readIndexSettings } from './index-settings.js'
import { arrayMember, isObject, type JsonObject, member } from './json.js'
import { objectAt } from './setup-files.js'
import {
  guardName,
  guardResource,
  templateName,
  templateResources,
  type TemplateTarget,
} from './setup-resources.js'

/** What is set up: one index; or what indices of a pattern, or of a data stream, are made from. */
export type SetupTarget = { readonly kind: 'index'; readonly name: string } | TemplateTarget

export interface SetupOptions extends Omit<CreateIndexOptions, 'index'> {
  readonly target: SetupTarget
  /**
   * Whether documents go through the guard pipeline (`pipelines/guard.json`), which takes out of vectors what the
   * engine would refuse a document for. It needs the engine's painless. Default false.
   */
  readonly guard?: boolean
}

export interface SetupPlan {
  /** In the order in which they are made. */
  readonly changes: readonly ResourceChange[]
  /** Of the index, or of those that will be made from the template. */
  readonly meta: IndexMeta
}

/**
 * What has to change so that a target is set up; changes nothing. Where all is set up alike, every change is `keep`.
 *
 * @throws ConfigurationError for a name or a pattern that engines refuse
 * @throws EngineError where the target is there with another model or other fields, is somebody else's, or was made by
 *   a newer version of this library
 */
export function planSetup(client: EngineClient, options: SetupOptions): Promise<SetupPlan> {
  const { target } = options
  return target.kind === 'index'
    ? planOneIndex(client, target.name, options)
    : planTemplates(client, target, options)
}

/** Makes the changes of a plan. Running it twice does no harm, and neither do two at once. */
export async function applySetup(
  client: EngineClient,
  { changes }: SetupPlan,
  options: SetupOptions,
): Promise<void> {
  const isIndex = ({ resource }: ResourceChange): boolean => resource.kind === 'index'
  const others = changes.filter((change) => !isIndex(change))
  await applyChanges(client, others)
  const created = changes.find((change) => isIndex(change) && change.action === 'create')
  if (created === undefined) return
  const { name, body } = created.resource
  await createIndex(client, { ...options, settings: objectAt(body, 'settings', 'index'), index: name })
}

async function planOneIndex(client: EngineClient, index: string, options: SetupOptions): Promise<SetupPlan> {
  const pipeline = options.guard === true ? guardName(index) : undefined
  const settings = { ...options.settings, ...(pipeline !== undefined && { default_pipeline: pipeline }) }
  const { meta, body } = await planIndex(client, { ...options, settings, index })
  const change: ResourceChange = {
    resource: { kind: 'index', name: index, body: { ...body } },
    action: body === undefined ? 'keep' : 'create',
  }
  if (pipeline === undefined) return { meta, changes: [change] }
  const guards = [await guardResource(pipeline, meta)]
  if (body === undefined) guards.push(await defaultPipeline(client, index, pipeline))
  return { meta, changes: [...(await planSamePurpose(client, guards)), change] }
}

/** @throws EngineError if documents go through another pipeline, whose work would end */
async function defaultPipeline(
  client: EngineClient,
  index: string,
  pipeline: string,
): Promise<EngineResource> {
  const settings = await readIndexSettings(client, index)
  for (const [name, { default_pipeline: existing = '_none' }] of settings) {
    if (existing === '_none' || existing === pipeline) continue
    throw new EngineError(
      `index "${name}" has the default pipeline "${String(existing)}"; call "${pipeline}" from it by a ` +
        'pipeline processor, or set index.default_pipeline to _none first',
      0,
    )
  }
  return { kind: 'index settings', name: index, body: { index: { default_pipeline: pipeline } } }
}

async function planTemplates(
  client: EngineClient,
  target: TemplateTarget,
  options: SetupOptions,
): Promise<SetupPlan> {
  checkSparseFields(options.meta)
  const name = templateName(target)
  // Asks which queries the engine knows; there need be no index of that name.
  const fieldType = await chooseFieldType(client, name, options.meta.fieldType)
  const meta = { ...options.meta, fieldType }
  const pipeline = options.guard === true ? guardName(name) : undefined
  const resources = [
    ...(pipeline === undefined ? [] : [await guardResource(pipeline, meta)]),
    ...(await templateResources(client.info, { ...options, target, meta, pipeline })),
  ]
  if (target.kind === 'data stream') {
    const existing = await readIndexMeta(client, target.name)
    if (existing !== undefined) checkExisting(target.name, existing, meta)
    resources.push({ kind: 'data stream', name: target.name, body: {} })
  }
  return { meta, changes: await planSamePurpose(client, resources) }
}

async function planSamePurpose(
  client: EngineClient,
  resources: readonly EngineResource[],
): Promise<readonly ResourceChange[]> {
  const changes = await planResources(client, resources)
  changes.forEach(requireSamePurpose)
  return changes
}

/** What a resource is for; all else about it may change with a new version. */
const PURPOSES: readonly ((body: JsonObject) => unknown)[] = [
  (body) => body.index_patterns,
  (body) => member(body, 'template', 'mappings', '_meta', 'splade_bridge'),
  (body) => member(arrayMember(body, 'processors')[0], 'script', 'params', 'fields'),
  (body) => member(arrayMember(body, 'processors')[0], 'script', 'params', 'nested'),
]

/**
 * What is there is upgraded, but not turned to another model, other fields or other names: indices made before and
 * after would not mix, and a guard would leave fields alone that it has watched.
 *
 * @throws EngineError naming what differs
 */
function requireSamePurpose({ resource, existing, action }: ResourceChange): void {
  if (action !== 'update' || existing === undefined) return
  for (const purpose of PURPOSES) {
    const [found, wanted] = differenceOf(purpose(existing), purpose(resource.body))
    if (found === wanted) continue
    throw new EngineError(
      `${resource.kind} "${resource.name}" is there for ${found}, you asked for ${wanted}; use the same, ` +
        'choose another name, or delete it first',
      0,
    )
  }
}

/** The first members that differ, as JSON; two equal texts where none does. */
function differenceOf(found: unknown, wanted: unknown): readonly [string, string] {
  if (!isObject(found) || !isObject(wanted)) return [show(found), show(wanted)]
  const names = [...new Set([...Object.keys(found), ...Object.keys(wanted)])]
  const differing = names.find((name) => show(found[name]) !== show(wanted[name]))
  return differing === undefined ? ['', ''] : [show(found[differing]), show(wanted[differing])]
}

function show(value: unknown): string {
  return value === undefined ? 'none' : canonicalJson(value)
}
