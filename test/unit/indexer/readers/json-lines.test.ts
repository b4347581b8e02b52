import { describe, expect, it } from '@jest/globals'
import { streamInput } from '../../../../src/indexer/readers/input.js'
import { readJsonLines, type JsonLine } from '../../../../src/indexer/readers/json-lines.js'
import { collect, tornInput } from './inputs.js'

function readLines(bytes: Buffer | string, pieceSize = 7, maxRecordBytes?: number): Promise<JsonLine[]> {
  const limits = maxRecordBytes === undefined ? {} : { maxRecordBytes }
  return collect(readJsonLines(tornInput(bytes, pieceSize, 'in.jsonl'), limits))
}

async function readAll(...input: Parameters<typeof readLines>) {
  return (await readLines(...input)).map((line) => {
    if ('broken' in line) throw line.broken
    return line
  })
}

describe('readJsonLines', () => {
  it.each([1, 2, 3, 1000])('reads records torn into pieces of %d bytes', async (size) => {
    const lines = await readAll('{"a":"한국어 😀"}\n{"a":2}\n', size)
    expect(lines.map(({ value }) => value)).toEqual([{ a: '한국어 😀' }, { a: 2 }])
  })

  it('takes a byte-order mark, CRLF, blank lines and a last line without an end', async () => {
    const lines = await readAll('\ufeff{"a":1}\r\n\r\n   \n{"a":2}\r\n{"a":3}')
    expect(lines.map(({ value, line }) => [value, line])).toEqual([
      [{ a: 1 }, 1],
      [{ a: 2 }, 4],
      [{ a: 3 }, 5],
    ])
  })

  it.each(['', '\n', '\ufeff', '\r\n\r\n'])('finds nothing in %j', async (text) => {
    expect(await readAll(text)).toEqual([])
  })

  it('names file and line of what is not JSON', async () => {
    await expect(readAll('{"a":1}\n\n{"a":\n')).rejects.toThrow(/^in\.jsonl:3: is not JSON: /)
  })

  it('names file and line of what is not UTF-8', async () => {
    const latin1 = Buffer.concat([Buffer.from('{"a":1}\n{"a":"'), Buffer.from([0xe9]), Buffer.from('"}\n')])
    await expect(readAll(latin1)).rejects.toThrow('in.jsonl:2: is not valid UTF-8; convert the file first')
  })

  it('reads on behind a broken line, and keeps its text', async () => {
    const bytes = Buffer.from('{"a":1}\n {"a": \n"\xe9"\n{"a":2}\n', 'latin1')
    const [first, second, third, last] = await readLines(bytes)
    expect(first).toEqual({ value: { a: 1 }, raw: '{"a":1}', line: 1 })
    expect(second).toEqual({ broken: expect.objectContaining({ line: 2 }), raw: '{"a":', line: 2 })
    expect(third).toMatchObject({ raw: '"\ufffd"', line: 3 })
    expect(last).toMatchObject({ value: { a: 2 }, line: 4 })
  })

  it('stops at a line beyond the limit without reading it whole', async () => {
    let pieces = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"a":1}\n')
      for (;;) {
        pieces++
        yield await Promise.resolve(Buffer.alloc(1000, 0x78))
      }
    }
    const lines = readJsonLines(streamInput(endless()), { maxRecordBytes: 5000 })
    await lines.next()
    await expect(lines.next()).rejects.toThrow('<stdin>:2: line is longer than 5000 bytes, the limit for one')
    expect(pieces).toBe(6)
  })

  it('takes a line of exactly the limit', async () => {
    expect(await readAll('"45678"\n', 3, 7)).toHaveLength(1)
    await expect(readAll('"456789"\n', 3, 7)).rejects.toThrow('longer than 7 bytes')
  })

  it('refuses a limit that is none', async () => {
    await expect(readAll('', 1, 0)).rejects.toThrow('maxRecordBytes must be an integer > 0, received 0')
  })
})
