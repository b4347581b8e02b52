import { describe, expect, it } from '@jest/globals'
import { readDelimited } from '../../../../src/indexer/readers/delimited.js'
import { collect, tornInput } from './inputs.js'

const readRows = (text: Buffer | string, size = 3, delimiter = ',') =>
  collect(readDelimited(tornInput(text, size, 'in.csv'), { delimiter, maxRecordBytes: 1000 }))

async function readAll(...input: Parameters<typeof readRows>) {
  return (await readRows(...input)).map((read) => {
    if ('broken' in read) throw read.broken
    return read
  })
}

describe('readDelimited', () => {
  it('reads on behind a row of another length, and keeps its text', async () => {
    expect(await readRows('a,b\r\n1,"x\r\ny",3\r\n4\r\n5,6\r\n')).toMatchObject([
      { broken: { message: 'in.csv:2: has 3 columns, the header has 2' }, raw: '1,"x\r\ny",3', line: 2 },
      { broken: { message: 'in.csv:4: has 1 columns, the header has 2' }, raw: '4', line: 4 },
      { value: { a: '5', b: '6' }, line: 5 },
    ])
  })

  it.each([1, 2, 1000])(
    'reads quotes, commas and line ends within values, in pieces of %d bytes',
    async (size) => {
      const text = '\ufeffid,text,note\r\n1,"a ""b"", c",\r\n2,"줄\r\n바꿈",x\r\n\r\n3,끝,y'
      expect(await readAll(text, size)).toEqual([
        { value: { id: '1', text: 'a "b", c', note: null }, line: 2 },
        { value: { id: '2', text: '줄\r\n바꿈', note: 'x' }, line: 3 },
        { value: { id: '3', text: '끝', note: 'y' }, line: 6 },
      ])
    },
  )

  it.each([
    ['\t', 'a\tb\n1\t2\n'],
    ['\\t', 'a\tb\n1\t2\n'],
    [';', 'a;b\n1;2\n'],
  ])('takes %j between columns', async (delimiter, text) => {
    expect(await readAll(text, 3, delimiter)).toEqual([{ value: { a: '1', b: '2' }, line: 2 }])
  })

  it('calls a column without a name by its place', async () => {
    expect(await readAll(',text\n0,x\n')).toEqual([{ value: { column_1: '0', text: 'x' }, line: 2 }])
  })

  it.each(['', 'a,b\n', '\ufeffa\n\n'])('finds no row in %j', async (text) => {
    expect(await readAll(text)).toEqual([])
  })

  it.each([
    ['a,b\n1,2\n1,2,3\n', '3: has 3 columns, the header has 2'],
    ['a,b\n1\n', '2: has 1 columns, the header has 2'],
    ['a,b,a\n', '1: names the column "a" twice'],
    ['a,b\n1,"x\n\nrest', '4: is in a quoted value that the file ends in the middle of'],
    ['a,b\n1,x"y"\n', '2: has a quote inside a value that does not begin with one'],
    ['a,b\n1,"x"y\n', '2: has something between a closing quote and the next column'],
    [`a\n"${'x\n'.repeat(1500)}`, '502: is in a row longer than the limit for one'],
  ])('refuses %j by line', async (text, rule) => {
    await expect(readAll(text)).rejects.toThrow(`in.csv:${rule}`)
  })

  it('names the line that is not UTF-8', async () => {
    const text = Buffer.concat([Buffer.from('a\n\n한\n'), Buffer.of(0xb0, 0xa1), Buffer.from('\nx\n')])
    await expect(readAll(text)).rejects.toThrow(
      'in.csv:4: is not valid UTF-8; convert the file first, or name its encoding with --encoding',
    )
  })

  it.each(['', ',,', '"', '\n'])('refuses %j between columns', async (delimiter) => {
    await expect(readAll('a\n', 3, delimiter)).rejects.toThrow('delimiter must be one character')
  })
})
