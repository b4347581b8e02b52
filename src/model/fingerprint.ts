import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { rememberFingerprint } from './fingerprint-cache.js'

/** Raised when the bridge itself starts to compute other weights from the same files. */
const ENCODING_VERSION = 1

/**
 * A digest over every file and setting that changes a term weight: two models with one fingerprint give equal
 * vectors. 16 hexadecimal digits of SHA-256, enough to tell models apart by eye and by machine.
 *
 * @param files absolute paths; names and contents count, the folder does not
 * @param settings further settings that change weights, for example the precision
 * @param cacheDirectory where fingerprints of unchanged files are remembered; default: all is read every time
 */
export function computeFingerprint(
  files: readonly string[],
  settings: object = {},
  cacheDirectory?: string,
): Promise<string> {
  const settingsJson = JSON.stringify({ version: ENCODING_VERSION, ...settings })
  const compute = (): Promise<string> => digestFiles(files, settingsJson)
  return cacheDirectory === undefined
    ? compute()
    : rememberFingerprint(cacheDirectory, files, settingsJson, compute)
}

async function digestFiles(files: readonly string[], settingsJson: string): Promise<string> {
  const digest = createHash('sha256')
  digest.update(settingsJson)
  for (const file of [...files].sort()) {
    const { size } = await stat(file)
    digest.update(`\0${basename(file)}\0${size}\0`)
    await pipeline(createReadStream(file), digest, { end: false })
  }
  return digest.digest('hex').slice(0, 16)
}
