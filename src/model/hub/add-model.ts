import { constants } from 'node:fs'
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { ModelError } from '../../errors.js'
import { downloadFile } from './download.js'
import { explainWriteFailure } from './hub-failure.js'
import { readExpectedFiles, recordFiles } from './manifest.js'
import { chooseModelFiles, requireModelFiles } from './needed-files.js'
import { type HubFile, type HubOptions, openHubRepository } from './repository.js'
import { type AddedModel, type Destination, openStaging, publish, requireFreeName } from './staging.js'
import { differencesFrom } from './verify-model.js'

/** How far the files of a model have come. */
export interface AddProgress {
  /** The file in work. */
  readonly file: string
  /** Of all files, what an earlier call fetched included. */
  readonly bytes: number
  readonly totalBytes: number
}

export interface AddOptions extends Destination {
  readonly onProgress?: (progress: AddProgress) => void
}

/**
 * Downloads a model from a hub: only the files that it needs, each checked against the hub's checksum, put together
 * beside the destination and moved there in one step once it loads. An interrupted call keeps what it has, and the
 * next one goes on from there.
 *
 * @param id for example `telepix/PIXIE-Splade-Preview`
 * @throws HubError if the hub refuses, cannot be reached, or the connection ends
 * @throws ModelError if the repository holds no usable model, a checksum is wrong or the disk is full
 * @throws ConfigurationError for a name that is taken or cannot be one
 */
export async function addModelFromHub(id: string, options: AddOptions & HubOptions): Promise<AddedModel> {
  await requireFreeName(options)
  const repository = await openHubRepository(id, options)
  const { endpoint, revision, commit } = repository
  const listed = repository.files.map(({ path }) => path)
  requireModelFiles(`${id} (revision ${revision})`, listed)
  const paths = chooseModelFiles(listed)
  const files = repository.files.filter(({ path }) => paths.includes(path))
  const staging = await openStaging(options, totalBytes(files))
  const report = createReporter(files, options.onProgress)
  for (const file of files) {
    await downloadFile(repository, file, staging, (bytes) => {
      report(file, bytes)
    })
  }
  return publish(staging, options, paths, { source: id, endpoint, revision, commit })
}

/**
 * Copies a model folder: the files that a model needs, compared with the folder's own record of them
 * (`SHA256SUMS` or `splade-bridge.json`) or, without one, with what was read.
 *
 * @throws ModelError if the folder holds no usable model, or a copy differs
 * @throws ConfigurationError for a name that is taken or cannot be one
 */
export async function addModelFromFolder(folder: string, options: AddOptions): Promise<AddedModel> {
  await requireFreeName(options)
  const source = resolve(folder)
  const listed = await listFolder(source)
  requireModelFiles(source, listed)
  const paths = chooseModelFiles(listed)
  const expected = await readExpectedFiles(source)
  const recorded = new Map(Object.entries(await recordFiles(source, paths)))
  const files = [...recorded].map(([path, { bytes }]) => ({ path, bytes, checksum: undefined }))
  const staging = await openStaging(options, totalBytes(files))
  const report = createReporter(files, options.onProgress)
  for (const file of files) {
    await copy(join(source, file.path), join(staging, file.path))
    report(file, file.bytes)
  }
  const stated = [...(expected?.files ?? [])].filter(([path]) => recorded.has(path))
  const differences = await differencesFrom(staging, {
    statedIn: source,
    files: new Map([...recorded, ...stated]),
  })
  if (differences.length > 0)
    throw new ModelError(
      `${source} is not what ${expected?.statedIn ?? 'was read'} says: ${differences.join('; ')}`,
    )
  return publish(staging, options, paths, { source })
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await copyFile(from, to, constants.COPYFILE_FICLONE).catch((error: unknown) => {
    throw explainWriteFailure(error, to)
  })
}

/** Links are followed: a hub's own cache consists of them. */
async function listFolder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new ModelError(`${folder} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'error'})`, {
      cause,
    })
  })
  const files: string[] = []
  for (const entry of entries.sort())
    if (await isFile(join(folder, entry))) files.push(entry.split(sep).join('/'))
  return files
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

function totalBytes(files: readonly HubFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

function createReporter(
  files: readonly HubFile[],
  onProgress: AddOptions['onProgress'],
): (file: HubFile, bytes: number) => void {
  const total = totalBytes(files)
  const received = new Map<string, number>()
  return ({ path }, bytes) => {
    received.set(path, bytes)
    const sum = [...received.values()].reduce((before, part) => before + part, 0)
    onProgress?.({ file: path, bytes: sum, totalBytes: total })
  }
}
