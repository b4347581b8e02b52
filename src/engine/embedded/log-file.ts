import { randomUUID } from 'node:crypto'
import { mkdir, readFile, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A log that nothing was written to for this long belongs to no running engine. */
const KEPT_MS = 7 * 24 * 3_600_000

/**
 * Names a new log in the cache folder, and deletes those there that are a week old.
 *
 * @returns an absolute path; the file does not exist yet
 */
export async function newLogFile(cacheDir: string, engine: string): Promise<string> {
  const folder = join(cacheDir, 'logs')
  await mkdir(folder, { recursive: true })
  await removeOldLogs(folder)
  return join(folder, `${engine}-${randomUUID()}.log`)
}

async function removeOldLogs(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    // Another process may delete the same file at the same time.
    const changed = await stat(file).catch(() => undefined)
    if (changed !== undefined && Date.now() - changed.mtimeMs > KEPT_MS) await rm(file, { force: true })
  }
}

/** The last lines of a text that hold anything, in order. */
export function lastLines(text: string, count: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(-count).join('\n')
}

/** A log's text, or an empty one if it does not exist. */
export async function readLog(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
