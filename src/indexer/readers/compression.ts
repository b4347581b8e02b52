import { peek } from './byte-stream.js'
import { decompressGzip, isGzip } from './gzip.js'
import { decompressZstd, isZstd, ZSTD_MAGIC_BYTES } from './zstd.js'

export type Compression = 'gzip' | 'zstd'

export interface PlainBytes {
  readonly compression: Compression | undefined
  /** Without compression, whatever the input was. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/**
 * Decompresses what is gzip or zstd by its first bytes, whatever it is called: a download may have lost its
 * compression and kept its name.
 *
 * @param name what to call the input in errors
 */
export async function decompress(source: AsyncIterable<Uint8Array>, name: string): Promise<PlainBytes> {
  const { head, bytes } = await peek(source, ZSTD_MAGIC_BYTES)
  if (isGzip(head)) return { compression: 'gzip', bytes: decompressGzip(bytes, name) }
  if (isZstd(head)) return { compression: 'zstd', bytes: decompressZstd(bytes, name) }
  return { compression: undefined, bytes }
}
