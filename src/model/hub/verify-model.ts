import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelError } from '../../errors.js'
import { loadModel } from '../load-model.js'
import { checksumOf } from './checksum.js'
import { type ExpectedFiles, MANIFEST_FILE, readExpectedFiles, SUMS_FILE } from './manifest.js'

/** A model folder that is what it was. */
export interface VerifiedModel {
  readonly fingerprint: string
  /** Number of files compared. */
  readonly files: number
  /** The file that states their checksums. */
  readonly statedIn: string
}

/**
 * Reads every file of a model folder again and compares it with what was recorded; then loads the model.
 *
 * @throws ModelError naming each file that differs or is missing, or what keeps the model from loading
 */
export async function verifyModel(folder: string): Promise<VerifiedModel> {
  const expected = await readExpectedFiles(folder)
  if (expected === undefined)
    throw new ModelError(`${folder} has neither ${MANIFEST_FILE} nor ${SUMS_FILE} to compare its files with`)
  const differences = await differencesFrom(folder, expected)
  if (differences.length > 0)
    throw new ModelError(
      `${folder} is not what ${expected.statedIn} says: ${differences.join('; ')}. Remove the model and add it again`,
    )
  const { fingerprint } = await loadModel(folder)
  return { fingerprint, files: expected.files.size, statedIn: expected.statedIn }
}

/** @returns a phrase for each file that is not as expected */
export async function differencesFrom(folder: string, { files }: ExpectedFiles): Promise<readonly string[]> {
  const differences: string[] = []
  for (const [path, { bytes, sha256 }] of files) {
    const file = join(folder, path)
    const size = await stat(file).then(
      (found) => found.size,
      () => undefined,
    )
    if (size === undefined) differences.push(`${path} is missing`)
    else if (bytes !== undefined && size !== bytes)
      differences.push(`${path} has ${size} bytes instead of ${bytes}`)
    else if ((await checksumOf(file, 'sha256')) !== sha256)
      differences.push(`${path} has another content than its sha256`)
  }
  return differences
}
