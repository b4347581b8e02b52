import { describe, expect, it } from '@jest/globals'
import { DeadLetterFile } from '../../../../src/indexer/dead-letters.js'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FieldRules } from '../../../../src/indexer/field-rules.js'
import { fileInput } from '../../../../src/indexer/readers/input.js'
import { readRecords } from '../../../../src/indexer/readers/read-records.js'
import { toRecord } from '../../../../src/indexer/record.js'

const folder = mkdtempSync(join(tmpdir(), 'splade-bridge-letters-'))
const path = join(folder, 'letters.ndjson')

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
    rmSync(folder, { recursive: true })
  })

  it('refuse one of enrich, which would replace a document by its texts, and say what to do', async () => {
    const other = `${mkdtempSync(join(tmpdir(), 'splade-bridge-letters-'))}.ndjson`
    const letter = { command: 'enrich', id: 'a1', index: 'articles', document: { _id: 'a1', body: 'x' } }
    writeFileSync(other, `${JSON.stringify(letter)}\n`)
    const reading = readRecords(fileInput(other), { format: 'dead-letters' }).next()
    await expect(reading).rejects.toThrow(
      /:1: is a dead letter of "enrich".* document "a1".*run "splade-bridge enrich --index articles"/,
    )
    rmSync(other)
  })

  it.each([
    ['{"id":"1"}', 'it has no object "document"'],
    ['{"document":{"text":"x"}}', 'it has no non-empty string "id"'],
    ['[]', 'it has no object "document"'],
  ])('refuse %s by file and line', async (line, reason) => {
    const other = `${mkdtempSync(join(tmpdir(), 'splade-bridge-letters-'))}.ndjson`
    writeFileSync(other, `${line}\n`)
    const reading = readRecords(fileInput(other), { format: 'dead-letters' }).next()
    await expect(reading).rejects.toThrow(`${other}:1: is no dead letter: ${reason}`)
    rmSync(other)
  })
})
