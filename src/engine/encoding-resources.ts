import { ConfigurationError, EngineError } from '../errors.js'
import type { EngineInfo } from './client.js'
import { type EngineResource, MANAGED_BY } from './engine-resource.js'
import type { IndexMeta } from './index-meta.js'
import { sparseFields } from './index-sparse-fields.js'
import { arrayMember, type JsonObject } from './json.js'
import { ENCODER_KEY, idOfModel } from './placeholders.js'
import { objectAt, readSetupFile } from './setup-files.js'
import { parseTextField, showTextRule, type SparseField } from './text-rule.js'
import { atLeast } from './version.js'

/** The encoder server that an engine is to call. */
export interface EngineEncoder {
  /** As the engine's nodes reach it: `http://encoder.example.com:8080`. */
  readonly address: string
  /** Whether it wants a bearer token, which {@link ENCODER_KEY} stands for. */
  readonly hasKey: boolean
}

export interface SearchPipelineOptions {
  /** Whether queries on the vector fields need not name a model. */
  readonly namesModel: boolean
  /** Whether `neural_sparse` searches in two phases, and `hybrid` brings its parts to one scale. */
  readonly ranks: boolean
}

/** What a text is encoded as. */
export const SIDES = ['document', 'query'] as const

/** One of {@link SIDES}. */
export type Side = (typeof SIDES)[number]

/** Name of the model that encodes one side's texts for an index, or for the indices of a template. */
export function mlModelName(name: string, side: Side): string {
  return `${managedName(name)}-${side}`
}

/** Name of the pipeline that has the documents of an index encoded. */
export function encodePipelineName(name: string): string {
  return `${managedName(name)}-encode`
}

/** Name of the pipeline that the searches of an index go through. */
export function searchPipelineName(name: string): string {
  return `${managedName(name)}-search`
}

function managedName(name: string): string {
  return name.startsWith(`${MANAGED_BY}-`) ? name : `${MANAGED_BY}-${name}`
}

/**
 * Models and a pipeline by which the engine has documents and queries encoded by itself.
 *
 * @param guard name of a pipeline that documents go through afterwards
 * @throws ConfigurationError for vector fields that the engine cannot fill
 */
export async function encodingResources(
  name: string,
  meta: IndexMeta,
  encoder: EngineEncoder,
  guard: string | undefined,
): Promise<readonly EngineResource[]> {
  const models = await Promise.all(SIDES.map((side) => mlModel(name, side, encoder)))
  return [...models, await encodePipeline(name, meta, guard)]
}

/** `pipelines/connectors/opensearch-ml-commons.json`, as part of a model: the two are never changed apart. */
async function mlModel(
  name: string,
  side: Side,
  { address, hasKey }: EngineEncoder,
): Promise<EngineResource> {
  const { credential, ...file } = await readSetupFile('pipelines/connectors/opensearch-ml-commons')
  const actions = arrayMember(file, 'actions').map((action) => {
    const { authorization, ...headers } = objectAt(action, 'headers')
    return { ...objectAt(action), headers: { ...headers, ...(hasKey && { authorization }) } }
  })
  const model = mlModelName(name, side)
  const endpoint = address.replace(/\/+$/, '')
  const connector = {
    ...file,
    name: model,
    parameters: { endpoint, prompt_name: side },
    ...(hasKey && { credential: { ...objectAt(credential), key: ENCODER_KEY } }),
    actions,
  }
  const description = `${MANAGED_BY}: the encoder server at ${endpoint}, for each ${side}`
  return {
    kind: 'model',
    name: model,
    body: { name: model, function_name: 'remote', description, connector },
  }
}

async function encodePipeline(
  name: string,
  meta: IndexMeta,
  guard: string | undefined,
): Promise<EngineResource> {
  const targets = sparseFields(meta).map((field, position) => ({
    field: checkedField(field, meta),
    fields: field.textFields.map((notation) => parseTextField(notation).name),
    text: `splade_bridge_text_${position}`,
  }))
  const file = await readSetupFile('pipelines/encode')
  const [gather, encode, tidy] = arrayMember(file, 'processors').map((processor) => objectAt(processor))
  const processors = [
    { script: { ...objectAt(gather, 'script'), params: { targets } } },
    {
      sparse_encoding: {
        ...objectAt(encode, 'sparse_encoding'),
        model_id: idOfModel(mlModelName(name, 'document')),
        field_map: Object.fromEntries(targets.map(({ field, text }) => [text, field])),
      },
    },
    { remove: { ...objectAt(tidy, 'remove'), field: targets.map(({ text }) => text) } },
    ...(guard === undefined ? [] : [{ pipeline: { name: guard } }]),
  ]
  return { kind: 'ingest pipeline', name: encodePipelineName(name), body: { ...file, processors } }
}

/** @returns its name */
function checkedField(sparse: SparseField, { longTexts }: IndexMeta): string {
  const { field, textFields, template } = sparse
  const refuse = (rule: string, received: string): ConfigurationError =>
    new ConfigurationError('engineEncoder', rule, received)
  if (longTexts?.longTexts === 'nested')
    throw refuse('makes one vector of a document, not one for each chunk of a long text', 'nested')
  if (field.includes('.')) throw refuse('needs vector fields without a dot in their names', field)
  const isWeighted = textFields.some((notation) => parseTextField(notation).weight !== 1)
  if (template !== undefined || isWeighted)
    throw refuse('needs text fields without weights and templates', showTextRule(sparse))
  return field
}

/**
 * `pipelines/search/`, as one pipeline.
 *
 * @throws EngineError for an engine that has no such pipelines
 */
export async function searchPipelineResource(
  info: EngineInfo,
  name: string,
  meta: IndexMeta,
  { namesModel, ranks }: SearchPipelineOptions,
): Promise<EngineResource> {
  requireSearchPipelines(info)
  const [model, twoPhase, hybrid] = await Promise.all([
    namesModel ? queryModel(name, meta) : [],
    ranks ? readProcessors('two-phase', 'request_processors') : [],
    ranks ? readProcessors('hybrid', 'phase_results_processors') : [],
  ])
  const { version } = await readSetupFile('pipelines/search/hybrid')
  const request = [...model, ...twoPhase]
  return {
    kind: 'search pipeline',
    name: searchPipelineName(name),
    body: {
      description: `${MANAGED_BY}: what the files of pipelines/search/ do, in one`,
      version,
      ...(request.length > 0 && { request_processors: request }),
      ...(hybrid.length > 0 && { phase_results_processors: hybrid }),
    },
  }
}

async function queryModel(name: string, meta: IndexMeta): Promise<readonly unknown[]> {
  const [processor] = await readProcessors('query-model', 'request_processors')
  const ids = sparseFields(meta).map(({ field }) => [field, idOfModel(mlModelName(name, 'query'))])
  const enricher = objectAt(processor, 'neural_query_enricher')
  return [
    {
      neural_query_enricher: { ...enricher, neural_field_default_id: Object.fromEntries(ids) as JsonObject },
    },
  ]
}

async function readProcessors(
  file: 'hybrid' | 'query-model' | 'two-phase',
  kind: string,
): Promise<readonly unknown[]> {
  return arrayMember(await readSetupFile(`pipelines/search/${file}`), kind)
}

function requireSearchPipelines({ distribution, version }: EngineInfo): void {
  if (distribution === 'opensearch' && atLeast(version, '2.15')) return
  throw new EngineError(
    `${distribution} ${version} has no search pipelines with two phases: OpenSearch 2.15 or later with the plugin ` +
      'neural-search does',
    0,
  )
}
