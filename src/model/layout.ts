import { join } from 'node:path'
import { ModelError } from '../errors.js'
import { fileExists, readJsonFile, readOptionalJsonArray } from './json-file.js'

/** Which folders of a sentence-transformers model hold what; all relative to the model folder, `''` is itself. */
export interface ModelLayout {
  /** config.json, tokenizer and weights of the masked language model. */
  readonly transformer: string
  /** config.json of `SpladePooling`; undefined where the model states none. */
  readonly pooling: string | undefined
  /** `SparseStaticEmbedding` with the weights of query tokens, for models that encode queries without inference. */
  readonly queryWeights: string | undefined
}

/** The file that tells a gated lexical model from a masked language model. */
export const HEAD_FILE = 'sparse_head.json'

export function isGatedLexicalFolder(directory: string): Promise<boolean> {
  return fileExists(join(directory, HEAD_FILE))
}

/** Class names by their role; the module paths before them have changed between versions. */
const ROLES: readonly (readonly [keyof ModelLayout | 'router', RegExp])[] = [
  ['router', /\.(Router|Asym)$/],
  ['pooling', /\.SpladePooling$/],
  ['queryWeights', /\.(SparseStaticEmbedding|IDF)$/],
  ['transformer', /\.(MLMTransformer|Transformer)$/],
]

/**
 * Reads `modules.json` and, where a `Router` tells queries and documents apart, `router_config.json`. A folder
 * without them is the masked language model itself.
 *
 * @throws ModelError naming a module that is not part of a SPLADE model
 */
export async function readModelLayout(directory: string): Promise<ModelLayout> {
  const modules = await readOptionalJsonArray(directory, 'modules.json')
  if (modules === undefined) return { transformer: '', pooling: '1_SpladePooling', queryWeights: undefined }
  const layout: { -readonly [Role in keyof ModelLayout]?: ModelLayout[Role] } = {}
  for (const module of modules) {
    const { path, type } = requireModule(directory, module)
    const parts = roleOf(directory, type) === 'router' ? await readRouter(directory, path) : [{ path, type }]
    for (const part of parts) {
      const role = roleOf(directory, part.type)
      if (role !== 'router') layout[role] = requireOne(directory, layout[role], part)
    }
  }
  if (layout.transformer === undefined)
    throw new ModelError(`${join(directory, 'modules.json')} names no transformer`)
  return { transformer: layout.transformer, pooling: layout.pooling, queryWeights: layout.queryWeights }
}

interface Module {
  readonly path: string
  readonly type: string
}

function requireModule(directory: string, module: unknown): Module {
  const { path, type } = (module ?? {}) as Partial<Module>
  if (typeof path === 'string' && typeof type === 'string') return { path, type }
  throw new ModelError(
    `${join(directory, 'modules.json')}: a module must have a path and a type, found ${JSON.stringify(module)}`,
  )
}

/** What queries and documents go through must be one: an index has a single encoder. */
function requireOne(directory: string, known: string | undefined, { path, type }: Module): string {
  if (known === undefined || known === path) return path
  throw new ModelError(
    `${directory} has ${type} in "${known}" and in "${path}"; queries and documents must share one, or queries have the weights of a SparseStaticEmbedding`,
  )
}

/** A module's id in a router is its folder's name. */
async function readRouter(directory: string, path: string): Promise<readonly Module[]> {
  const folder = join(directory, path)
  const { types } = await readJsonFile(folder, 'router_config.json')
  if (typeof types !== 'object' || types === null)
    throw new ModelError(`${join(folder, 'router_config.json')}: "types" must be an object of module -> type`)
  return Object.entries(types).map(([id, type]) =>
    requireModule(directory, { path: join(path, id), type: type as unknown }),
  )
}

function roleOf(directory: string, type: string): keyof ModelLayout | 'router' {
  const found = ROLES.find(([, pattern]) => pattern.test(type))
  if (found !== undefined) return found[0]
  throw new ModelError(
    `${join(directory, 'modules.json')} has a module of type ${type}; a SPLADE model has a masked language model and SpladePooling`,
  )
}
