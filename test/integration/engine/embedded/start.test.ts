import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { engineSpec } from '../../../../src/engine/embedded/catalogue.js'
import type { EmbeddedEngineOptions } from '../../../../src/engine/embedded/options.js'
import type { EmbeddedEngine } from '../../../../src/engine/embedded/start.js'
import { startEmbeddedEngine } from '../../../../src/engine/embedded/start.js'
import { isAlive } from '../../../../src/engine/embedded/stop.js'
import { NEWEST_ENGINES, testEngine } from '../../../engines.js'
import { testCacheDir, testEnvironment } from '../../../engine-servers.js'
import { send } from './send.js'

/** Two starts, each well under a minute even on a busy machine. */
const TWO_STARTS_MS = 240_000

let folder: string
const engines: EmbeddedEngine[] = []

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'start-test-')))
})

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop()
  await rm(folder, { recursive: true, force: true })
})

async function start(options: Partial<EmbeddedEngineOptions>): Promise<EmbeddedEngine> {
  const required = { cacheDir: testCacheDir(), environment: testEnvironment(), heapMb: 512 }
  const engine = await startEmbeddedEngine({ ...required, ...options })
  engines.push(engine)
  return engine
}

// The launchers of all engines are made of the same parts, and every test run starts each of them once.
describe.each(NEWEST_ENGINES.slice(0, 1))('an embedded %s', (id) => {
  it(
    'keeps its documents over a restart on the same port, which needs neither Maven nor the PATH',
    async () => {
      const dataDir = join(folder, 'data')
      const logFile = join(folder, 'engine.log')
      const first = await start({ engine: id, dataDir, logFile })
      expect(first).toMatchObject({ engine: id, dataDir, logFile, version: testEngine(id).version })
      await send('PUT', `${first.url}/kept/_doc/1?refresh=true`, { title: 'kept' })
      await first.stop()
      expect(isAlive(first.pid)).toBe(false)
      expect(await readFile(logFile, 'utf8')).toMatch(/\] closed\n/)

      const progress: string[] = []
      const second = await start({
        engine: id,
        dataDir,
        port: Number(new URL(first.url).port),
        environment: { ...testEnvironment(), PATH: folder },
        onProgress: (message) => progress.push(message),
      })
      expect(second.url).toBe(first.url)
      expect(await send('GET', `${second.url}/kept/_doc/1`)).toMatchObject({ _source: { title: 'kept' } })
      const { title } = engineSpec(id)
      expect(progress).toEqual([expect.stringMatching(`^starting ${title} on Java \\d+`)])
      // The first node has left its classes to the second, if their Java makes such archives.
      const archive = /\/classes-[\d.]+\.jsa$/m.test(await readFile(`/proc/${second.pid}/maps`, 'utf8'))
      const [, feature] = /on Java (\d+)/.exec(progress[0] ?? '') ?? []
      expect(archive).toBe(Number(feature) >= 19)
    },
    TWO_STARTS_MS,
  )

  it('refuses the data folder that another node works in, and leaves that node alone', async () => {
    const { url, dataDir } = testEngine(id)
    await expect(start({ engine: id, dataDir })).rejects.toThrow(
      /the engine ended while starting \(exit status 1\)\. Its data folder is in use by another engine/,
    )
    expect(await send('GET', `${url}/_cluster/health`)).toMatchObject({ number_of_nodes: 1 })
  })

  it('refuses the port of a running node', async () => {
    const port = Number(new URL(testEngine(id).url).port)
    await expect(start({ engine: id, port })).rejects.toThrow(`port ${port} of 127.0.0.1 is taken`)
  })

  it('gives up after the time limit, naming the log', async () => {
    const logFile = join(folder, 'engine.log')
    await expect(start({ engine: id, logFile, startTimeoutMs: 1_000 })).rejects.toThrow(
      `the engine was not ready within 1000 ms: raise the start time limit, or read ${logFile}`,
    )
  })
})

describe('startEmbeddedEngine', () => {
  it('refuses a javaHome that cannot run the engine asked for', async () => {
    await expect(start({ engine: 'opensearch-3', javaHome: folder })).rejects.toThrow(
      `javaHome ${folder} holds no Java`,
    )
  })
})
