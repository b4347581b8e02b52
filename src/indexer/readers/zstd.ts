import { Decompress } from 'fzstd'
import xxhash, { type XXHashAPI } from 'xxhash-wasm'
import { InputError } from '../../errors.js'
import { ByteReader } from './byte-stream.js'

/** First bytes of a frame, as a little-endian number (RFC 8878, 3.1.1). */
const FRAME_MAGIC = 0xfd2fb528
/** Without its last four bits, which are the writer's own; pzstd begins its files so (RFC 8878, 3.1.2). */
const SKIPPABLE_MAGIC = 0x184d2a5
export const ZSTD_MAGIC_BYTES = 4

/**
 * The least that RFC 8878 asks of every decoder, and what `zstd -19` keeps to. With a window of 105 MiB fzstd 0.1.1
 * was seen to give wrong text without an error.
 */
const MAX_WINDOW_BYTES = 8 * 1024 * 1024
/** RFC 8878, 3.1.1.2.4. */
const MAX_BLOCK_BYTES = 128 * 1024

/** @param head the first bytes of an input, at least {@link ZSTD_MAGIC_BYTES} if it has as many */
export function isZstd(head: Uint8Array): boolean {
  if (head.length < ZSTD_MAGIC_BYTES) return false
  const magic = uint32(head.subarray(0, ZSTD_MAGIC_BYTES))
  return magic === FRAME_MAGIC || magic >>> 4 === SKIPPABLE_MAGIC
}

/**
 * Decompresses zstd as it arrives: any number of frames one after the other, skippable frames in between. What
 * the decoder itself does not check is checked here: each frame's end, size and checksum.
 *
 * @param name what to call the input in errors
 * @throws InputError for an early end, damage, or a window beyond 8 MiB
 */
export async function* decompressZstd(
  source: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hasher = await xxhash()
  const reader = new ByteReader(source, () => broken(name, 'ends in the middle of a zstd frame'))
  try {
    while (!(await reader.isAtEnd())) {
      const magic = Uint8Array.from(await reader.take(ZSTD_MAGIC_BYTES))
      if (uint32(magic) === FRAME_MAGIC) yield* new Frame(reader, name, hasher).read(magic)
      else if (isZstd(magic)) await reader.skip(uint32(await reader.take(4)))
      else throw broken(name, 'goes on after a zstd frame with something that is none')
    }
  } finally {
    await reader.close()
  }
}

interface FrameHeader {
  readonly windowBytes: number
  /** Undefined where the frame does not say. */
  readonly contentBytes: bigint | undefined
  readonly hasChecksum: boolean
}

/** One frame: header, blocks, checksum. */
class Frame {
  private readonly output: Uint8Array[] = []
  private readonly decoder = new Decompress((bytes) => this.output.push(bytes))
  private readonly hash: ReturnType<XXHashAPI['create64']>
  private contentBytes = 0n

  constructor(
    private readonly reader: ByteReader,
    private readonly name: string,
    hasher: XXHashAPI,
  ) {
    this.hash = hasher.create64()
  }

  async *read(magic: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
    const header = await this.readHeader(magic)
    for (let isLast = false; !isLast;) {
      const block = Uint8Array.from(await this.reader.take(3))
      isLast = ((block[0] ?? 0) & 1) === 1
      const body = await this.reader.take(this.bodySize(block))
      const checksum = isLast && header.hasChecksum ? await this.reader.take(4) : new Uint8Array(0)
      yield* this.decode(Buffer.concat([block, body, checksum]), isLast)
      if (isLast) this.check(header, checksum)
    }
  }

  private async readHeader(magic: Uint8Array): Promise<FrameHeader> {
    const descriptor = Uint8Array.from(await this.reader.take(1))
    const fields = Uint8Array.from(await this.reader.take(headerSize(descriptor[0] ?? 0) - 1))
    const header = parseHeader(descriptor[0] ?? 0, fields)
    if (header === undefined) throw broken(this.name, 'needs a zstd dictionary, which is not supported')
    if (header.windowBytes > MAX_WINDOW_BYTES) {
      throw broken(
        this.name,
        `was compressed with a zstd window of ${Math.ceil(header.windowBytes / 2 ** 20)} MiB, at most 8 are ` +
          'supported: compress it again with level 19 or less and without --long',
      )
    }
    this.decoder.push(Buffer.concat([magic, descriptor, fields]))
    return header
  }

  /** Bytes that follow a block's header: a repeated byte is stored once. */
  private bodySize(block: Uint8Array): number {
    const type = ((block[0] ?? 0) >>> 1) & 3
    const size = ((block[0] ?? 0) | ((block[1] ?? 0) << 8) | ((block[2] ?? 0) << 16)) >>> 3
    if (type === 3 || size > MAX_BLOCK_BYTES) throw broken(this.name, 'holds a damaged zstd block')
    return type === 1 ? 1 : size
  }

  private *decode(bytes: Uint8Array, isLast: boolean): Generator<Uint8Array, void, undefined> {
    try {
      this.decoder.push(bytes, isLast)
    } catch (error) {
      throw broken(this.name, 'holds damaged zstd data', error)
    }
    for (const piece of this.output.splice(0)) {
      this.contentBytes += BigInt(piece.length)
      this.hash.update(piece)
      if (piece.length > 0) yield piece
    }
  }

  private check({ contentBytes, hasChecksum }: FrameHeader, checksum: Uint8Array): void {
    const isWhole = contentBytes === undefined || contentBytes === this.contentBytes
    const isSame = !hasChecksum || BigInt(uint32(checksum)) === BigInt.asUintN(32, this.hash.digest())
    if (!isWhole || !isSame) throw broken(this.name, 'holds damaged zstd data: its checksum does not fit')
  }
}

/** Bytes of a frame's header after the magic number (RFC 8878, 3.1.1.1). */
function headerSize(descriptor: number): number {
  const isSingleSegment = (descriptor >>> 5) & 1
  return 2 - isSingleSegment + dictionaryIdSize(descriptor) + contentSizeSize(descriptor)
}

function dictionaryIdSize(descriptor: number): number {
  return [0, 1, 2, 4][descriptor & 3] ?? 0
}

function contentSizeSize(descriptor: number): number {
  const isSingleSegment = (descriptor >>> 5) & 1
  return [isSingleSegment, 2, 4, 8][descriptor >>> 6] ?? 0
}

/** @returns undefined if the frame needs a dictionary */
function parseHeader(descriptor: number, fields: Uint8Array): FrameHeader | undefined {
  const isSingleSegment = ((descriptor >>> 5) & 1) === 1
  const idStart = isSingleSegment ? 0 : 1
  const idSize = dictionaryIdSize(descriptor)
  if (fields.subarray(idStart, idStart + idSize).some((byte) => byte !== 0)) return undefined
  const contentBytes = contentSize(fields.subarray(idStart + idSize))
  return {
    windowBytes: isSingleSegment ? Number(contentBytes ?? 0n) : windowSize(fields[0] ?? 0),
    contentBytes,
    hasChecksum: ((descriptor >>> 2) & 1) === 1,
  }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3))
  return base + (base / 8) * (descriptor & 7)
}

function contentSize(field: Uint8Array): bigint | undefined {
  if (field.length === 0) return undefined
  const value = field.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  // Two bytes hold what one byte could not.
  return field.length === 2 ? value + 256n : value
}

function uint32(bytes: Uint8Array): number {
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0)
}

function broken(name: string, rule: string, cause?: unknown): InputError {
  return new InputError(name, undefined, rule, cause === undefined ? {} : { cause })
}
