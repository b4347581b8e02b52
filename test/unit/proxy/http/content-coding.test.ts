import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { decodeBody } from '../../../../src/proxy/http/content-coding.js'

const LIMITS = { limit: 100_000, what: 'the body', status: 413 }
const TEXT = Buffer.from('{"query":{"match":{"title":"돌다리"}}}'.repeat(100))
const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const QUERIES = '{"query":{"match":{"title":"stone bridge"}}}'.repeat(100)
/** The same as `zstd -19` 1.5.4 writes it. */
const ZSTD = hex(
  '28b52ffd6430109d0100c2420a10b0eb124e1143926dc85a0c4ee203869f3146bf90d304b85aea9c3ed2a3deb4191a92370ddb1ff30601000c88d7ab3235d39a02',
)

describe('decodeBody', () => {
  it.each([
    ['gzip', gzipSync(TEXT)],
    ['x-gzip', gzipSync(TEXT)],
    [' GZip ', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['identity', TEXT],
    [undefined, TEXT],
  ])('takes away %s', async (coding, body) => {
    expect(await decodeBody(body, coding, LIMITS)).toEqual(TEXT)
  })

  it('takes away zstd', async () => {
    expect((await decodeBody(ZSTD, 'zstd', LIMITS))?.toString()).toBe(QUERIES)
  })

  it.each([
    ['gzip', TEXT],
    ['gzip', gzipSync(TEXT).subarray(0, 40)],
    ['deflate', TEXT],
    ['br', TEXT],
    ['zstd', TEXT],
    ['zstd', ZSTD.subarray(0, ZSTD.length - 8)],
    // A window of 3.75 TiB, and a content of 8 EiB.
    ['zstd', hex('28b52ffd00ff000000')],
    ['zstd', hex('28b52ffde0000000000000007f010000')],
    ['gzip, gzip', gzipSync(gzipSync(TEXT))],
    ['snappy', TEXT],
    ['constructor', TEXT],
  ])('leaves bytes that are not %s to the engine', async (coding, body) => {
    expect(await decodeBody(body, coding, LIMITS)).toBeUndefined()
  })

  it.each([
    ['gzip', gzipSync(Buffer.alloc(5_000_000))],
    ['deflate', deflateSync(Buffer.alloc(5_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(5_000_000))],
  ])('refuses %s that grows beyond the limit', async (coding, body) => {
    await expect(decodeBody(body, coding, LIMITS)).rejects.toMatchObject({ status: 413 })
  })

  it('refuses zstd that grows beyond the limit', async () => {
    await expect(decodeBody(ZSTD, 'zstd', { ...LIMITS, limit: 10 })).rejects.toMatchObject({ status: 413 })
  })
})
