import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { fileState, InputCursor, isUntouched } from '../../../src/indexer/read-position.js'
import { fileInput, streamInput } from '../../../src/indexer/readers/input.js'

const records = ['a', 'b', 'c', 'd'].map((id) => ({ id, contentHash: `hash of ${id}` }))
const origin = { file: 'in.jsonl', line: 3 }

function cursorAfter(count: number): InputCursor {
  const cursor = new InputCursor('in.jsonl')
  for (const record of records.slice(0, count)) cursor.passes(record, origin)
  return cursor
}

describe('InputCursor', () => {
  it('passes over what an earlier run has read, and over nothing else', () => {
    const cursor = new InputCursor('in.jsonl', cursorAfter(2).position())
    expect(records.map((record) => cursor.passes(record, origin))).toEqual([true, true, false, false])
    expect(cursor.position()).toEqual(cursorAfter(4).position())
  })

  it.each([
    ['content', [records[0]!, { id: 'b', contentHash: 'another' }]],
    ['id', [records[0]!, { id: 'x', contentHash: 'hash of b' }]],
    ['order', [records[1]!, records[0]!]],
  ])('refuses another %s by file and line', (_, changed) => {
    const cursor = new InputCursor('in.jsonl', cursorAfter(2).position())
    cursor.passes(changed[0]!, origin)
    expect(() => cursor.passes(changed[1]!, origin)).toThrow(
      /^in\.jsonl:3: is not what it was when the run stopped here, or one before it is not; the input .* run without --resume/,
    )
  })

  it('refuses an input that has become shorter', () => {
    const cursor = new InputCursor('in.jsonl', cursorAfter(3).position())
    for (const record of records.slice(0, 2)) cursor.passes(record, origin)
    expect(() => {
      cursor.requireStart()
    }).toThrow('in.jsonl: has 2 records, but 3 of it were read before the run stopped')
  })
})

describe('a file that was read to its end', () => {
  it('is taken for untouched while size and time stay, and a stream never is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'splade-bridge-position-'))
    const path = join(folder, 'in.jsonl')
    writeFileSync(path, 'one')
    const ended = { name: path, records: 1, digest: 'd', ended: await fileState(fileInput(path)) }
    expect(isUntouched(ended, await fileState(fileInput(path)))).toBe(true)
    utimesSync(path, 1, 1)
    expect(isUntouched(ended, await fileState(fileInput(path)))).toBe(false)
    const stream = streamInput(process.stdin)
    expect(isUntouched({ ...ended, ended: await fileState(stream) }, await fileState(stream))).toBe(false)
    rmSync(folder, { recursive: true })
  })
})
