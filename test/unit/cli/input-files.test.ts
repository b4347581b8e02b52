import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { findInputs } from '../../../src/cli/input-files.js'

const FILES = [
  'b.jsonl',
  'a.csv.gz',
  'deep/er/c.parquet',
  'deep/notes.txt',
  'README',
  '.hidden.csv',
  '.git/d.json',
  '_SUCCESS',
  '_delta_log/e.json',
]

describe('findInputs', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'splade-bridge-inputs-'))
    for (const name of FILES) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), 'x'.repeat(10))
    }
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })
  const find = async (args: readonly string[], isFormatNamed = false) => {
    const paths = args.map((argument) => (argument === '-' ? '-' : join(folder, argument)))
    const { inputs, totalBytes, leftOut } = await findInputs(
      paths,
      isFormatNamed,
      new AbortController().signal,
    )
    const below = (path: string): string => path.replace(`${folder}/`, '')
    return { names: inputs.map(({ name }) => below(name)), totalBytes, leftOut: leftOut.map(below) }
  }

  it('reads all of a folder that tells its format, in order, and says what it leaves out', async () => {
    expect(await find(['.'])).toEqual({
      names: ['a.csv.gz', 'b.jsonl', 'deep/er/c.parquet'],
      totalBytes: 30,
      leftOut: ['README', 'deep/notes.txt'],
    })
  })

  it('reads every file of a folder where the format is named', async () => {
    const { names, leftOut } = await find(['deep'], true)
    expect({ names, leftOut }).toEqual({ names: ['deep/er/c.parquet', 'deep/notes.txt'], leftOut: [] })
  })

  it('reads what a pattern matches, and each file once', async () => {
    expect((await find(['README', '*.{csv.gz,jsonl}', 'b.jsonl'])).names).toEqual([
      'README',
      'a.csv.gz',
      'b.jsonl',
    ])
    expect((await find(['**/*.parquet'])).names).toEqual(['deep/er/c.parquet'])
  })

  it('knows no size where standard input is read', async () => {
    expect(await find(['-', 'b.jsonl'])).toEqual({
      names: ['<stdin>', 'b.jsonl'],
      totalBytes: undefined,
      leftOut: [],
    })
  })

  it.each([
    ['none.jsonl', 'there is no file '],
    ['*.xml', 'no file matches '],
    ['.git', 'has no file whose name tells a format'],
  ])('refuses %s, which leads to no file', async (argument, rule) => {
    if (argument === '.git') rmSync(join(folder, '.git/d.json'))
    await expect(find([argument])).rejects.toThrow(rule)
  })
})
