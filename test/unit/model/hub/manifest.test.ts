import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readExpectedFiles, recordFiles } from '../../../../src/model/hub/manifest.js'
import { useTemporaryFolder, writeFiles } from '../../../model-folder.js'

/** Of the empty file. */
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

describe('what a folder says of its files', () => {
  const folder = useTemporaryFolder()
  const read = async (name: string, files: Readonly<Record<string, string | object>>) =>
    readExpectedFiles(await writeFiles(join(folder.path, name), files))

  it('is read from splade-bridge.json first', async () => {
    const expected = await read('both', {
      'splade-bridge.json': { files: { 'a/b.json': { bytes: 0, sha256: EMPTY_SHA256 } } },
      SHA256SUMS: '',
    })
    expect(expected?.statedIn).toBe('splade-bridge.json')
    expect([...(expected?.files ?? [])]).toEqual([['a/b.json', { bytes: 0, sha256: EMPTY_SHA256 }]])
  })

  it('is read from SHA256SUMS, in text and binary mode', async () => {
    const expected = await read('sums', { SHA256SUMS: `${EMPTY_SHA256}  a\r\n${EMPTY_SHA256} *b c\n` })
    expect([...(expected?.files.keys() ?? [])]).toEqual(['a', 'b c'])
  })

  it('may be nothing', async () => {
    expect(await read('none', { 'config.json': {} })).toBeUndefined()
  })

  it.each([
    ['sum-line', { SHA256SUMS: `${EMPTY_SHA256}  a\nabc  b` }, 'SHA256SUMS:2: must hold 64'],
    ['sum-path', { SHA256SUMS: `${EMPTY_SHA256}  ../a` }, 'unsafe path'],
    ['no-files', { 'splade-bridge.json': {} }, '"files" must be an object'],
    ['null', { 'splade-bridge.json': { files: { a: null } } }, '"a" must have "bytes" and "sha256"'],
    ['path', { 'splade-bridge.json': { files: { '/a': {} } } }, 'unsafe path'],
  ])('is refused: %s', async (name, files, message) => {
    await expect(read(name, files)).rejects.toThrow(message)
  })

  it('can be recorded', async () => {
    const path = await writeFiles(join(folder.path, 'record'), { 'z.json': '', 'a/b.json': 'x' })
    const records = await recordFiles(path, ['z.json', 'a/b.json'])
    expect(Object.keys(records)).toEqual(['a/b.json', 'z.json'])
    expect(records['z.json']).toEqual({ bytes: 0, sha256: EMPTY_SHA256 })
  })
})
