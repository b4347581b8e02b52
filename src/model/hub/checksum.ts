import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

/** What a file is known by: SHA-256 of its content, or the id that Git gives to it. */
export interface Checksum {
  readonly algorithm: 'sha256' | 'git-sha1'
  /** Lower-case hexadecimal digits. */
  readonly digest: string
}

/** Reads a file as a stream, whatever its size. */
export async function checksumOf(path: string, algorithm: Checksum['algorithm']): Promise<string> {
  const hash = createHash(algorithm === 'sha256' ? 'sha256' : 'sha1')
  // https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
  if (algorithm === 'git-sha1') hash.update(`blob ${(await stat(path)).size}\0`)
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
