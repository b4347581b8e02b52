import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import {
  loadOptions,
  missingPartition,
  parsePartition,
  resumeCommand,
  withWritableCheckpoint,
} from '../../../src/cli/load-flags.js'
import { fileInput } from '../../../src/indexer/readers/input.js'

const place = {
  url: 'http://127.0.0.1:9200',
  index: 'docs',
  inputs: [fileInput('a.jsonl')],
  totalBytes: 1_000,
}

describe('partitions', () => {
  it('are counted from 1 on the command line, from 0 in the variables of Kubernetes', () => {
    expect(parsePartition('2/4')).toEqual({ number: 1, of: 4 })
    const environment = { JOB_COMPLETION_INDEX: '1', SPLADE_BRIDGE_PARTITIONS: '4' }
    expect(loadOptions({}, environment, place).partition).toEqual({ number: 1, of: 4 })
    const asked = { partition: { number: 3, of: 8 } }
    expect(loadOptions(asked, environment, place).partition).toEqual(asked.partition)
    expect(loadOptions({}, { JOB_COMPLETION_INDEX: '1' }, place).partition).toBeUndefined()
  })

  it('are missed where a pod has a number, but nothing says of how many', () => {
    const alone = { JOB_COMPLETION_INDEX: '0' }
    expect(missingPartition({}, alone)).toBe(
      'JOB_COMPLETION_INDEX is 0, but SPLADE_BRIDGE_PARTITIONS is not set: all documents are loaded, not a share of them',
    )
    expect(missingPartition({ partition: { number: 0, of: 2 } }, alone)).toBeUndefined()
    expect(missingPartition({}, { ...alone, SPLADE_BRIDGE_PARTITIONS: '4' })).toBeUndefined()
    expect(missingPartition({}, {})).toBeUndefined()
  })

  it.each(['0/4', '5/4', '1/0', '1', 'a/b', '1/4/2', '-1/4'])('refuses %s', (text) => {
    expect(() => parsePartition(text)).toThrow('from 1/4 to 4/4')
  })

  it.each([
    [{ SPLADE_BRIDGE_PARTITIONS: '4' }, 'JOB_COMPLETION_INDEX must be a whole number, received ""'],
    [
      { SPLADE_BRIDGE_PARTITIONS: '4', JOB_COMPLETION_INDEX: '4' },
      'JOB_COMPLETION_INDEX must be less than SPLADE_BRIDGE_PARTITIONS, received 4',
    ],
    [
      { SPLADE_BRIDGE_PARTITIONS: 'x', JOB_COMPLETION_INDEX: '0' },
      'SPLADE_BRIDGE_PARTITIONS must be a whole',
    ],
  ])('refuses the variables %j', (environment, message) => {
    expect(() => loadOptions({}, environment, place)).toThrow(message)
  })
})

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
