import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { loadOptions, resumeCommand, withWritableCheckpoint } from '../../../src/cli/load-flags.js'
import { fileInput } from '../../../src/indexer/readers/input.js'

const place = {
  url: 'http://127.0.0.1:9200',
  index: 'docs',
  inputs: [fileInput('a.jsonl')],
  totalBytes: 1_000,
}

describe('the checkpoint', () => {
  const fileOf = (...[flags, changed]: [object?, object?]): string | undefined =>
    loadOptions(flags ?? {}, {}, { ...place, ...changed }).checkpointFile

  it('is the same file for the same load, and another for another', () => {
    expect(fileOf()).toBe(fileOf())
    const others = [
      fileOf({}, { index: 'other' }),
      fileOf({}, { url: 'http://elsewhere' }),
      fileOf({}, { inputs: [fileInput('b.jsonl')] }),
      fileOf({ partition: { number: 0, of: 2 } }),
      fileOf({ partition: { number: 1, of: 2 } }),
    ]
    expect(new Set([fileOf(), ...others]).size).toBe(6)
  })

  it('is left out, with a word, where its folder cannot be written, unless it was asked for', async () => {
    // A file is a folder that nobody can write, whoever runs the tests.
    const folder = join(import.meta.filename, 'checkpoints')
    const options = { checkpointFile: join(folder, 'x.json'), maxRetries: 3 }
    const missing: string[] = []
    const tell = (name: string): unknown => missing.push(name)
    expect(await withWritableCheckpoint(options, {}, tell)).toEqual({ maxRetries: 3 })
    expect(missing).toEqual([folder])
    await expect(withWritableCheckpoint(options, { resume: true }, tell)).rejects.toThrow(
      `checkpoint must be in a folder that can be written, received "${folder}"`,
    )
    const here = { checkpointFile: join(import.meta.dirname, 'x.json') }
    expect(await withWritableCheckpoint(here, {}, tell)).toBe(here)
  })

  it('is where the flag says', () => {
    expect(fileOf({ checkpoint: 'here.json' })).toBe('here.json')
  })
})

describe('relaxed settings', () => {
  it('are for large loads into empty indices, unless a flag says otherwise', () => {
    const relaxOf = (totalBytes: number | undefined, flags = {}) =>
      loadOptions(flags, {}, { ...place, totalBytes }).relax
    expect([1_000, 200_000_000, undefined].map((bytes) => relaxOf(bytes))).toEqual([
      'never',
      'empty',
      'never',
    ])
    expect(relaxOf(1_000, { relax: 'always' })).toBe('always')
  })
})

describe('resumeCommand', () => {
  it.each([
    [['index', 'a.jsonl'], 'splade-bridge index a.jsonl --resume'],
    [['index', '--resume', 'a.jsonl'], 'splade-bridge index --resume a.jsonl'],
    [['index', '--', '-odd'], 'splade-bridge index --resume -- -odd'],
    [
      ['index', "it's.jsonl", '한글 파일'],
      String.raw`splade-bridge index 'it'\''s.jsonl' '한글 파일' --resume`,
    ],
  ])('of %j can be pasted into a shell', (words, command) => {
    expect(resumeCommand(words)).toBe(command)
  })
})
