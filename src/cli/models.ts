import { access, readdir } from 'node:fs/promises'
import { isAbsolute, join, sep } from 'node:path'
import { ConfigurationError } from '../errors.js'
import { bundledModels, userPaths } from './paths.js'

/** Option of every load of a model that is to be used: hashing its weights each time takes a second for 600 MB. */
export const CACHED = { cacheDirectory: userPaths.cache }

/** The encoder without weights; a model name like any other. */
export const LEXICAL_MODEL = 'bm25'

/** True for a `--model` value that is the address of an encoder server. */
export function isRemoteModel(model: string): boolean {
  return /^https?:\/\//.test(model)
}

export interface InstalledModel {
  readonly name: string
  readonly directory: string
  readonly origin: 'bundled' | 'added'
}

/** Models that need no download: those of the package, then those that the user added. */
export async function listModels(): Promise<readonly InstalledModel[]> {
  const [bundled, added] = await Promise.all([
    modelsIn(bundledModels, 'bundled'),
    modelsIn(userPaths.models, 'added'),
  ])
  return [...bundled, ...added]
}

/**
 * The folder that `--model` means: an installed model's name, or a path (anything with a separator, or `.`).
 *
 * @throws ConfigurationError naming the models that there are
 */
export async function resolveModel(nameOrPath: string): Promise<string> {
  if (isAbsolute(nameOrPath) || nameOrPath.includes(sep) || nameOrPath.startsWith('.')) return nameOrPath
  const models = await listModels()
  const found = models.find(({ name }) => name === nameOrPath)
  if (found !== undefined) return found.directory
  const names = [LEXICAL_MODEL, ...models.map(({ name }) => name)].join(', ')
  throw new ConfigurationError('model', `must be one of ${names}, or a folder such as ./my-model`, nameOrPath)
}

async function modelsIn(parent: string, origin: InstalledModel['origin']): Promise<InstalledModel[]> {
  const names = await readdir(parent).catch(() => [])
  const folders = names.sort().map((name) => ({ name, directory: join(parent, name), origin }))
  const complete = await Promise.all(folders.map(({ directory }) => isModelFolder(directory)))
  return folders.filter((_, index) => complete[index])
}

/** Of a model whose queries go another way than its documents, the transformer lies in a folder of its own. */
async function isModelFolder(directory: string): Promise<boolean> {
  const files = ['config.json', 'modules.json'].map((file) => access(join(directory, file)))
  return Promise.any(files).then(
    () => true,
    () => false,
  )
}
