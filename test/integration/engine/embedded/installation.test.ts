import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { engineSpec } from '../../../../src/engine/embedded/catalogue.js'
import { ensureInstallation } from '../../../../src/engine/embedded/installation.js'
import { findJdks, selectJdk } from '../../../../src/engine/embedded/jdk.js'
import { NEWEST_ENGINES } from '../../../engines.js'

let cacheDir: string

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'installation-test-'))
})

afterEach(async () => {
  await rm(cacheDir, { recursive: true, force: true })
})

describe.each(NEWEST_ENGINES.slice(0, 1))('installing %s into an empty cache', (id) => {
  it('gives two starts at once one complete installation, and leaves nothing else', async () => {
    const spec = engineSpec(id)
    const jdk = selectJdk(await findJdks(process.env), spec)
    if (jdk === undefined) throw new Error(`${id} runs, so a JDK for it must have been found`)
    const progress: string[] = []
    const onProgress = (message: string) => progress.push(message)
    const install = async () =>
      ensureInstallation({ spec, jdk, cacheDir, environment: process.env, onProgress })
    const [one, other] = await Promise.all([install(), install()])
    expect(other).toBe(one)
    expect(progress).toHaveLength(2)
    const modules = id.startsWith('elasticsearch') ? ['modules'] : []
    expect((await readdir(one)).sort()).toEqual(['jvm.options', 'launcher.jar', 'lib', ...modules])
    expect(
      (await readdir(join(one, 'lib'))).filter((jar) => jar.startsWith('lucene-analysis-nori')),
    ).toHaveLength(1)
    expect((await readdir(join(cacheDir, 'engines'))).filter((name) => name.startsWith('.'))).toEqual([])

    expect(await install()).toBe(one)
    expect(progress).toHaveLength(2)
  })
})
