import { describe, expect, it } from '@jest/globals'
import { readJsonValues } from '../../../../src/indexer/readers/json-values.js'
import { collect, tornInput } from './inputs.js'

const readValues = (text: string, size = 3, maxRecordBytes = 1000) =>
  collect(readJsonValues(tornInput(text, size, 'in.json'), { maxRecordBytes }))

async function readAll(...input: Parameters<typeof readValues>) {
  return (await readValues(...input)).map((read) => {
    if ('broken' in read) throw read.broken
    return { value: read.value, line: read.line }
  })
}

describe('readJsonValues', () => {
  it('reads on behind a value that is broken between its own brackets', async () => {
    expect(await readValues('[{"a":1},\n{"a":1,},\n{"a":2}]')).toMatchObject([
      { value: { a: 1 }, line: 1 },
      { broken: { line: 2 }, raw: '{"a":1,}', line: 2 },
      { value: { a: 2 }, line: 3 },
    ])
  })

  it.each([1, 2, 5, 1000])('reads an array torn into pieces of %d bytes', async (size) => {
    const text = '\ufeff[ {"a":"한 \\"]} 😀\\\\"},\r\n {"b":[1,{"c":"}"}]}\n,5, "x,]" ,null]\n'
    expect(await readAll(text, size)).toEqual([
      { value: { a: '한 "]} 😀\\' }, line: 1 },
      { value: { b: [1, { c: '}' }] }, line: 2 },
      { value: 5, line: 3 },
      { value: 'x,]', line: 3 },
      { value: null, line: 3 },
    ])
  })

  it('reads objects that follow each other, laid out over lines or not', async () => {
    expect(await readAll('{\n  "a": 1\n}\n{"a":2}{"a":3}\n\n7')).toEqual([
      { value: { a: 1 }, line: 1 },
      { value: { a: 2 }, line: 4 },
      { value: { a: 3 }, line: 4 },
      { value: 7, line: 6 },
    ])
  })

  it.each(['', ' \n', '[]', '[ \n ]'])('finds nothing in %j', async (text) => {
    expect(await readAll(text)).toEqual([])
  })

  it.each([
    ['[{"a":1},]', '1: is not JSON: expected a value, found "]"'],
    ['[1\n2]', '2: is not JSON: expected a comma or the end of the array, found "2"'],
    ['[1]\n[2]', '2: is not JSON: expected nothing after the end of the array, found "["'],
    ['{"a":1},{"b":2}', '1: is not JSON: expected a value, found ","'],
    ['[{"a":1},\n{"a":1]]', '2: is not JSON: Expected'],
    ['[\n{"a":"b', '2: begins a record that the file ends in the middle of'],
    ['[1,\n', '2: ends before its JSON array does'],
    ['[{"a":1}', '1: ends before its JSON array does'],
  ])('refuses %j by line', async (text, rule) => {
    await expect(readAll(text)).rejects.toThrow(`in.json:${rule}`)
  })

  it('stops at a record beyond the limit', async () => {
    await expect(readAll(`[1,\n["${'x'.repeat(2000)}"]]`)).rejects.toThrow(
      'in.json:2: record is longer than 1000 bytes, the limit for one',
    )
  })

  it('names the line of a record that is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('[1,\n"'), Buffer.of(0xe9), Buffer.from('"]')])
    const [, last] = await collect(readJsonValues(tornInput(bytes, 3, 'in.json')))
    const message = expect.stringContaining('in.json:2: is not valid UTF-8')
    expect(last).toMatchObject({ broken: { message }, line: 2 })
  })
})
