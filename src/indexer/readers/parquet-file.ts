import { createWriteStream } from 'node:fs'
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { AsyncBuffer } from 'hyparquet'
import { type Input, unreadable } from './input.js'

/** A file that is read in any order. */
export interface RandomAccessFile extends AsyncBuffer {
  /** Forgets what was read, so that it is not kept any longer. */
  forget(): void
  close(): Promise<void>
}

/**
 * Opens an input for reading in any order. What is no file, or a compressed one, is copied into the folder for
 * temporary files first, and removed again at the end.
 *
 * @throws InputError naming a file that cannot be opened
 */
export async function openRandomAccess(input: Input): Promise<RandomAccessFile> {
  if (input.path !== undefined) return openFile(input.path, () => Promise.resolve())
  const folder = await mkdtemp(join(tmpdir(), 'splade-bridge-parquet-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'copy.parquet')
    await pipeline(Readable.from(input.bytes, { objectMode: false }), createWriteStream(path))
    return await openFile(path, remove)
  } catch (error) {
    await remove()
    throw error
  }
}

async function openFile(path: string, afterClose: () => Promise<void>): Promise<RandomAccessFile> {
  const handle = await open(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  const { size } = await handle.stat()
  const ranges = new Map<string, Promise<ArrayBuffer>>()
  return {
    byteLength: size,
    slice(start, end = size) {
      const key = `${start}-${end}`
      const known = ranges.get(key) ?? readRange(handle, path, start, end)
      ranges.set(key, known)
      return known
    },
    forget() {
      ranges.clear()
    },
    async close() {
      await handle.close()
      await afterClose()
    },
  }
}

async function readRange(handle: FileHandle, path: string, start: number, end: number): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(Math.max(0, end - start))
  const bytes = new Uint8Array(buffer)
  for (let filled = 0; filled < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled)
    if (bytesRead === 0) throw unreadable(path, new Error('it ends before its own index says'))
    filled += bytesRead
  }
  return buffer
}
