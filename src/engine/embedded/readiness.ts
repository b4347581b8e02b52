import type { ChildProcess } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedEngineError } from '../../errors.js'
import { lastLines, readLog } from './log-file.js'
import type { NodeLaunch, NodeProcess } from './node-process.js'
import { portTaken } from './preconditions.js'

/** Between two looks at a starting node. */
const POLL_MS = 100

/** A node that answers. */
export interface ReadyNode {
  readonly url: string
  readonly version: string
}

/**
 * Waits until a node accepts requests and its health is green.
 *
 * @throws EmbeddedEngineError if the process ends first, or the time passes; the process is left to the caller
 */
export async function awaitGreen(
  { child }: NodeProcess,
  launch: NodeLaunch,
  timeoutMs: number,
): Promise<ReadyNode> {
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline) {
    const end = endOf(child)
    if (end !== undefined) throw await deathError(end, launch)
    const node = await probe(launch.readyFile)
    if (node !== undefined) {
      await rm(launch.readyFile, { force: true })
      return node
    }
    await sleep(POLL_MS)
  }
  throw await timeoutError(timeoutMs, launch)
}

function endOf(child: ChildProcess): string | undefined {
  if (child.signalCode !== null) return `signal ${child.signalCode}`
  return child.exitCode === null ? undefined : `exit status ${child.exitCode}`
}

async function probe(readyFile: string): Promise<ReadyNode | undefined> {
  const port = await readPort(readyFile)
  if (port === undefined) return undefined
  const url = `http://127.0.0.1:${port}`
  return (await isGreen(url)) ? { url, version: await readVersion(url) } : undefined
}

async function readPort(readyFile: string): Promise<number | undefined> {
  const text = await readFile(readyFile, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as { port: number }).port
}

interface Health {
  readonly status: string
  readonly initializing_shards: number
}

/**
 * Green, or as green as one node can be: an index with replicas in a kept folder stays yellow for ever, because
 * a copy never lies on the node of its original.
 */
async function isGreen(url: string): Promise<boolean> {
  try {
    const health = (await getJson(`${url}/_cluster/health`)) as Health
    return health.status === 'green' || (health.status === 'yellow' && health.initializing_shards === 0)
  } catch {
    return false
  }
}

interface LocalNode {
  readonly nodes: Readonly<Record<string, { readonly version: string }>>
}

/** From the node itself: the module that answers `GET /` is not published for Elasticsearch 8 and later. */
async function readVersion(url: string): Promise<string> {
  const { nodes } = (await getJson(`${url}/_nodes/_local?filter_path=nodes.*.version`)) as LocalNode
  const [node] = Object.values(nodes)
  if (node === undefined) throw new EmbeddedEngineError(`${url} does not tell its version`)
  return node.version
}

/** @throws Error if the node does not answer with status 2xx and JSON in 5 s */
export async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
  if (!response.ok) throw new EmbeddedEngineError(`${url} answered ${response.status}`)
  return response.json()
}

async function deathError(reason: string, launch: NodeLaunch): Promise<EmbeddedEngineError> {
  const log = await readLog(launch.logFile)
  if (/BindHttpException|BindException/.test(log) && launch.port !== 0) return portTaken(launch.port)
  const advice = ADVICE.find(([pattern]) => pattern.test(log))?.[1] ?? 'Its log tells why'
  return new EmbeddedEngineError(
    `the engine ended while starting (${reason}). ${advice}. Log: ${launch.logFile}\n${lastLines(log, 15)}`,
  )
}

/** What the node or the JVM writes into the log, and what the user can do about it. */
const ADVICE: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [
    /failed to obtain node locks/,
    'Its data folder is in use by another engine: stop that one, or choose another data folder',
  ],
  [
    /Could not reserve enough space|java\.lang\.OutOfMemoryError|insufficient memory/,
    'The heap does not fit: choose another heap size',
  ],
  [
    /cannot (?:upgrade|downgrade) a node|unsupported.*version|IndexFormatToo(?:New|Old)/i,
    'Its data folder was written by another version of the engine: choose that engine, or another data folder',
  ],
]

async function timeoutError(timeoutMs: number, launch: NodeLaunch): Promise<EmbeddedEngineError> {
  const log = await readLog(launch.logFile)
  return new EmbeddedEngineError(
    `the engine was not ready within ${timeoutMs} ms: raise the start time limit, or read ${launch.logFile}\n` +
      lastLines(log, 15),
  )
}
