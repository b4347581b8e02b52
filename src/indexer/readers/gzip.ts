import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { InputError } from '../../errors.js'

/** True if an input that begins so is gzip (RFC 1952, 2.3.1). */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

/**
 * Decompresses gzip as it arrives: any number of members one after the other, zeros after the last.
 *
 * @param name what to call the input in errors
 * @throws InputError for an early end, damage, or anything else behind the last member
 */
export async function* decompressGzip(
  source: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip()
  // The error reaches whoever reads the output.
  pipeline(Readable.from(source, { objectMode: false }), gunzip, () => undefined)
  try {
    for await (const chunk of gunzip) yield chunk as Buffer
  } catch (error) {
    throw error instanceof InputError ? error : toInputError(name, error)
  }
}

function toInputError(name: string, error: unknown): InputError {
  const { code, message } = error as NodeJS.ErrnoException
  const rule =
    code === 'Z_BUF_ERROR' ? 'ends in the middle of its gzip data' : `holds damaged gzip data: ${message}`
  return new InputError(name, undefined, rule, { cause: error })
}
