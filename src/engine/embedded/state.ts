import { execFile } from 'node:child_process'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { EngineId } from './catalogue.js'
import { ENGINE_IDS } from './catalogue.js'
import { LAUNCHER_CLASS } from './node-process.js'
import { getJson } from './readiness.js'
import { isAlive, stopProcess } from './stop.js'

/** A detached engine, as written down when it started. */
export interface EngineState {
  readonly pid: number
  readonly url: string
  readonly engine: EngineId
  readonly version: string
  readonly dataDir: string
  readonly logFile: string
}

/** A detached engine as it is now. */
export interface EngineStatus extends EngineState {
  /** Its cluster health, or `unreachable` if the process lives but does not answer. */
  readonly health: 'green' | 'yellow' | 'red' | 'unreachable'
}

const run = promisify(execFile)

/**
 * Lists the detached engines that run, oldest first. Entries whose process has ended, or whose process id now
 * belongs to some other program, are removed.
 *
 * @param cacheDir the folder that the engines were started with
 */
export async function readEngineState(cacheDir: string): Promise<readonly EngineState[]> {
  const running: EngineState[] = []
  for (const file of await stateFiles(cacheDir)) {
    const state = parseState(await readFile(file, 'utf8').catch(() => ''))
    if (state !== undefined && (await isRunning(state))) running.push(state)
    else await rm(file, { force: true })
  }
  return running
}

/** Like {@link readEngineState}, and asks each engine for its health. */
export async function engineStatus(cacheDir: string): Promise<readonly EngineStatus[]> {
  const states = await readEngineState(cacheDir)
  return Promise.all(states.map(async (state) => ({ ...state, health: await healthOf(state.url) })))
}

/**
 * Stops detached engines and waits for their end.
 *
 * @param only stops just the one with this process id; default all
 * @returns those that were stopped; empty if none ran
 */
export async function stopEngine(cacheDir: string, only?: number): Promise<readonly EngineState[]> {
  const states = await readEngineState(cacheDir)
  const chosen = states.filter((state) => only === undefined || state.pid === only)
  for (const state of chosen) {
    await stopProcess(state.pid)
    await forgetEngine(cacheDir, state.pid)
  }
  return chosen
}

/** Writes down a detached engine; a reader never sees half an entry. */
export async function recordEngine(cacheDir: string, state: EngineState): Promise<void> {
  await mkdir(stateFolder(cacheDir), { recursive: true })
  const file = stateFile(cacheDir, state.pid)
  await writeFile(`${file}.part`, `${JSON.stringify(state, null, 2)}\n`)
  await rename(`${file}.part`, file)
}

/** Removes the entry of a process id, if there is one. */
export async function forgetEngine(cacheDir: string, pid: number): Promise<void> {
  await rm(stateFile(cacheDir, pid), { force: true })
}

function stateFolder(cacheDir: string): string {
  return join(cacheDir, 'running')
}

function stateFile(cacheDir: string, pid: number): string {
  return join(stateFolder(cacheDir), `${pid}.json`)
}

async function stateFiles(cacheDir: string): Promise<string[]> {
  const names = await readdir(stateFolder(cacheDir)).catch(() => [])
  return names.filter((name) => name.endsWith('.json')).map((name) => join(stateFolder(cacheDir), name))
}

/** @returns undefined for anything but a complete entry */
export function parseState(text: string): EngineState | undefined {
  const entry = parseObject(text)
  const { pid, url, engine, version, dataDir, logFile } = entry
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 1) return undefined
  if (typeof url !== 'string' || typeof version !== 'string') return undefined
  if (typeof dataDir !== 'string' || typeof logFile !== 'string') return undefined
  const id = ENGINE_IDS.find((known) => known === engine)
  return id === undefined ? undefined : { pid, url, engine: id, version, dataDir, logFile }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Process ids are reused: only a launcher with the same data folder is the engine that was written down. */
async function isRunning(state: EngineState): Promise<boolean> {
  if (!isAlive(state.pid)) return false
  const command = await commandLine(state.pid)
  return command.includes(LAUNCHER_CLASS) && command.includes(state.dataDir)
}

/** Arguments of a process, joined by blanks; empty if it cannot be read. */
async function commandLine(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux')
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
    return (await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)])).stdout
  } catch {
    return ''
  }
}

async function healthOf(url: string): Promise<EngineStatus['health']> {
  try {
    const { status } = (await getJson(`${url}/_cluster/health`)) as { status: unknown }
    return status === 'green' || status === 'yellow' || status === 'red' ? status : 'unreachable'
  } catch {
    return 'unreachable'
  }
}
