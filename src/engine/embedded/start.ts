import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineId, EngineSpec } from './catalogue.js'
import { fetchEngine, type FetchedEngine } from './fetch.js'
import type { Jdk } from './jdk.js'
import type { NodeLaunch, NodeProcess } from './node-process.js'
import { releaseNode, spawnNode } from './node-process.js'
import type { EmbeddedEngineOptions, NormalizedEngineOptions } from './options.js'
import { newLogFile } from './log-file.js'
import { normalizeEngineOptions } from './options.js'
import { requireFreePort, requireMemory } from './preconditions.js'
import { awaitGreen } from './readiness.js'
import { forgetEngine, recordEngine } from './state.js'
import { stopChild } from './stop.js'

/** The first release of Java that archives the classes it has read by itself (JDK-8261455). */
const FIRST_WITH_CLASS_ARCHIVE = 19

/** A running node. */
export interface EmbeddedEngine {
  /** For example `http://127.0.0.1:39201`. */
  readonly url: string
  readonly pid: number
  readonly engine: EngineId
  /** Version that the node itself reports, for example `3.8.0`. */
  readonly version: string
  /** Folder of the node. */
  readonly dataDir: string
  readonly logFile: string
  /** Stops the node and waits for its end; a temporary data folder is gone afterwards. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * Starts a real single-node cluster on 127.0.0.1 and waits until its health is green. Its jars come from Maven
 * on the first start and from the cache folder later. Security is off and disk watermarks are off: this is an
 * engine for developing, testing and trying out.
 *
 * @throws ConfigurationError for an option out of its range
 * @throws EmbeddedEngineError if no JDK fits, Maven is missing or fails, the port is taken, the heap does not fit,
 *   or the node ends or is not green in time; the message says what to do, with the last lines of the log
 */
export async function startEmbeddedEngine(options: EmbeddedEngineOptions): Promise<EmbeddedEngine> {
  const normalized = normalizeEngineOptions(options)
  await requireFreePort(normalized.port)
  requireMemory(normalized.heapMb)
  const fetched = await fetchEngine(normalized)
  normalized.onProgress(`starting ${fetched.spec.title} on Java ${fetched.jdk.version}…`)
  return launchNode(await prepareLaunch(normalized, fetched), fetched.spec, normalized)
}

async function prepareLaunch(
  options: NormalizedEngineOptions,
  { spec, jdk, installation }: FetchedEngine,
): Promise<NodeLaunch> {
  const dataDir = await dataFolder(options.dataDir)
  return {
    installation,
    javaHome: jdk.home,
    classArchive: classArchive(jdk, installation),
    environment: options.environment,
    dataDir,
    temporary: options.dataDir === undefined,
    port: options.port,
    heapMb: options.heapMb,
    settings: options.settings,
    logFile: options.logFile ?? (await newLogFile(options.cacheDir, spec.id)),
    readyFile: join(dataDir, `ready-${randomUUID()}.json`),
    detach: options.detach,
  }
}

/** An archive fits one build of Java only. */
function classArchive({ feature, version }: Jdk, installation: string): string | undefined {
  return feature < FIRST_WITH_CLASS_ARCHIVE ? undefined : join(installation, `classes-${version}.jsa`)
}

async function dataFolder(kept: string | undefined): Promise<string> {
  if (kept === undefined) return mkdtemp(join(await realpath(tmpdir()), 'splade-bridge-'))
  await mkdir(kept, { recursive: true })
  return kept
}

async function launchNode(
  launch: NodeLaunch,
  spec: EngineSpec,
  options: NormalizedEngineOptions,
): Promise<EmbeddedEngine> {
  const node = await spawnNode(launch)
  const stop = async () => endNode(node, launch, options.cacheDir)
  try {
    const { url, version } = await awaitGreen(node, launch, options.startTimeoutMs)
    const { dataDir, logFile } = launch
    const state = { url, pid: node.pid, engine: spec.id, version, dataDir, logFile }
    if (launch.detach) {
      await recordEngine(options.cacheDir, state)
      await releaseNode(node)
    }
    return { ...state, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function endNode({ pid, child }: NodeProcess, launch: NodeLaunch, cacheDir: string): Promise<void> {
  await stopChild(child)
  if (launch.detach) await forgetEngine(cacheDir, pid)
  // The launcher deletes a temporary folder itself, unless it was killed or never ran.
  if (launch.temporary) await rm(launch.dataDir, { recursive: true, force: true })
}
