import { createReadStream, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { fileInput, streamInput } from '../../../../src/indexer/readers/input.js'
import { readParquet } from '../../../../src/indexer/readers/parquet.js'
import { collect, tornInput } from './inputs.js'

const FILE = join(import.meta.dirname, 'fixtures/documents.parquet')
const copies = async (): Promise<number> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('splade-bridge-parquet-')).length

describe('readParquet', () => {
  it('reads zstd row groups, with values that engines understand', async () => {
    const rows = await collect(readParquet(fileInput(FILE)))
    expect(rows.map(({ row }) => row)).toEqual([1, 2, 3])
    expect(rows[0]?.value).toEqual({
      id: 'kimchi',
      title: '김치 보관',
      text: '김치는 차고 어두운 곳에 두어야 오래 아삭하다.',
      small: 1,
      large: '9007199254740992',
      day: '1969-12-31',
      moment: '2024-05-01T09:30:00.123456Z',
      whole: '2024-05-01T09:30:00Z',
      price: 12.5,
      ratio: 1.5,
      tags: ['a', 'b'],
      author: { name: 'Ko', born: { year: 1970 } },
      raw: 'AP8=',
      good: true,
    })
    expect(rows[2]?.value).toMatchObject({
      ...{ title: null, small: null, large: '-4611686018427387904', ratio: null, tags: null, good: null },
    })
  })

  it('counts the bytes of the rows that were read, up to the size of the file', async () => {
    const { length } = readFileSync(FILE)
    const rows = await collect(readParquet(fileInput(FILE)))
    expect(rows.map(({ bytesRead }) => bytesRead)).toEqual(
      [(length * 2) / 3, (length * 2) / 3, length].map(Math.round),
    )
  })

  it('reads a stream through a copy, which it removes', async () => {
    const before = await copies()
    const reader = readParquet(streamInput(createReadStream(FILE)))
    await reader.next()
    expect(await copies()).toBe(before + 1)
    await reader.return()
    expect(await copies()).toBe(before)
  })

  it.each([
    ['ends early', readFileSync(FILE).subarray(0, 900)],
    ['is another kind of file', Buffer.from('{"a":1}\n'.repeat(10))],
    ['is empty', Buffer.alloc(0)],
  ])('refuses what %s, and leaves no copy', async (_, bytes) => {
    const before = await copies()
    await expect(collect(readParquet(tornInput(bytes, 100, 'in.parquet')))).rejects.toThrow(
      'in.parquet: is not a whole Parquet file: ',
    )
    expect(await copies()).toBe(before)
  })

  it('names the row near which data is damaged', async () => {
    const bytes = Buffer.from(readFileSync(FILE))
    bytes.fill(0xff, 40, 80)
    await expect(collect(readParquet(tornInput(bytes, 100, 'in.parquet')))).rejects.toThrow(
      'in.parquet: row 1: cannot be decoded, or one of the rows after it: ',
    )
  })

  it('names a file that is not there', async () => {
    await expect(collect(readParquet(fileInput('no/such.parquet')))).rejects.toThrow(
      'no/such.parquet: cannot be read: ENOENT',
    )
  })
})
