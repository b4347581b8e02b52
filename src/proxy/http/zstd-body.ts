import { Decompress } from 'fzstd'

/** A frame has more bytes than are wanted. */
export class OverLimit extends Error {}

/** First bytes of a frame (RFC 8878, 3.1.1). */
const FRAME_MAGIC = 0xfd2fb528
/** The least that RFC 8878 asks of every decoder; beyond it fzstd 0.1.1 was seen to give wrong bytes. */
const MAX_WINDOW_BYTES = 8 * 1024 * 1024
/** Bytes given to the decoder at a time: between two of them the output is measured. */
const STEP_BYTES = 65_536

/**
 * The content of one zstd frame.
 *
 * @returns undefined for what is none, or asks for more memory than a decoder has to give
 * @throws OverLimit for more bytes than the limit
 * @throws Error for a frame that is broken, or breaks off
 */
export function decodeZstd(body: Buffer, limit: number): Buffer | undefined {
  if (!isReadable(body)) return undefined
  const chunks: Uint8Array[] = []
  let bytes = 0
  const decoder = new Decompress((chunk) => {
    bytes += chunk.length
    if (bytes > limit) throw new OverLimit()
    chunks.push(chunk)
  })
  for (let at = 0; at < body.length; at += STEP_BYTES)
    decoder.push(body.subarray(at, at + STEP_BYTES), at + STEP_BYTES >= body.length)
  return Buffer.concat(chunks)
}

/** RFC 8878, 3.1.1.1: a frame without dictionary whose window is small enough. */
function isReadable(body: Buffer): boolean {
  if (body.length < 6 || body.readUInt32LE(0) !== FRAME_MAGIC) return false
  const descriptor = body.readUInt8(4)
  if ((descriptor & 3) !== 0) return false
  const isSingleSegment = ((descriptor >> 5) & 1) === 1
  return isSingleSegment
    ? isSmallContent(body, descriptor >> 6)
    : windowBytes(body.readUInt8(5)) <= MAX_WINDOW_BYTES
}

function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}

/** Without a window descriptor the window is the content, whose size is said in 1, 2, 4 or 8 bytes. */
function isSmallContent(body: Buffer, sizeFlag: number): boolean {
  if (sizeFlag < 2) return true
  const bytes = sizeFlag === 2 ? 4 : 8
  if (body.length < 5 + bytes) return false
  const size = bytes === 4 ? BigInt(body.readUInt32LE(5)) : body.readBigUInt64LE(5)
  return size <= BigInt(MAX_WINDOW_BYTES)
}
