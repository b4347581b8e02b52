import { ConfigurationError } from '../errors.js'
import { CHUNK_WEIGHTS } from '../rank-features/chunks.js'
import type { EngineInfo } from './client.js'
import { type EngineResource, MANAGED_BY } from './engine-resource.js'
import type { IndexMeta } from './index-meta.js'
import { type CreateIndexOptions, readVectorsFile, templateBody, vectorsBody } from './index-setup.js'
import { sparseFields } from './index-sparse-fields.js'
import type { JsonObject } from './json.js'
import { objectAt, readSetupFile } from './setup-files.js'

/** What indices are made from: those whose names fit a pattern, or those behind a data stream. */
export type TemplateTarget =
  | { readonly kind: 'template'; readonly pattern: string }
  | { readonly kind: 'data stream'; readonly name: string }

export interface TemplateOptions extends Pick<CreateIndexOptions, 'analyzer' | 'settings'> {
  readonly target: TemplateTarget
  readonly meta: IndexMeta
  /** Settings of the pipelines that documents and searches go through; empty for none. */
  readonly pipelines: JsonObject
}

/** Shared by all templates. */
const SIDE_FIELDS_NAME = `${MANAGED_BY}-side-fields`

/** Characters that no name of an index has, and signs that it does not begin with. */
const FORBIDDEN = /[,\s"\\<>|?/#:A-Z]|^[-_+]/

/**
 * Name from which those of a template and its parts are made: `splade-bridge-docs` for `docs-*`.
 *
 * @throws ConfigurationError for a name or pattern that engines refuse, and for the pattern of every index
 */
export function templateName(target: TemplateTarget): string {
  const pattern = patternOf(target)
  const stem = pattern.replace(/\*/g, '').replace(/[-_.]+$/, '')
  const isStream = target.kind === 'data stream'
  if (stem === '' || FORBIDDEN.test(pattern) || (isStream && pattern.includes('*'))) {
    throw new ConfigurationError(
      isStream ? 'dataStream' : 'template',
      isStream
        ? 'must be a name in lower case, such as docs-stream'
        : 'must be one pattern in lower case, such as docs-*, and not of every index',
      pattern,
    )
  }
  return `${MANAGED_BY}-${stem}`
}

/** Name of the guard pipeline for an index, or for the indices of a template. */
export function guardName(name: string): string {
  return `${name.startsWith(`${MANAGED_BY}-`) ? name : `${MANAGED_BY}-${name}`}-guard`
}

/**
 * `pipelines/guard.json`, for the vector fields of an index.
 *
 * @throws ConfigurationError for a vector field below an object
 */
export async function guardResource(name: string, meta: IndexMeta): Promise<EngineResource> {
  const fields = sparseFields(meta).map(({ field }) => field)
  const dotted = fields.find((field) => field.includes('.'))
  if (dotted !== undefined)
    throw new ConfigurationError('guard', 'needs vector fields without a dot in their names', dotted)
  const file = await readSetupFile('pipelines/guard')
  const processors = file.processors as readonly { readonly script: JsonObject }[]
  const params = {
    fields,
    nested: meta.longTexts?.longTexts === 'nested',
    weights: CHUNK_WEIGHTS,
  }
  const guards = processors.map(({ script }) => ({
    script: { ...script, params: { ...objectAt(script, 'params'), ...params } },
  }))
  return { kind: 'ingest pipeline', name, body: { ...file, processors: guards } }
}

/** A template and the parts that it is composed of; the parts first, since the engine wants them there. */
export async function templateResources(
  info: EngineInfo,
  options: TemplateOptions,
): Promise<readonly EngineResource[]> {
  const name = templateName(options.target)
  const vectors = await vectorsResource(info, `${name}-vectors`, options)
  const sideFields: EngineResource = {
    kind: 'component template',
    name: SIDE_FIELDS_NAME,
    body: await readSetupFile('mappings/side-fields'),
  }
  const parts = [vectors, sideFields]
  return [...parts, await indexTemplate(name, parts, options)]
}

/** Its mapping says which model fills the vectors, so that every index made from it does. */
async function vectorsResource(
  info: EngineInfo,
  name: string,
  { meta, pipelines }: TemplateOptions,
): Promise<EngineResource> {
  const file = await readVectorsFile(meta)
  const { settings, mappings } = await vectorsBody(info, meta)
  const index = { ...settings.index, ...pipelines }
  const template = { ...(Object.keys(index).length > 0 && { settings: { index } }), mappings }
  return { kind: 'component template', name, body: { ...file, template } }
}

async function indexTemplate(
  name: string,
  parts: readonly EngineResource[],
  options: TemplateOptions,
): Promise<EngineResource> {
  const { target } = options
  const file = await readSetupFile(
    target.kind === 'data stream' ? 'mappings/data-stream' : 'mappings/documents',
  )
  return {
    kind: 'index template',
    name,
    body: {
      ...file,
      index_patterns: [patternOf(target)],
      composed_of: parts.map((part) => part.name),
      template: templateBody(file, options),
    },
  }
}

function patternOf(target: TemplateTarget): string {
  return target.kind === 'template' ? target.pattern : target.name
}
