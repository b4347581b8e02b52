import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { StoredType } from '../safetensors.js'

/** One tensor of a file to be written. */
export interface TensorEntry {
  readonly name: string
  readonly type: StoredType
  readonly shape: readonly number[]
  readonly byteLength: number
}

/** The header's length is a multiple of this, and with it the place of the first tensor. */
const ALIGNMENT = 8

/**
 * Writes a safetensors file tensor by tensor. The file appears under its name when it is whole.
 *
 * @param metadata strings for the header's `__metadata__`
 * @param entries in the order in which `contents` gives their bytes
 */
export async function writeSafetensors(
  path: string,
  metadata: Readonly<Record<string, string>>,
  entries: readonly TensorEntry[],
  contents: AsyncIterable<Uint8Array>,
): Promise<void> {
  const partial = `${path}.partial`
  try {
    const handle = await open(partial, 'w')
    try {
      await writeContents(handle, encodeHeader(metadata, entries), entries, contents)
    } finally {
      await handle.close()
    }
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

async function writeContents(
  handle: FileHandle,
  header: Uint8Array,
  entries: readonly TensorEntry[],
  contents: AsyncIterable<Uint8Array>,
): Promise<void> {
  await handle.writeFile(header)
  let index = 0
  for await (const bytes of contents) {
    const entry = entries[index++]
    if (entry?.byteLength !== bytes.length) {
      throw new RangeError(`tensor ${entry?.name} has ${bytes.length} bytes, not ${entry?.byteLength}`)
    }
    await handle.writeFile(bytes)
  }
}

function encodeHeader(
  metadata: Readonly<Record<string, string>>,
  entries: readonly TensorEntry[],
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const { name, type, shape, byteLength } of entries) {
    header[name] = { dtype: type, shape, data_offsets: [offset, offset + byteLength] }
    offset += byteLength
  }
  const json = Buffer.from(JSON.stringify(header))
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT
  const bytes = Buffer.alloc(ALIGNMENT + length, ' ')
  bytes.writeBigUInt64LE(BigInt(length))
  json.copy(bytes, ALIGNMENT)
  return bytes
}
