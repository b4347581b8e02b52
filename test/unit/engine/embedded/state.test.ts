import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { EngineState } from '../../../../src/engine/embedded/state.js'
import {
  engineStatus,
  forgetEngine,
  parseState,
  readEngineState,
  recordEngine,
  stopEngine,
} from '../../../../src/engine/embedded/state.js'
import { isAlive, stopProcess } from '../../../../src/engine/embedded/stop.js'

let cacheDir: string
const started: number[] = []

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'state-test-'))
})

afterEach(async () => {
  for (const pid of started.splice(0)) await stopProcess(pid)
  await rm(cacheDir, { recursive: true, force: true })
})

function state(pid: number, more: Partial<EngineState> = {}): EngineState {
  return {
    pid,
    url: 'http://127.0.0.1:9',
    engine: 'opensearch-3',
    version: '3.8.0',
    dataDir: `/data-of-${cacheDir}`,
    logFile: '/log',
    ...more,
  }
}

/** A process whose command line says what an engine's would. */
async function runProgram(...commandLine: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', ...commandLine])
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  started.push(pid)
  return pid
}

describe('readEngineState', () => {
  it('is empty where no engine was ever started', async () => {
    expect(await readEngineState(cacheDir)).toEqual([])
  })

  it('gives back what was recorded for an engine that runs', async () => {
    const running = state(await runProgram('spladebridge.embedded.Launcher', '--home', state(0).dataDir))
    await recordEngine(cacheDir, running)
    expect(await readEngineState(cacheDir)).toEqual([running])
  })

  it('removes the entry of a process that has ended', async () => {
    const pid = await runProgram('spladebridge.embedded.Launcher', state(0).dataDir)
    await stopProcess(pid)
    await recordEngine(cacheDir, state(pid))
    expect(await readEngineState(cacheDir)).toEqual([])
    expect(await readdir(join(cacheDir, 'running'))).toEqual([])
  })

  it('removes the entry whose process id now belongs to another program', async () => {
    await recordEngine(cacheDir, state(await runProgram('an-editor', state(0).dataDir)))
    expect(await readEngineState(cacheDir)).toEqual([])
  })

  it('removes the entry whose process id now belongs to another engine', async () => {
    const pid = await runProgram('spladebridge.embedded.Launcher', '--home', '/another-folder')
    await recordEngine(cacheDir, state(pid))
    expect(await readEngineState(cacheDir)).toEqual([])
  })

  it('removes a damaged entry and keeps the others', async () => {
    const running = state(await runProgram('spladebridge.embedded.Launcher', '--home', state(0).dataDir))
    await recordEngine(cacheDir, running)
    await writeFile(join(cacheDir, 'running', '7.json'), '{"pid": 7, "url"')
    expect(await readEngineState(cacheDir)).toEqual([running])
    expect(await readdir(join(cacheDir, 'running'))).toEqual([`${running.pid}.json`])
  })
})

describe('parseState', () => {
  it('reads a complete entry', () => {
    expect(parseState(JSON.stringify(state(4711)))).toEqual(state(4711))
  })

  it.each([
    ['text', 'no json'],
    ['null', 'null'],
    ['another engine', JSON.stringify({ ...state(4711), engine: 'solr' })],
    ['the process that starts all others', JSON.stringify(state(1))],
    ['a process group', JSON.stringify(state(-4711))],
    ['no url', JSON.stringify({ ...state(4711), url: undefined })],
    ['no data folder', JSON.stringify({ ...state(4711), dataDir: undefined })],
  ])('refuses %s', (_, text) => {
    expect(parseState(text)).toBeUndefined()
  })
})

describe('engineStatus', () => {
  it('reports the health that the engine answers, and unreachable for none', async () => {
    const server = createServer((_, response) => response.end('{"status":"yellow"}'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const launcher = ['spladebridge.embedded.Launcher', state(0).dataDir]
    const answering = state(await runProgram(...launcher), { url })
    const silent = state(await runProgram(...launcher))
    await recordEngine(cacheDir, answering)
    await recordEngine(cacheDir, silent)
    const statuses = await engineStatus(cacheDir)
    expect(statuses).toContainEqual({ ...answering, health: 'yellow' })
    expect(statuses).toContainEqual({ ...silent, health: 'unreachable' })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('stopEngine', () => {
  it('stops all engines, tells which, and forgets them', async () => {
    const launcher = ['spladebridge.embedded.Launcher', state(0).dataDir]
    const both = [state(await runProgram(...launcher)), state(await runProgram(...launcher))]
    for (const one of both) await recordEngine(cacheDir, one)
    const stopped = await stopEngine(cacheDir)
    expect(new Set(stopped)).toEqual(new Set(both))
    expect(both.map(({ pid }) => isAlive(pid))).toEqual([false, false])
    expect(await readEngineState(cacheDir)).toEqual([])
  })

  it('stops only the one asked for', async () => {
    const launcher = ['spladebridge.embedded.Launcher', state(0).dataDir]
    const [kept, asked] = [state(await runProgram(...launcher)), state(await runProgram(...launcher))]
    for (const one of [kept, asked]) await recordEngine(cacheDir, one)
    expect(await stopEngine(cacheDir, asked.pid)).toEqual([asked])
    expect(await readEngineState(cacheDir)).toEqual([kept])
  })

  it('never stops a program that took over the process id of a dead engine', async () => {
    const pid = await runProgram('an-editor')
    await recordEngine(cacheDir, state(pid))
    expect(await stopEngine(cacheDir)).toEqual([])
    expect(isAlive(pid)).toBe(true)
  })

  it('finds nothing to stop where nothing runs', async () => {
    expect(await stopEngine(cacheDir)).toEqual([])
  })
})

describe('forgetEngine', () => {
  it('accepts a process id that was never recorded', async () => {
    await expect(forgetEngine(cacheDir, 4711)).resolves.toBeUndefined()
  })
})
