import { access, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readLog } from '../../../../src/engine/embedded/log-file.js'
import { engineStatus, readEngineState, stopEngine } from '../../../../src/engine/embedded/state.js'
import { isAlive } from '../../../../src/engine/embedded/stop.js'
import { testCacheDir } from '../../../engine-servers.js'
import { NEWEST_ENGINES } from '../../../engines.js'
import { engineOf, killParent, startParent } from './parent.js'
import { send } from './send.js'
import { waitUntil } from './wait-until.js'

const cacheDir = testCacheDir()
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parent-death-test-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** True once the file or folder is gone. */
async function isGone(path: string): Promise<boolean> {
  return access(path).then(
    () => false,
    () => true,
  )
}

/** Process id that a node writes in its first line; 0 before that. */
function pidInLog(log: string): number {
  return Number(/\bpid\[(\d+)\]/.exec(log)?.[1] ?? 0)
}

describe.each(NEWEST_ENGINES.slice(0, 1))('the process of %s', (engine) => {
  it('ends with a parent that is killed, and deletes its temporary folder', async () => {
    const parent = startParent({ cacheDir, heapMb: 512, engine })
    const { pid, dataDir } = await engineOf(parent)
    await killParent(parent)
    await waitUntil('the engine has ended', () => !isAlive(pid))
    expect(await isGone(dataDir)).toBe(true)
  })

  it('outlives its parent when detached, is listed until it is stopped, and then leaves nothing', async () => {
    const parent = startParent({ cacheDir, heapMb: 512, engine, detach: true })
    const { pid, url, dataDir, version, logFile } = await engineOf(parent)
    await killParent(parent)
    expect(await send('GET', `${url}/_cluster/health`)).toMatchObject({ status: 'green' })
    const state = { pid, url, engine, version, dataDir, logFile }
    expect(await readEngineState(cacheDir)).toContainEqual(state)
    expect(await engineStatus(cacheDir)).toContainEqual({ ...state, health: 'green' })
    expect(await stopEngine(cacheDir, pid)).toEqual([state])
    expect(isAlive(pid)).toBe(false)
    expect(await isGone(dataDir)).toBe(true)
    expect(await readEngineState(cacheDir)).not.toContainEqual(state)
  })
})

// What follows is the launcher's own work, which all engines share: one of them shows it.
describe('the process of an embedded engine', () => {
  it('ends when a detached start is broken off before anything knows of it', async () => {
    const logFile = join(folder, 'engine.log')
    const parent = startParent({ cacheDir, heapMb: 512, logFile, detach: true }, { TMPDIR: folder })
    await waitUntil('the engine has named its process', async () => pidInLog(await readLog(logFile)) > 0)
    await killParent(parent)
    const pid = pidInLog(await readLog(logFile))
    await waitUntil('the engine has ended', () => !isAlive(pid))
    expect(await readdir(folder)).toEqual(['engine.log'])
    expect((await readEngineState(cacheDir)).map((state) => state.pid)).not.toContain(pid)
  })

  it('does not keep a parent alive that has nothing more to do', async () => {
    const parent = startParent({ cacheDir, heapMb: 512, endAfterStart: true })
    const { pid } = await engineOf(parent)
    if (parent.exitCode === null) await once(parent, 'exit')
    expect(parent.exitCode).toBe(0)
    await waitUntil('the engine has ended', () => !isAlive(pid))
  })

  it('closes its node on SIGINT', async () => {
    const logFile = join(folder, 'engine.log')
    const parent = startParent({ cacheDir, heapMb: 512, logFile })
    const { pid, dataDir } = await engineOf(parent)
    process.kill(pid, 'SIGINT')
    await waitUntil('the engine has ended', () => !isAlive(pid))
    expect(await readFile(logFile, 'utf8')).toMatch(/\] closed\n/)
    expect(await isGone(dataDir)).toBe(true)
    await killParent(parent)
  })
})
