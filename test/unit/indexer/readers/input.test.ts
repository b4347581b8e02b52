import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { InputError } from '../../../../src/errors.js'
import { fileInput } from '../../../../src/indexer/readers/input.js'
import { textOf } from './inputs.js'

describe('fileInput', () => {
  it('reads a file under its name, each time from its beginning', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'splade-bridge-input-'))
    const path = join(folder, 'records.jsonl')
    writeFileSync(path, '{"a":1}\n')
    const input = fileInput(path)
    expect(input).toMatchObject({ name: path, path })
    expect([await textOf(input.bytes), await textOf(input.bytes)]).toEqual(['{"a":1}\n', '{"a":1}\n'])
    rmSync(folder, { recursive: true })
  })

  it('names a file that cannot be read', async () => {
    const error: unknown = await textOf(fileInput('no/such/file.jsonl').bytes).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(InputError)
    expect(String(error)).toContain('no/such/file.jsonl: cannot be read: ENOENT')
  })
})
