import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { buildWithMaven } from '../../../../src/engine/embedded/maven.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maven-test-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function build(script?: string): Promise<void> {
  if (script !== undefined) await writeFile(join(folder, 'mvn'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const environment = { PATH: folder }
  await buildWithMaven({
    project: folder,
    logFile: join(folder, 'maven.log'),
    javaHome: '/jdk-25',
    environment,
  })
}

describe('buildWithMaven', () => {
  it('tells what to install where there is no mvn', async () => {
    await expect(build()).rejects.toThrow(/no Maven found \(spawn mvn ENOENT\).*Install Apache Maven 3\.6\.3/)
  })

  it('runs mvn on the JDK chosen, with binding checksums, and keeps its output', async () => {
    await build('echo "$JAVA_HOME $*"')
    expect(await readFile(join(folder, 'maven.log'), 'utf8')).toBe(
      '/jdk-25 --batch-mode --no-transfer-progress --strict-checksums package\n',
    )
  })

  it('shows the errors of a failed build, its status and its log', async () => {
    const failed = build('echo "[INFO] fine"; echo "[ERROR] Could not transfer artifact"; exit 1')
    await expect(failed).rejects.toThrow(
      `Maven could not resolve or build the engine (exit status 1; log: ${folder}/maven.log). The first start needs ` +
        "Maven Central or a mirror of it in Maven's settings.\n[ERROR] Could not transfer artifact",
    )
  })
})
