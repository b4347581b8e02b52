import { mkdir, readdir, rename, rm, rmdir, stat, statfs } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { ConfigurationError, ModelError } from '../../errors.js'
import { loadModel } from '../load-model.js'
import { fileExists } from '../json-file.js'
import { MANIFEST_FILE, type ModelManifest, recordFiles, writeManifest } from './manifest.js'

/** Beside the models, so that a rename moves a finished one; its name is no model's. */
const STAGING = '.adding'

/** Where an added model goes. */
export interface Destination {
  /** Folder of all added models. */
  readonly modelsFolder: string
  /** Folder of this one, and the name it gets. */
  readonly name: string
  /** Takes the place of a model of that name; default false. */
  readonly replace?: boolean | undefined
}

/** A model that is now installed. */
export interface AddedModel {
  readonly name: string
  readonly directory: string
  readonly fingerprint: string
  readonly manifest: ModelManifest
}

/**
 * To be asked before anything is fetched.
 *
 * @throws ConfigurationError for a name that is taken, or that could lead out of the folder of models
 */
export async function requireFreeName({ modelsFolder, name, replace = false }: Destination): Promise<void> {
  requireModelName(name)
  if (!replace && (await fileExists(join(modelsFolder, name))))
    throw new ConfigurationError('name', 'is taken: give another with --name, or replace with --force', name)
}

/**
 * Makes the folder in which a model is put together. What an earlier, interrupted call left there is still there.
 *
 * @param bytes that the model takes
 * @throws ModelError if the disk cannot hold them
 */
export async function openStaging({ modelsFolder, name }: Destination, bytes: number): Promise<string> {
  const staging = join(modelsFolder, STAGING, name)
  await mkdir(staging, { recursive: true })
  const { bavail, bsize } = await statfs(staging)
  const free = bavail * bsize + (await bytesIn(staging))
  if (free < bytes)
    throw new ModelError(
      `${modelsFolder} has too little space: the model takes ${bytes} bytes, and ${free} can be had`,
    )
  return staging
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(entries.map(async (entry) => (await stat(join(folder, entry))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/**
 * Removes an added model; it is gone in one step, however long the removal of its files takes.
 *
 * @throws ConfigurationError for a name that could lead out of the folder of models
 */
export async function removeModel(modelsFolder: string, name: string): Promise<void> {
  requireModelName(name)
  const staging = join(modelsFolder, STAGING)
  await mkdir(staging, { recursive: true })
  const aside = join(staging, `.removed-${name}`)
  await rm(aside, { recursive: true, force: true })
  await rename(join(modelsFolder, name), aside)
  await rm(aside, { recursive: true, force: true })
  await rmdir(staging).catch(() => undefined)
}

/**
 * Removes what an interrupted call left of a model that was never finished.
 *
 * @returns false if there is nothing of that name
 */
export async function discardUnfinished(modelsFolder: string, name: string): Promise<boolean> {
  requireModelName(name)
  const unfinished = join(modelsFolder, STAGING, name)
  if (!(await fileExists(unfinished))) return false
  await rm(unfinished, { recursive: true })
  await rmdir(dirname(unfinished)).catch(() => undefined)
  return true
}

/** @throws ConfigurationError unless the name is a plain folder name */
export function requireModelName(name: string): void {
  if (!/^[A-Za-z0-9][\w.-]{0,127}$/.test(name))
    throw new ConfigurationError(
      'name',
      'must be letters, digits, ".", "_" and "-", and start with a letter or digit',
      name,
    )
}

/**
 * Loads what was put together, records it, and moves it to its place in one step.
 *
 * @param paths the model's files; all else in the folder is removed
 * @throws ModelError if it cannot be loaded; nothing is kept then
 */
export async function publish(
  staging: string,
  { modelsFolder, name, replace = false }: Destination,
  paths: readonly string[],
  origin: Omit<ModelManifest, 'files' | 'addedAt'>,
): Promise<AddedModel> {
  await keepOnly(staging, new Set(paths))
  const { fingerprint } = await loadModel(staging).catch(async (error: unknown) => {
    await rm(staging, { recursive: true, force: true })
    throw error
  })
  const manifest: ModelManifest = {
    ...origin,
    addedAt: new Date().toISOString(),
    files: await recordFiles(staging, paths),
  }
  await writeManifest(staging, manifest)
  const directory = join(modelsFolder, name)
  if (replace) await replaceFolder(staging, directory)
  else await rename(staging, directory)
  await rmdir(dirname(staging)).catch(() => undefined)
  return { name, directory, fingerprint, manifest }
}

/** A folder cannot be renamed onto another: the old one steps aside, and comes back if the new one cannot follow. */
async function replaceFolder(staging: string, directory: string): Promise<void> {
  const aside = join(dirname(staging), `.replaced-${basename(staging)}`)
  await rm(aside, { recursive: true, force: true })
  const hadOld = await fileExists(directory)
  if (hadOld) await rename(directory, aside)
  await rename(staging, directory).catch(async (error: unknown) => {
    if (hadOld) await rename(aside, directory)
    throw error
  })
  await rm(aside, { recursive: true, force: true })
}

/** Parts and files of another revision that an interrupted call left. */
async function keepOnly(folder: string, paths: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true })) {
    const path = entry.split(sep).join('/')
    if (paths.has(path) || path === MANIFEST_FILE) continue
    if ((await stat(join(folder, entry))).isFile()) await rm(join(folder, entry))
  }
}
