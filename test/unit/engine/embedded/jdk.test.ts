import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { engineSpec } from '../../../../src/engine/embedded/catalogue.js'
import type { Jdk } from '../../../../src/engine/embedded/jdk.js'
import {
  featureOf,
  findJdks,
  jdkAt,
  parseReleaseVersion,
  selectJdk,
} from '../../../../src/engine/embedded/jdk.js'

let folder: string

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'jdk-test-')))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function installation(name: string, version: string, programs: readonly string[]): Promise<string> {
  const home = join(folder, name)
  await mkdir(join(home, 'bin'), { recursive: true })
  await writeFile(join(home, 'release'), `IMPLEMENTOR="Test"\nJAVA_VERSION="${version}"\n`)
  for (const program of programs) await writeFile(join(home, 'bin', program), '')
  return home
}

describe('parseReleaseVersion', () => {
  it('reads the version between the quotes', () => {
    expect(parseReleaseVersion('IMPLEMENTOR="Eclipse Adoptium"\nJAVA_VERSION="25.0.3"\n')).toBe('25.0.3')
  })

  it('finds none in a file without one', () => {
    expect(parseReleaseVersion('JAVA_RUNTIME_VERSION="25.0.3+9"\n')).toBeUndefined()
  })
})

describe('featureOf', () => {
  it.each([
    ['17.0.15', 17],
    ['25', 25],
    ['1.8.0_392', 8],
    ['21-ea', 21],
  ])('of %s is %i', (version, feature) => {
    expect(featureOf(version)).toBe(feature)
  })
})

describe('jdkAt', () => {
  it('tells a full JDK from a bare runtime', async () => {
    const full = await installation('full', '21.0.2', ['java', 'javac'])
    const bare = await installation('bare', '21.0.2', ['java'])
    expect(await jdkAt(full)).toEqual({
      home: full,
      version: '21.0.2',
      feature: 21,
      hasCompiler: true,
      source: 'option',
    })
    expect(await jdkAt(bare)).toMatchObject({ hasCompiler: false })
  })

  it('refuses a folder without Java, naming it', async () => {
    await expect(jdkAt(join(folder, 'nothing'))).rejects.toThrow(`${folder}/nothing holds no Java`)
  })
})

describe('findJdks', () => {
  it('lists JAVA_HOME first, and an installation behind two names once', async () => {
    const home = await installation('home', '99.0.1', ['java'])
    await symlink(home, join(folder, 'link'))
    const jdks = await findJdks({ JAVA_HOME: join(folder, 'link'), PATH: '' })
    expect(jdks[0]).toMatchObject({ home, feature: 99, source: 'JAVA_HOME' })
    expect(new Set(jdks.map((jdk) => jdk.home)).size).toBe(jdks.length)
  })

  it('passes over a JAVA_HOME that holds no Java', async () => {
    const jdks = await findJdks({ JAVA_HOME: join(folder, 'nothing'), PATH: '' })
    expect(jdks.map((jdk) => jdk.source)).not.toContain('JAVA_HOME')
  })

  it('asks the java on PATH where it lives, as it may be the stub of a version manager', async () => {
    const home = await installation('managed', '98.0.1', ['java'])
    const stubs = join(folder, 'stubs')
    await mkdir(stubs)
    await writeFile(join(stubs, 'java'), `#!/bin/sh\necho '    java.home = ${home}' >&2\n`, { mode: 0o755 })
    expect(await findJdks({ PATH: stubs })).toContainEqual({
      home,
      version: '98.0.1',
      feature: 98,
      hasCompiler: false,
      source: 'PATH',
    })
  })

  it('finds none on PATH where the stub of macOS only says that there is no Java', async () => {
    const stubs = join(folder, 'no-java')
    await mkdir(stubs)
    await writeFile(join(stubs, 'java'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    expect((await findJdks({ PATH: stubs })).map((jdk) => jdk.source)).not.toContain('PATH')
  })
})

describe('selectJdk', () => {
  const jdk = (feature: number, more: Partial<Jdk> = {}): Jdk => ({
    home: `/jdk-${feature}`,
    version: String(feature),
    feature,
    hasCompiler: true,
    source: 'folder',
    ...more,
  })
  const spec = engineSpec('opensearch-2')

  it('finds none where all are too old', () => {
    expect(selectJdk([jdk(8), jdk(11)], spec)).toBeUndefined()
  })

  it('prefers the oldest that fits', () => {
    expect(selectJdk([jdk(25), jdk(11), jdk(17), jdk(21)], spec)?.feature).toBe(17)
  })

  it('prefers JAVA_HOME to an older one that fits', () => {
    expect(selectJdk([jdk(17), jdk(21, { source: 'JAVA_HOME' })], spec)?.feature).toBe(21)
  })

  it('prefers a full JDK to the bare runtime in JAVA_HOME', () => {
    const runtime = jdk(17, { source: 'JAVA_HOME', hasCompiler: false })
    expect(selectJdk([runtime, jdk(21)], spec)?.feature).toBe(21)
    expect(selectJdk([runtime], spec)).toBe(runtime)
  })

  it('leaves the list as it was', () => {
    const jdks = [jdk(25), jdk(17)]
    selectJdk(jdks, spec)
    expect(jdks.map(({ feature }) => feature)).toEqual([25, 17])
  })
})
