import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { HubError, ModelError } from '../../errors.js'
import { checksumOf } from './checksum.js'
import { explainWriteFailure } from './hub-failure.js'
import type { HubFile, HubRepository } from './repository.js'

/**
 * Fetches one file into a folder. What arrives is kept as `<file>.<checksum>.part`, so that a later call goes on
 * where this one stopped; the file gets its name once its length and checksum are right.
 *
 * @param onBytes called with the bytes that are there, those of an earlier call included
 * @throws HubError if the connection ends early: a further call resumes
 * @throws ModelError for a wrong checksum (nothing is kept) or a full disk
 */
export async function downloadFile(
  repository: HubRepository,
  file: HubFile,
  folder: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const path = join(folder, file.path)
  await mkdir(dirname(path), { recursive: true })
  if ((await differenceFrom(path, file)) === undefined) {
    onBytes(file.bytes)
    return
  }
  await rm(path, { force: true })
  const part = `${path}.${file.checksum?.digest.slice(0, 16) ?? repository.commit}.part`
  const hadPart = (await sizeOf(part)) > 0
  let difference = await receive(repository, file, part, onBytes)
  if (difference !== undefined && hadPart) {
    // The kept part was damaged, or the server has no ranges and began at the first byte.
    await rm(part, { force: true })
    difference = await receive(repository, file, part, onBytes)
  }
  if (difference !== undefined) {
    await rm(part, { force: true })
    throw new ModelError(
      `${file.path} of ${repository.id} did not arrive as the hub lists it: ${difference}. Nothing of it was kept; run the command again, and if that does not help, report it to the owner of ${repository.endpoint}`,
    )
  }
  await rename(part, path)
}

/** @returns what is wrong with what arrived */
async function receive(
  repository: HubRepository,
  file: HubFile,
  part: string,
  onBytes: (bytes: number) => void,
): Promise<string | undefined> {
  let bytes = Math.max(0, await sizeOf(part))
  // An empty file has no range that could be asked for.
  if (file.bytes === 0) await writeFile(part, '')
  if (bytes < file.bytes) {
    const count = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        bytes += chunk.length
        onBytes(Math.min(bytes, file.bytes))
        yield chunk
      }
    }
    try {
      await pipeline(repository.read(file.path, bytes), count, createWriteStream(part, { flags: 'a' }))
    } catch (error) {
      const failure = explainWriteFailure(error, part)
      // Before the first byte the hub refused; after it, the connection broke.
      throw failure instanceof HubError && failure.status === 0 && bytes > 0
        ? interrupted(repository, file, bytes, failure)
        : failure
    }
    if (bytes < file.bytes) throw interrupted(repository, file, bytes)
  }
  return differenceFrom(part, file)
}

function interrupted({ id }: HubRepository, file: HubFile, bytes: number, cause?: unknown): HubError {
  return new HubError(
    `the download of ${file.path} of ${id} was interrupted after ${bytes} of ${file.bytes} bytes; run the same command again, it goes on from there`,
    0,
    { cause },
  )
}

/** @returns undefined if the file is what the hub lists */
async function differenceFrom(path: string, { bytes, checksum }: HubFile): Promise<string | undefined> {
  const size = await sizeOf(path)
  if (size !== bytes) return `${size} bytes instead of ${bytes}`
  if (checksum === undefined) return undefined
  const digest = await checksumOf(path, checksum.algorithm)
  return digest === checksum.digest
    ? undefined
    : `its ${checksum.algorithm} is ${digest} instead of ${checksum.digest}`
}

/** -1 where there is no file. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => -1,
  )
}
