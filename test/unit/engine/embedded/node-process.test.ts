import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { NodeLaunch } from '../../../../src/engine/embedded/node-process.js'
import { javaArguments, spawnNode } from '../../../../src/engine/embedded/node-process.js'

let folder: string
let launch: NodeLaunch

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'node-process-test-')))
  launch = {
    installation: '/cache/engines/opensearch-3-0123',
    javaHome: join(folder, 'no-jdk'),
    classArchive: '/cache/engines/opensearch-3-0123/classes-25.0.3.jsa',
    environment: {},
    dataDir: folder,
    temporary: false,
    port: 9200,
    heapMb: 512,
    settings: { 'cluster.name': 'a=b' },
    logFile: join(folder, 'logs', 'engine.log'),
    readyFile: join(folder, 'ready.json'),
    detach: false,
  }
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('javaArguments', () => {
  it('gives heap, class path and what the launcher must know', () => {
    expect(javaArguments(launch)).toEqual([
      '-Xmx512m',
      '@/cache/engines/opensearch-3-0123/jvm.options',
      '-XX:+AutoCreateSharedArchive',
      '-XX:SharedArchiveFile=/cache/engines/opensearch-3-0123/classes-25.0.3.jsa',
      '-Xlog:cds*=off',
      '-cp',
      '/cache/engines/opensearch-3-0123/launcher.jar:/cache/engines/opensearch-3-0123/lib/*',
      'spladebridge.embedded.Launcher',
      '--home',
      folder,
      '--http-port',
      '9200',
      '--ready-file',
      join(folder, 'ready.json'),
      '--setting',
      'cluster.name=a=b',
      '--stop-with-parent',
    ])
  })

  it('lets the launcher delete a temporary folder only', () => {
    expect(javaArguments({ ...launch, temporary: true })).toContain('--delete-home')
    expect(javaArguments(launch)).not.toContain('--delete-home')
  })
})

describe('spawnNode', () => {
  it('names the java that cannot be executed', async () => {
    await expect(spawnNode(launch)).rejects.toThrow(/no-jdk\/bin\/java cannot be executed: .*ENOENT/)
  })
})
