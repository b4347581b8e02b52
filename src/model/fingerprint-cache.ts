import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What is remembered of a set of files. */
interface Remembered {
  /** Size, times and inode of each file when the fingerprint was computed. */
  readonly state: string
  readonly fingerprint: string
}

/** A file that changed so recently may change again without its times showing it: clocks of file systems are coarse. */
const SETTLED_AFTER_MS = 2_000

/**
 * Computes a fingerprint unless none of the files has changed since it was computed last. A change shows in a file's
 * size, inode, time of modification or time of change, which no ordinary tool can set back. A cache folder that cannot
 * be read or written only makes it slower.
 *
 * @param settings what else the fingerprint depends on
 */
export async function rememberFingerprint(
  cacheDirectory: string,
  files: readonly string[],
  settings: string,
  compute: () => Promise<string>,
): Promise<string> {
  const path = join(cacheDirectory, 'fingerprints', `${keyOf(files, settings)}.json`)
  const before = await describeFiles(files)
  const known = await recall(path)
  if (known?.state === before.state) return known.fingerprint
  const fingerprint = await compute()
  const isSettled = Date.now() - before.changedAtMs > SETTLED_AFTER_MS
  // A file that was written to meanwhile has another state by now.
  if (isSettled && (await describeFiles(files)).state === before.state)
    await remember(path, { state: before.state, fingerprint }).catch(() => undefined)
  return fingerprint
}

/** One entry for a set of files: an entry is replaced, so that the cache does not grow with every change. */
function keyOf(files: readonly string[], settings: string): string {
  const digest = createHash('sha256').update(JSON.stringify([settings, ...files]))
  return digest.digest('hex').slice(0, 32)
}

async function describeFiles(
  files: readonly string[],
): Promise<{ readonly state: string; readonly changedAtMs: number }> {
  const stats = await Promise.all(files.map((file) => stat(file, { bigint: true })))
  return {
    state: stats
      .map(({ size, mtimeNs, ctimeNs, ino, dev }) => [size, mtimeNs, ctimeNs, ino, dev].join(' '))
      .join('\n'),
    changedAtMs: Math.max(...stats.map(({ ctimeMs }) => Number(ctimeMs))),
  }
}

async function recall(path: string): Promise<Remembered | undefined> {
  try {
    const entry = JSON.parse(await readFile(path, 'utf8')) as Partial<Remembered>
    const { state, fingerprint } = entry
    const isWhole = typeof state === 'string' && /^[0-9a-f]{16}$/.test(fingerprint ?? '')
    return isWhole ? (entry as Remembered) : undefined
  } catch {
    return undefined
  }
}

async function remember(path: string, entry: Remembered): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}`
  await writeFile(partial, JSON.stringify(entry))
  await rename(partial, path)
}
