import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { decompress } from '../../../../src/indexer/readers/compression.js'
import { inPieces, noise, textOf } from './inputs.js'

const TEXT = noise(300_000)
const read = async (bytes: Uint8Array, size = 5000): Promise<string> =>
  textOf((await decompress(inPieces(bytes, size), 'in')).bytes)

/** Frames of stored blocks, as RFC 8878 has them: what a compressor writes for digits of chance. */
function zstd(text: string, checksum?: number): Buffer {
  const content = Buffer.from(text)
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(BigInt(content.length))
  const header = [Buffer.of(0x28, 0xb5, 0x2f, 0xfd, checksum === undefined ? 0xc0 : 0xc4, 0x58), size]
  const blocks: Buffer[] = []
  for (let start = 0; start === 0 || start < content.length; start += 100_000) {
    const block = content.subarray(start, start + 100_000)
    const isLast = start + 100_000 >= content.length
    const blockHeader = Buffer.alloc(3)
    blockHeader.writeUIntLE(block.length * 8 + (isLast ? 1 : 0), 0, 3)
    blocks.push(blockHeader, block)
  }
  const end = Buffer.alloc(checksum === undefined ? 0 : 4)
  if (checksum !== undefined) end.writeUInt32LE(checksum)
  return Buffer.concat([...header, ...blocks, end])
}

/** `xxh64sum` of no bytes ends so. */
const CHECKSUM_OF_NOTHING = 0x51d8e999

describe('decompress', () => {
  it.each([
    ['plain bytes', Buffer.from(TEXT), undefined],
    ['no bytes', Buffer.alloc(0), undefined],
    ['one byte', Buffer.from('x'), undefined],
    ['gzip', gzipSync(TEXT), 'gzip'],
    ['gzip of several members', Buffer.concat([gzipSync('a'), gzipSync(TEXT), gzipSync('')]), 'gzip'],
    ['gzip padded with zeros', Buffer.concat([gzipSync(TEXT), Buffer.alloc(1000)]), 'gzip'],
    ['zstd', zstd(TEXT), 'zstd'],
    ['zstd of several frames', Buffer.concat([zstd('a'), zstd(TEXT), zstd('')]), 'zstd'],
    ['zstd with a checksum', Buffer.concat([zstd('', CHECKSUM_OF_NOTHING), zstd(TEXT)]), 'zstd'],
  ])('knows %s by the first bytes', async (what, bytes, compression) => {
    const expected = what === 'no bytes' ? '' : what === 'one byte' ? 'x' : TEXT
    const text = what.includes('several') ? `a${TEXT}` : expected
    for (const size of [1 << 20, 4999]) expect(await read(bytes, size)).toBe(text)
    expect((await decompress(inPieces(bytes, 1), 'in')).compression).toBe(compression)
  })

  it('reads what a compressor wrote: frames with and without checksum after a skippable one', async () => {
    const bytes = readFileSync(join(import.meta.dirname, 'fixtures/documents.jsonl.zst'))
    const lines = (await read(bytes, 3)).trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { id: unknown }).id)).toEqual([
      ...['kimchi', 'bridge', 'tides'],
      ...['kimchi', 'bridge', 'tides'],
    ])
  })

  it.each([
    ['gzip that ends early', gzipSync(TEXT).subarray(0, -20), 'ends in the middle of its gzip data'],
    ['damaged gzip', damaged(gzipSync(TEXT), 1000), 'holds damaged gzip data: '],
    ['gzip before something else', Buffer.concat([gzipSync('a'), Buffer.from('text')]), 'holds damaged gzip'],
    ['zstd that ends early', zstd(TEXT).subarray(0, -20), 'ends in the middle of a zstd frame'],
    ['zstd of its magic number alone', zstd('').subarray(0, 4), 'ends in the middle of a zstd frame'],
    [
      'zstd before something else',
      Buffer.concat([zstd('a'), Buffer.from('text')]),
      'goes on after a zstd frame',
    ],
    ['zstd with a wrong checksum', zstd(TEXT, 1), 'its checksum does not fit'],
    ['zstd of another size than it says', damaged(zstd(TEXT), 6), 'its checksum does not fit'],
    [
      'zstd with a large window',
      Buffer.concat([Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x88)]),
      'window of 128 MiB',
    ],
    ['zstd with a dictionary', Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 1, 0x58, 7), 'needs a zstd dictionary'],
  ])('refuses %s', async (_, bytes, rule) => {
    await expect(read(bytes)).rejects.toThrow(`in: `)
    await expect(read(bytes)).rejects.toThrow(rule)
  })
})

function damaged(bytes: Buffer, position: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[position] = (copy[position] ?? 0) ^ 0x5a
  return copy
}
