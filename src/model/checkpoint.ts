import { basename, join } from 'node:path'
import { ModelError } from '../errors.js'
import { fileExists, readJsonFile, requireFile } from './json-file.js'
import { readSafetensorsHeader, type StoredTensor } from './safetensors.js'

/** The weights of a model folder, in one file or in several. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  /** Names of the files in the folder that hold them. */
  readonly files: readonly string[]
}

const SINGLE_FILE = 'model.safetensors'
const INDEX = 'model.safetensors.index.json'

/**
 * Finds the tensors of a model folder: `model.safetensors`, or the files that `model.safetensors.index.json`
 * names. Reads headers only.
 *
 * @throws ModelError if files are missing or damaged, or do not hold what the index says
 */
export async function readCheckpoint(directory: string): Promise<Checkpoint> {
  const isSharded =
    !(await fileExists(join(directory, SINGLE_FILE))) && (await fileExists(join(directory, INDEX)))
  if (isSharded) return readShards(directory)
  const path = await requireFile(directory, SINGLE_FILE)
  return { tensors: await readSafetensorsHeader(path), files: [SINGLE_FILE] }
}

async function readShards(directory: string): Promise<Checkpoint> {
  const namesByFile = groupByFile(
    parseWeightMap(await readJsonFile(directory, INDEX), join(directory, INDEX)),
  )
  const tensors = new Map<string, StoredTensor>()
  for (const [file, names] of namesByFile) {
    const shard = await readSafetensorsHeader(await requireFile(directory, file))
    for (const name of names) {
      const tensor = shard.get(name)
      if (tensor !== undefined) tensors.set(name, tensor)
    }
  }
  return { tensors, files: [...namesByFile.keys()] }
}

function parseWeightMap(index: Readonly<Record<string, unknown>>, path: string): Map<string, string> {
  const weightMap = index.weight_map
  if (typeof weightMap !== 'object' || weightMap === null) {
    throw new ModelError(`${path}: "weight_map" must be an object of tensor name -> file name`)
  }
  return new Map(
    Object.entries(weightMap).map(([name, file]: [string, unknown]) => {
      // A path could lead out of the model folder.
      if (typeof file !== 'string' || basename(file) !== file) {
        throw new ModelError(
          `${path}: tensor ${name} must lie in a file of this folder, found ${JSON.stringify(file)}`,
        )
      }
      return [name, file]
    }),
  )
}

function groupByFile(weightMap: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const namesByFile = new Map<string, string[]>()
  for (const [name, file] of weightMap) {
    const names = namesByFile.get(file)
    if (names === undefined) namesByFile.set(file, [name])
    else names.push(name)
  }
  return namesByFile
}
