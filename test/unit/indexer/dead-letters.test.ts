import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { DeadLetterFile, type DeadLetter } from '../../../src/indexer/dead-letters.js'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'splade-bridge-dead-'))
  path = join(folder, 'dead.ndjson')
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const letter = (id: string): DeadLetter => ({
  record: { id, texts: [], source: { text: 't' }, contentHash: 'h', origin: { file: 'in.jsonl', line: 7 } },
  status: 400,
  reason: 'refused',
})
const ids = (): unknown[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: unknown }).id)

describe('DeadLetterFile', () => {
  it('creates no file until there is a letter', async () => {
    const file = new DeadLetterFile(path)
    await file.write([])
    await file.close()
    expect(existsSync(path)).toBe(false)
  })

  it('writes where a document came from, why it failed, and the document with its id', async () => {
    const file = new DeadLetterFile(path)
    await file.write([letter('a')])
    await file.close()
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      file: 'in.jsonl',
      line: 7,
      id: 'a',
      status: 400,
      reason: 'refused',
      document: { _id: 'a', text: 't' },
    })
  })

  it('names the row of a record without a line, and where a bulk file sent it', async () => {
    const file = new DeadLetterFile(path)
    const { record } = letter('a')
    const origin = { file: 'in.parquet', row: 9 }
    await file.write([{ ...letter('a'), record: { ...record, origin, index: 'other', routing: 'r' } }])
    await file.close()
    const expected = { file: 'in.parquet', row: 9, index: 'other', routing: 'r' }
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject(expected)
  })

  it('says that a letter is of enrich, whose documents come from no file', async () => {
    const file = new DeadLetterFile(path, 'enrich')
    const { record, ...why } = letter('a')
    const place = { index: 'articles', routing: 'r' }
    await file.write([{ ...why, record: { ...record, ...place, source: {}, original: { body: 'b' } } }])
    await file.close()
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      ...{ command: 'enrich', id: 'a', ...place, status: 400, reason: 'refused' },
      document: { _id: 'a', body: 'b' },
    })
  })

  it('keeps letters apart that are written at the same time', async () => {
    const file = new DeadLetterFile(path)
    await Promise.all(['a', 'b', 'c'].map((id) => file.write([letter(id)])))
    await file.close()
    expect(ids()).toEqual(['a', 'b', 'c'])
  })

  it('appends to the letters of earlier runs', async () => {
    for (const run of ['1', '2']) {
      const file = new DeadLetterFile(path)
      await file.write([letter(`${run}a`)])
      await file.write([letter(`${run}b`), letter(`${run}c`)])
      await file.close()
    }
    expect(ids()).toEqual(['1a', '1b', '1c', '2a', '2b', '2c'])
  })
})
