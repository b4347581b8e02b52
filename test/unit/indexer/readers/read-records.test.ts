import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import iconv from 'iconv-lite'
import { fileInput } from '../../../../src/indexer/readers/input.js'
import { readRecords, type ReadOptions } from '../../../../src/indexer/readers/read-records.js'
import { collect, tornInput } from './inputs.js'

const FIXTURES = join(import.meta.dirname, 'fixtures')
const CSV = '번호,본문\n1,똠방각하\n'
const values = async (name: string, content: Buffer | string, options: ReadOptions = {}) =>
  (await collect(readRecords(tornInput(content, 5, name), options))).map(({ value }) => value)

describe('readRecords', () => {
  it.each([
    ['docs.jsonl', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ['docs.json', '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
    ['docs.json', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ['docs.csv', 'a,b\n1,2\n', [{ a: '1', b: '2' }]],
    ['DOCS.TSV', 'a\tb\n1\t2\n', [{ a: '1', b: '2' }]],
    ['docs.csv.gz', gzipSync('a,b\n1,2\n'), [{ a: '1', b: '2' }]],
    ['docs.csv.gz', 'a,b\n1,2\n', [{ a: '1', b: '2' }]],
    ['<stdin>', '{"a":1}\n', [{ a: 1 }]],
    ['<stdin>', ' \n[{"a":1}]', [{ a: 1 }]],
    ['<stdin>', '{\n  "a": 1\n}\n{\n  "a": 2\n}\n', [{ a: 1 }, { a: 2 }]],
    ['<stdin>', gzipSync('[{"a":1}]'), [{ a: 1 }]],
    ['bulk.ndjson', '{"index":{"_id":"1"}}\n{"a":1}\n', [{ a: 1 }]],
    ['<stdin>', '', []],
  ])('reads %s that holds %j by name and content', async (name, content, expected) => {
    expect(await values(name, content)).toEqual(expected)
  })

  it('reads the format that is named, whatever name and content say', async () => {
    const action = '{"index":{"_id":"1"}}\n'
    expect(await values('a.csv', action, { format: 'jsonl' })).toEqual([{ index: { _id: '1' } }])
    expect(await values('a.txt', 'x|y\n1|2\n', { format: 'csv', delimiter: '|' })).toEqual([
      { x: '1', y: '2' },
    ])
    await expect(values('a.csv', 'x', { format: 'xml' as 'csv' })).rejects.toThrow(
      'format must be one of jsonl, bulk, json, csv, tsv, parquet, dead-letters, received "xml"',
    )
  })

  it('reads Korean and UTF-16 tables, and says what it guessed', async () => {
    const notices: string[] = []
    const onNotice = (notice: string): number => notices.push(notice)
    const expected = [{ 번호: '1', 본문: '똠방각하' }]
    expect(await values('a.csv', iconv.encode(CSV, 'cp949'), { onNotice })).toEqual(expected)
    expect(await values('a.csv', iconv.encode(CSV, 'utf-16le', { addBOM: true }), { onNotice })).toEqual(
      expected,
    )
    expect(await values('a.csv', iconv.encode(CSV, 'cp949'), { encoding: 'euc-kr', onNotice })).toEqual(
      expected,
    )
    expect(notices).toEqual(['a.csv is not UTF-8: read as cp949; --encoding names another'])
  })

  it('does not guess the encoding of JSON, but takes a name for it', async () => {
    const lines = iconv.encode('{"a":"가"}\n', 'cp949')
    await expect(values('a.jsonl', lines)).rejects.toThrow('a.jsonl:1: is not valid UTF-8')
    expect(await values('a.jsonl', lines, { encoding: 'cp949' })).toEqual([{ a: '가' }])
  })

  it('says where each record stands, and how far the input is read', async () => {
    const text = '{"a":1}\n\n{"index":2}\n'
    const records = await collect(readRecords(tornInput(text, 8, 'in.jsonl')))
    expect(records.map(({ origin }) => origin)).toEqual([
      { file: 'in.jsonl', line: 1 },
      { file: 'in.jsonl', line: 3 },
    ])
    expect(records.at(-1)?.bytesRead).toBe(text.length)
  })

  it('reads Parquet from a file, from a stream and under any name', async () => {
    const file = join(FIXTURES, 'documents.parquet')
    const rows = await collect(readRecords(fileInput(file)))
    expect(rows.map(({ origin }) => origin.row)).toEqual([1, 2, 3])
    const folder = mkdtempSync(join(tmpdir(), 'splade-bridge-records-'))
    const packed = join(folder, 'table')
    writeFileSync(packed, gzipSync(readFileSync(file)))
    const unpacked = await collect(readRecords(fileInput(packed)))
    expect(unpacked.map(({ value }) => value)).toEqual(rows.map(({ value }) => value))
    rmSync(folder, { recursive: true })
  })

  it('hands on what a bulk file says of a document', async () => {
    const text = '{"create":{"_id":"1","routing":"r"}}\n{"a":1}\n'
    expect(await collect(readRecords(tornInput(text, 100, 'b.ndjson')))).toEqual([
      {
        value: { a: 1 },
        origin: { file: 'b.ndjson', line: 2 },
        target: { action: 'create', id: '1', routing: 'r' },
        bytesRead: text.length,
      },
    ])
  })
})
