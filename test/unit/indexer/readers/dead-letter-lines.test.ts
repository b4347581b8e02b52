import { afterAll, describe, expect, it } from '@jest/globals'
import { InputError } from '../../../../src/errors.js'
import {
  MAX_RAW_CHARACTERS,
  toBrokenRecord,
  toUnusableRecord,
} from '../../../../src/indexer/broken-record.js'
import { DeadLetterFile } from '../../../../src/indexer/dead-letters.js'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FieldRules } from '../../../../src/indexer/field-rules.js'
import { fileInput } from '../../../../src/indexer/readers/input.js'
import { readRecords } from '../../../../src/indexer/readers/read-records.js'
import { toRecord } from '../../../../src/indexer/record.js'

const folder = mkdtempSync(join(tmpdir(), 'splade-bridge-letters-'))
const path = join(folder, 'letters.ndjson')
const broken = join(folder, 'broken.ndjson')

afterAll(() => {
  rmSync(folder, { recursive: true })
})

describe('dead letters as an input', () => {
  it('give the records again that were buried, whatever was renamed and dropped', async () => {
    const rules = new FieldRules({ rename: { 제목: 'title' }, drop: ['body'] })
    const options = {
      fields: [{ field: 'splade', textFields: ['title', 'body'] }],
      fieldRules: rules,
      idField: 'sku',
    }
    const origin = { file: 'in.csv', line: 3 }
    const target = { action: 'create', index: 'other', routing: 'r' } as const
    const records = [
      toRecord({ value: { sku: 7, 제목: 'a', body: 'b' }, origin }, options),
      toRecord({ value: { sku: 'x', title: 'a', more: 1 }, origin, target }, options),
    ]
    const file = new DeadLetterFile(path)
    await file.write(records.map((record) => ({ record, status: 400, reason: 'refused' })))
    await file.close()
    const again = []
    for await (const raw of readRecords(fileInput(path), { format: 'dead-letters' }))
      again.push(toRecord(raw, options))
    expect(again).toEqual([
      { ...records[0], action: 'index', origin: { file: path, line: 1 }, original: expect.anything() },
      { ...records[1], origin: { file: path, line: 2 } },
    ])
  })

  it('refuse one of enrich, which would replace a document by its texts, and say what to do', async () => {
    const other = join(folder, 'other.ndjson')
    const letter = { command: 'enrich', id: 'a1', index: 'articles', document: { _id: 'a1', body: 'x' } }
    writeFileSync(other, `${JSON.stringify(letter)}\n`)
    const reading = readRecords(fileInput(other), { format: 'dead-letters' }).next()
    await expect(reading).rejects.toThrow(
      /:1: is a dead letter of "enrich".* document "a1".*run "splade-bridge enrich --index articles"/,
    )
  })

  it('take the id of a record that broke a rule from the mended document, and say where text is to be mended', async () => {
    const origin = { file: 'in.jsonl', line: 7 }
    const error = new InputError('in.jsonl', 7, 'is not JSON')
    const raw = `{"text": ${'x'.repeat(MAX_RAW_CHARACTERS)}`
    const unread = toBrokenRecord({ broken: error, raw, line: 7 }, origin)
    const target = { action: 'create', index: 'other' } as const
    const unusable = toUnusableRecord(error, origin, { _id: '', text: 'x' }, target)
    const file = new DeadLetterFile(broken)
    await file.write([unread, unusable])
    await file.close()
    const letters = readFileSync(broken, 'utf8').trimEnd().split('\n')
    const read = (text: string) => {
      writeFileSync(broken, text)
      return readRecords(fileInput(broken), { format: 'dead-letters' }).next()
    }
    expect(JSON.parse(letters[0]!)).toEqual({
      ...{ file: 'in.jsonl', line: 7, status: 0, reason: 'is not JSON' },
      ...{ raw: raw.slice(0, MAX_RAW_CHARACTERS), rawLength: raw.length },
    })
    await expect(read(letters[0]!)).rejects.toThrow(
      `${broken}:1: holds a record that could not be read (in.jsonl:7): give it, mended, as an object "document"`,
    )
    const mended = letters[1]!.replace('"_id":""', '"_id":"a"')
    expect((await read(mended)).value).toMatchObject({ value: { _id: 'a', text: 'x' }, target })
    rmSync(broken)
  })

  it.each([
    ['{"id":"1"}', 'it has no object "document"'],
    ['{"id":"","document":{"text":"x"}}', 'its "id" is no non-empty string'],
    ['[]', 'it has no object "document"'],
  ])('refuse %s by file and line', async (line, reason) => {
    const other = join(folder, 'other.ndjson')
    writeFileSync(other, `${line}\n`)
    const reading = readRecords(fileInput(other), { format: 'dead-letters' }).next()
    await expect(reading).rejects.toThrow(`${other}:1: is no dead letter: ${reason}`)
  })
})
