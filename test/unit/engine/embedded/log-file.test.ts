import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { lastLines, newLogFile, readLog } from '../../../../src/engine/embedded/log-file.js'

let cacheDir: string

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'log-file-test-'))
})

afterEach(async () => {
  await rm(cacheDir, { recursive: true, force: true })
})

describe('newLogFile', () => {
  it('names a file of its own for each start', async () => {
    const first = await newLogFile(cacheDir, 'opensearch-3')
    expect(dirname(first)).toBe(join(cacheDir, 'logs'))
    expect(await newLogFile(cacheDir, 'opensearch-3')).not.toBe(first)
  })

  it('deletes logs that are a week old and keeps younger ones', async () => {
    const [old, young] = [await newLogFile(cacheDir, 'old'), await newLogFile(cacheDir, 'young')]
    for (const [file, days] of [[old, 8] as const, [young, 6] as const]) {
      await writeFile(file, '')
      const changed = new Date(Date.now() - days * 24 * 3_600_000)
      await utimes(file, changed, changed)
    }
    await newLogFile(cacheDir, 'new')
    expect((await readdir(join(cacheDir, 'logs'))).map((name) => join(cacheDir, 'logs', name))).toEqual([
      young,
    ])
  })
})

describe('lastLines', () => {
  it('keeps the end, without blank lines', () => {
    expect(lastLines('a\nb\n\n  \nc\n', 2)).toBe('b\nc')
  })
})

describe('readLog', () => {
  it('is empty for a log that was never written', async () => {
    expect(await readLog(join(cacheDir, 'none.log'))).toBe('')
  })
})
