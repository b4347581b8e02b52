import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelError } from '../errors.js'
import { isLfsPointer, lfsPointerError } from './lfs-pointer.js'

export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Reads a file of a model folder that holds one JSON object.
 *
 * @throws ModelError if the file is missing, is not JSON, or holds something else
 */
export async function readJsonFile(directory: string, file: string): Promise<JsonObject> {
  const path = await requireFile(directory, file)
  const parsed = await parseFile(path)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ModelError(`${path} must hold a JSON object`)
  }
  return parsed as JsonObject
}

/** As {@link readJsonFile}; undefined where there is no such file. */
export async function readOptionalJsonFile(directory: string, file: string): Promise<JsonObject | undefined> {
  return (await fileExists(join(directory, file))) ? readJsonFile(directory, file) : undefined
}

/**
 * @returns the file's path
 * @throws ModelError if it is missing
 */
export async function requireFile(directory: string, file: string): Promise<string> {
  const path = join(directory, file)
  if (await fileExists(path)) return path
  throw new ModelError(`${directory} is not a model folder: ${file} is missing`)
}

export async function fileExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/**
 * A file that holds a JSON array, such as `modules.json`; undefined where there is no such file.
 *
 * @throws ModelError if the file is not JSON or holds something else
 */
export async function readOptionalJsonArray(
  directory: string,
  file: string,
): Promise<readonly unknown[] | undefined> {
  const path = join(directory, file)
  if (!(await fileExists(path))) return undefined
  const parsed = await parseFile(path)
  if (!Array.isArray(parsed)) throw new ModelError(`${path} must hold a JSON array`)
  return parsed as readonly unknown[]
}

async function parseFile(path: string): Promise<unknown> {
  let text = ''
  try {
    text = await readFile(path, 'utf8')
    return JSON.parse(text)
  } catch (cause) {
    if (isLfsPointer(text)) throw lfsPointerError(path)
    throw new ModelError(`${path} is not JSON: ${(cause as Error).message}`, { cause })
  }
}
