import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { engineSpec } from '../../../../src/engine/embedded/catalogue.js'
import type { InstallOptions } from '../../../../src/engine/embedded/installation.js'
import { ensureInstallation, sourceDigest } from '../../../../src/engine/embedded/installation.js'

let cacheDir: string

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'installation-test-'))
})

afterEach(async () => {
  await rm(cacheDir, { recursive: true, force: true })
})

function options(hasCompiler: boolean, progress: string[] = []): InstallOptions {
  return {
    spec: engineSpec('opensearch-2'),
    jdk: { home: '/jdk', version: '17.0.1', feature: 17, hasCompiler, source: 'folder' },
    cacheDir,
    environment: { PATH: cacheDir },
    onProgress: (message) => progress.push(message),
  }
}

describe('sourceDigest', () => {
  it('differs between engines that share a launcher', async () => {
    const [three, two] = await Promise.all([
      sourceDigest(engineSpec('opensearch-3')),
      sourceDigest(engineSpec('opensearch-2')),
    ])
    expect(three).toMatch(/^[0-9a-f]{16}$/)
    expect(three).not.toBe(two)
  })

  it('covers the shared launcher', async () => {
    const spec = engineSpec('opensearch-2')
    const own = await sourceDigest({ ...spec, sourceFolders: ['opensearch-2'] })
    expect(own).not.toBe(await sourceDigest(spec))
  })
})

describe('ensureInstallation with a cold cache', () => {
  it('tells to install Maven where mvn is not on PATH, and leaves no half-built folder', async () => {
    const progress: string[] = []
    await expect(ensureInstallation(options(true, progress))).rejects.toThrow(
      /no Maven found.*Install Apache Maven/,
    )
    expect(progress).toEqual([expect.stringContaining('resolving the jars of OpenSearch 2')])
    expect(await readdir(join(cacheDir, 'engines'))).toEqual(['opensearch-2-maven.log'])
  })

  it('tells to install a JDK where only a runtime was found', async () => {
    await expect(ensureInstallation(options(false))).rejects.toThrow(
      /\/jdk \(Java 17\.0\.1\) is a runtime without javac: install a full JDK/,
    )
  })
})
