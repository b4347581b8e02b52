import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { EngineId } from '../../../../src/engine/embedded/catalogue.js'
import { engineSpec } from '../../../../src/engine/embedded/catalogue.js'
import { ensureInstallation } from '../../../../src/engine/embedded/installation.js'
import { findJdks, selectJdk } from '../../../../src/engine/embedded/jdk.js'
import { ENGINES } from '../../../engines.js'

let cacheDir: string

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'installation-test-'))
})

afterAll(async () => {
  await rm(cacheDir, { recursive: true, force: true })
})

const [id] = ENGINES as [EngineId]

describe(`installing ${id} into an empty cache`, () => {
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
    expect((await readdir(one)).sort()).toEqual(['jvm.options', 'launcher.jar', 'lib'])
    expect(
      (await readdir(join(one, 'lib'))).filter((jar) => jar.startsWith('lucene-analysis-nori')),
    ).toHaveLength(1)
    expect((await readdir(join(cacheDir, 'engines'))).filter((name) => name.startsWith('.'))).toEqual([])

    expect(await install()).toBe(one)
    expect(progress).toHaveLength(2)
  })
})
