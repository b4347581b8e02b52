import { readdir, rename, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { rememberFingerprint } from '../../../src/model/fingerprint-cache.js'
import { useTemporaryFolder, writeFiles } from '../../model-folder.js'

const folder = useTemporaryFolder()

/** A file that was left alone for long enough to be trusted. */
async function settledFile(name: string, content = 'weights'): Promise<string> {
  await writeFiles(folder.path, { [name]: content })
  await wait(2_100)
  return join(folder.path, name)
}

/** Gives another fingerprint each time. */
function counter(): { readonly compute: () => Promise<string>; readonly count: () => number } {
  let count = 0
  return {
    compute: () => Promise.resolve((count++).toString(16).padStart(16, '0')),
    count: () => count,
  }
}

describe('rememberFingerprint', () => {
  it('computes once for files that do not change, and once for each settings', async () => {
    const file = await settledFile('calm')
    const { compute, count } = counter()
    const ask = (settings: string): Promise<string> =>
      rememberFingerprint(join(folder.path, 'cache-calm'), [file], settings, compute)
    expect(await ask('{}')).toBe(await ask('{}'))
    expect(count()).toBe(1)
    expect(await ask('{"precision":"int8"}')).not.toBe(await ask('{}'))
    expect(count()).toBe(2)
  })

  it('computes again when a file was replaced by one of the same size and time of modification', async () => {
    const file = await settledFile('replaced')
    const { compute, count } = counter()
    const ask = (): Promise<string> =>
      rememberFingerprint(join(folder.path, 'cache-replaced'), [file], '{}', compute)
    await ask()
    const { atime, mtime } = await stat(file)
    await writeFiles(folder.path, { other: 'WEIGHTS' })
    await utimes(join(folder.path, 'other'), atime, mtime)
    await rename(join(folder.path, 'other'), file)
    await ask()
    expect(count()).toBe(2)
  })

  it('remembers nothing of a file that was written just now', async () => {
    await writeFiles(folder.path, { fresh: 'weights' })
    const { compute, count } = counter()
    const ask = (): Promise<string> =>
      rememberFingerprint(join(folder.path, 'cache-fresh'), [join(folder.path, 'fresh')], '{}', compute)
    await ask()
    await ask()
    expect(count()).toBe(2)
  })

  it('remembers nothing of a file that changed while it was read', async () => {
    const file = await settledFile('moving')
    const { compute } = counter()
    const cache = join(folder.path, 'cache-moving')
    const changing = async (): Promise<string> => {
      await writeFile(file, 'changed')
      return compute()
    }
    await rememberFingerprint(cache, [file], '{}', changing)
    await expect(readdir(cache)).rejects.toThrow('ENOENT')
  })

  it('does without a cache folder that cannot be written', async () => {
    const file = await settledFile('stubborn')
    await writeFiles(folder.path, { 'no-folder': 'a file where the folder should be' })
    const { compute, count } = counter()
    const ask = (): Promise<string> =>
      rememberFingerprint(join(folder.path, 'no-folder'), [file], '{}', compute)
    await ask()
    await expect(ask()).resolves.toMatch(/^[0-9a-f]{16}$/)
    expect(count()).toBe(2)
  })

  it('writes a damaged entry anew', async () => {
    const file = await settledFile('sound')
    const { compute, count } = counter()
    const entries = join(folder.path, 'cache-damaged', 'fingerprints')
    const ask = (): Promise<string> =>
      rememberFingerprint(join(folder.path, 'cache-damaged'), [file], '{}', compute)
    await ask()
    const [entry] = await readdir(entries)
    await writeFile(join(entries, entry!), '{"state":')
    await ask()
    await ask()
    expect(count()).toBe(2)
    expect(await readdir(entries)).toEqual([entry])
  })
})
