import { isAbsolute } from 'node:path'
import { ConfigurationError } from '../../errors.js'
import type { EngineId } from './catalogue.js'
import { ENGINE_IDS } from './catalogue.js'
import type { Environment } from './jdk.js'

/** How {@link startEmbeddedEngine} starts a node. */
export interface EmbeddedEngineOptions {
  /** Absolute path of the user's cache folder: installed engines, logs, and the list of detached engines. */
  readonly cacheDir: string
  /** Variables for the processes that are started; `PATH` and `JAVA_HOME` are read. The command line gives its own. */
  readonly environment: Environment
  /** Default: the newest OpenSearch that a JDK of this machine can run. */
  readonly engine?: EngineId | undefined
  /** HTTP port on 127.0.0.1, 0-65535; default 0, a free one chosen by the system. */
  readonly port?: number | undefined
  /** Folder of the node, kept and reused; default a temporary one, deleted when the node stops. */
  readonly dataDir?: string | undefined
  /** Java heap in MiB, 256-31,000; default 1,024. */
  readonly heapMb?: number | undefined
  /** JDK to run on; default found by {@link findJdks}. */
  readonly javaHome?: string | undefined
  /** Log of the node, overwritten; default a new file under `logs/` in the cache folder, kept for a week. */
  readonly logFile?: string | undefined
  /** Settings of the node over those that it has anyway, for example `{ 'cluster.name': 'other' }`; default none. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  /** Time from the start of the node to green health, in ms, at least 1; default 120,000. Maven's time is not counted. */
  readonly startTimeoutMs?: number | undefined
  /** True lets the node outlive this process and lists it for {@link readEngineState}; default false. */
  readonly detach?: boolean | undefined
  /** Receives short sentences for people about what takes time. */
  readonly onProgress?: ((message: string) => void) | undefined
}

/** {@link EmbeddedEngineOptions}, checked, with defaults. */
export interface NormalizedEngineOptions {
  readonly cacheDir: string
  readonly environment: Environment
  readonly engine: EngineId | undefined
  readonly port: number
  readonly dataDir: string | undefined
  readonly heapMb: number
  readonly javaHome: string | undefined
  readonly logFile: string | undefined
  readonly settings: Readonly<Record<string, string>>
  readonly startTimeoutMs: number
  readonly detach: boolean
  readonly onProgress: (message: string) => void
}

/** @throws ConfigurationError naming the option, its rule and the value received */
export function normalizeEngineOptions(options: EmbeddedEngineOptions): NormalizedEngineOptions {
  return Object.freeze({
    cacheDir: absolutePath('cacheDir', options.cacheDir),
    environment: options.environment,
    engine: options.engine === undefined ? undefined : knownEngine(options.engine),
    port: integer('port', options.port ?? 0, 0, 65_535),
    dataDir: options.dataDir === undefined ? undefined : absolutePath('dataDir', options.dataDir),
    heapMb: integer('heapMb', options.heapMb ?? 1_024, 256, 31_000),
    javaHome: options.javaHome === undefined ? undefined : absolutePath('javaHome', options.javaHome),
    logFile: options.logFile === undefined ? undefined : absolutePath('logFile', options.logFile),
    settings: nodeSettings(options.settings ?? {}),
    startTimeoutMs: integer('startTimeoutMs', options.startTimeoutMs ?? 120_000, 1, 3_600_000),
    detach: options.detach ?? false,
    onProgress: options.onProgress ?? ignore,
  })
}

function knownEngine(engine: string): EngineId {
  const known = ENGINE_IDS.find((id) => id === engine)
  if (known === undefined) {
    throw new ConfigurationError('engine', `must be one of ${ENGINE_IDS.join(', ')}`, engine)
  }
  return known
}

function integer(option: string, received: number, min: number, max: number): number {
  if (Number.isInteger(received) && received >= min && received <= max) return received
  throw new ConfigurationError(option, `must be a whole number from ${min} to ${max}`, received)
}

function nodeSettings(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const wrong = Object.keys(settings).find((name) => !/^[a-z][\w.*-]*$/i.test(name))
  if (wrong !== undefined) throw new ConfigurationError('settings', 'must have names of node settings', wrong)
  return settings
}

/** The node resolves paths against its own folder, so a relative one would mean two different places. */
function absolutePath(option: string, received: string): string {
  if (isAbsolute(received)) return received
  throw new ConfigurationError(option, 'must be an absolute path', received)
}

function ignore(): void {
  // Progress is wanted by the command line only.
}
