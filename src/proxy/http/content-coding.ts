import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib'
import { tooLong } from './collect.js'
import { decodeZstd, OverLimit } from './zstd-body.js'

type Decoder = (body: Buffer, limit: number) => Buffer | undefined | Promise<Buffer>

const gunzipBody = promisify<Buffer, ZlibOptions, Buffer>(gunzip)
const inflateBody = promisify<Buffer, ZlibOptions, Buffer>(inflate)
const inflateRawBody = promisify<Buffer, ZlibOptions, Buffer>(inflateRaw)
const brotliBody = promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress)

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: (body, limit) => gunzipBody(body, { maxOutputLength: limit }),
  'x-gzip': (body, limit) => gunzipBody(body, { maxOutputLength: limit }),
  deflate: (body, limit) => (isZlib(body) ? inflateBody : inflateRawBody)(body, { maxOutputLength: limit }),
  br: (body, limit) => brotliBody(body, { maxOutputLength: limit }),
  zstd: decodeZstd,
}

/**
 * A body without its content encoding.
 *
 * @param coding value of `Content-Encoding`; undefined or `identity` for none
 * @param options `limit`: most bytes that may come out
 * @returns undefined for an encoding that is not known, and for bytes that are not of this encoding: the engine has
 *   its own words for those
 * @throws RefusedRequest for more bytes than the limit
 */
export async function decodeBody(
  body: Buffer,
  coding: string | undefined,
  options: { readonly limit: number; readonly what: string; readonly status: number },
): Promise<Buffer | undefined> {
  const name = coding?.trim().toLowerCase() ?? 'identity'
  if (name === 'identity' || name === '') return body
  const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined
  if (decode === undefined) return undefined
  try {
    return await decode(body, options.limit)
  } catch (error) {
    if (isOverLimit(error)) throw tooLong(options.what, options.limit, options.status)
    return undefined
  }
}

/** `deflate` means zlib's form, and some send it without zlib's head (RFC 9110, 8.4.1.2). */
function isZlib(body: Buffer): boolean {
  const [first = 0, second = 0] = body
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0
}

function isOverLimit(error: unknown): boolean {
  return error instanceof OverLimit || (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
}
