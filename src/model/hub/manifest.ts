import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelError } from '../../errors.js'
import { fileExists, readJsonFile } from '../json-file.js'
import { checksumOf } from './checksum.js'
import { requireInside } from './needed-files.js'

export const MANIFEST_FILE = 'splade-bridge.json'
/** What bundled models have instead, as `sha256sum` writes it. */
export const SUMS_FILE = 'SHA256SUMS'

/** Content of `splade-bridge.json`: where a model came from, and what its files must be. */
export interface ModelManifest {
  /** A model's id on a hub, or the folder that it was copied from. */
  readonly source: string
  /** Address of the hub; absent for a folder. */
  readonly endpoint?: string
  /** What was asked for: a branch, tag or commit. */
  readonly revision?: string
  /** What that was when the model was added. */
  readonly commit?: string
  /** ISO 8601, UTC. */
  readonly addedAt: string
  /** By path, relative to the model folder. */
  readonly files: Readonly<Record<string, FileRecord>>
}

export interface FileRecord {
  readonly bytes: number
  /** 64 hexadecimal digits. */
  readonly sha256: string
}

/** What a model folder's files must be, by path; `bytes` only where it is stated. */
export interface ExpectedFiles {
  /** Name of the file that says so. */
  readonly statedIn: string
  readonly files: ReadonlyMap<string, Pick<FileRecord, 'sha256'> & Partial<FileRecord>>
}

/** Hashes the files of a folder. */
export async function recordFiles(
  folder: string,
  paths: readonly string[],
): Promise<Readonly<Record<string, FileRecord>>> {
  const records: Record<string, FileRecord> = {}
  for (const path of [...paths].sort()) {
    const file = join(folder, path)
    records[path] = { bytes: (await stat(file)).size, sha256: await checksumOf(file, 'sha256') }
  }
  return records
}

export async function writeManifest(folder: string, manifest: ModelManifest): Promise<void> {
  await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`)
}

/**
 * Reads what a model folder says of its own files: `splade-bridge.json` of an added model, or `SHA256SUMS`.
 *
 * @returns undefined where there is neither
 * @throws ModelError naming the entry that cannot be one
 */
export async function readExpectedFiles(folder: string): Promise<ExpectedFiles | undefined> {
  if (await fileExists(join(folder, MANIFEST_FILE))) return readManifestFiles(folder)
  if (await fileExists(join(folder, SUMS_FILE))) return readSums(folder)
  return undefined
}

async function readManifestFiles(folder: string): Promise<ExpectedFiles> {
  const { files } = await readJsonFile(folder, MANIFEST_FILE)
  const path = join(folder, MANIFEST_FILE)
  if (typeof files !== 'object' || files === null) throw new ModelError(`${path}: "files" must be an object`)
  const records = new Map<string, FileRecord>()
  for (const [name, record] of Object.entries(files) as [string, Partial<FileRecord> | null][]) {
    requireInside(name)
    const { bytes, sha256 } = record ?? {}
    if (typeof bytes !== 'number' || typeof sha256 !== 'string')
      throw new ModelError(`${path}: "${name}" must have "bytes" and "sha256"`)
    records.set(name, { bytes, sha256 })
  }
  return { statedIn: MANIFEST_FILE, files: records }
}

async function readSums(folder: string): Promise<ExpectedFiles> {
  const files = new Map<string, { readonly sha256: string }>()
  const lines = (await readFile(join(folder, SUMS_FILE), 'utf8')).split(/\r?\n/)
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    const [, sha256, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? []
    if (sha256 === undefined || name === undefined)
      throw new ModelError(
        `${join(folder, SUMS_FILE)}:${index + 1}: must hold 64 hexadecimal digits, two spaces and a file`,
      )
    requireInside(name)
    files.set(name, { sha256 })
  }
  return { statedIn: SUMS_FILE, files }
}
