import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ModelError } from '../errors.js'
import { fileExists, type JsonObject, readJsonFile, requireFile } from './json-file.js'
import { type Precision, weightFile } from './precision.js'
import { readSafetensorsHeader, type StoredTensor } from './safetensors.js'

/** The weights of a model folder, in one file or in several. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  /** Names of the files in the folder that hold them. */
  readonly files: readonly string[]
}

const INDEX = 'model.safetensors.index.json'

/** Paths of weights that are programs: reading them would run code. */
const PICKLED = /(^|\/)pytorch_model[\w.-]*\.bin$/

/** What to do about the weights of a model that has no others, to be put behind a message; empty where it has none. */
export function pickledHint(paths: readonly string[]): string {
  return paths.some((path) => PICKLED.test(path))
    ? '; pytorch_model.bin is not read, because unpacking it runs code: save the model as safetensors (docs/models.md says how), then name or add that folder'
    : ''
}

/** True if the folder holds safetensors weights in a precision. */
export async function hasCheckpoint(directory: string, precision: Precision): Promise<boolean> {
  if (await fileExists(join(directory, weightFile(precision)))) return true
  return precision === 'f32' && fileExists(join(directory, INDEX))
}

/**
 * Finds the tensors of a model folder: in `model.safetensors`, in the files that `model.safetensors.index.json`
 * names, or in the file that `quantizeModel` wrote. Reads headers only.
 *
 * @throws ModelError if files are missing or damaged, or do not hold what the index says
 */
export async function readCheckpoint(directory: string, precision: Precision): Promise<Checkpoint> {
  const file = weightFile(precision)
  const isSharded =
    precision === 'f32' &&
    !(await fileExists(join(directory, file))) &&
    (await fileExists(join(directory, INDEX)))
  if (isSharded) return readShards(directory)
  if (precision !== 'f32' && !(await fileExists(join(directory, file)))) {
    throw new ModelError(
      `${directory} has no ${file}; make it with: splade-bridge model quantize ${directory} --precision ${precision}`,
    )
  }
  if (!(await fileExists(join(directory, file))))
    throw new ModelError(
      `${directory} is not a model folder: ${file} is missing${pickledHint(await readdir(directory))}`,
    )
  return { tensors: await readSafetensorsHeader(join(directory, file)), files: [file] }
}

async function readShards(directory: string): Promise<Checkpoint> {
  const namesByFile = readWeightMap(await readJsonFile(directory, INDEX), join(directory, INDEX))
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

/** @returns tensor names by file */
function readWeightMap(index: JsonObject, path: string): ReadonlyMap<string, readonly string[]> {
  const weightMap = index.weight_map
  if (typeof weightMap !== 'object' || weightMap === null) {
    throw new ModelError(`${path}: "weight_map" must be an object of tensor name -> file name`)
  }
  const namesByFile = new Map<string, string[]>()
  for (const [name, file] of Object.entries(weightMap) as [string, unknown][]) {
    // A path could lead out of the model folder.
    if (typeof file !== 'string' || basename(file) !== file) {
      throw new ModelError(
        `${path}: tensor ${name} must lie in a file of this folder, found ${JSON.stringify(file)}`,
      )
    }
    const names = namesByFile.get(file)
    if (names === undefined) namesByFile.set(file, [name])
    else names.push(name)
  }
  return namesByFile
}
