import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { EmbeddedEngineError } from '../../errors.js'
import type { Environment } from './jdk.js'

/** Main class of the launcher; also tells an engine's process from any other by its command line. */
export const LAUNCHER_CLASS = 'spladebridge.embedded.Launcher'

/** One start of a node. */
export interface NodeLaunch {
  /** Folder with `launcher.jar`, `lib/`, `jvm.options` and, where the engine has them, `modules/` and `plugins/`. */
  readonly installation: string
  readonly javaHome: string
  /** Where this Java keeps the classes of the engine as it has read them; undefined for one that does not by itself. */
  readonly classArchive: string | undefined
  readonly environment: Environment
  /** Folder of the node. */
  readonly dataDir: string
  /** True deletes the folder when the node stops. */
  readonly temporary: boolean
  /** 0 for a free port. */
  readonly port: number
  readonly heapMb: number
  readonly settings: Readonly<Record<string, string>>
  readonly logFile: string
  /** File that appears once the node accepts requests. */
  readonly readyFile: string
  readonly detach: boolean
}

/** Arguments of `java`. */
export function javaArguments(launch: NodeLaunch): readonly string[] {
  const classPath = [join(launch.installation, 'launcher.jar'), join(launch.installation, 'lib', '*')]
  return [
    `-Xmx${launch.heapMb}m`,
    `@${join(launch.installation, 'jvm.options')}`,
    ...classArchiveArguments(launch.classArchive),
    '-cp',
    classPath.join(delimiter),
    LAUNCHER_CLASS,
    '--home',
    launch.dataDir,
    '--http-port',
    String(launch.port),
    '--ready-file',
    launch.readyFile,
    ...(launch.temporary ? ['--delete-home'] : []),
    ...Object.entries(launch.settings).flatMap(([name, value]) => ['--setting', `${name}=${value}`]),
    '--stop-with-parent',
  ]
}

/**
 * Java writes the archive when it ends, if there is none that it could use. What it says of archives is left out of the
 * log: with modules added it calls an error what only costs it a shortcut.
 */
function classArchiveArguments(file: string | undefined): readonly string[] {
  if (file === undefined) return []
  return ['-XX:+AutoCreateSharedArchive', `-XX:SharedArchiveFile=${file}`, '-Xlog:cds*=off']
}

/** A process that was started; it may have ended since. */
export interface NodeProcess {
  readonly pid: number
  readonly child: ChildProcess
}

/**
 * Starts the process. It never keeps this process alive, and it stops when this process ends, because only this
 * process holds the other end of its standard input. {@link releaseNode} ends that bond.
 *
 * @throws EmbeddedEngineError if `java` cannot be executed
 */
export async function spawnNode(launch: NodeLaunch): Promise<NodeProcess> {
  await mkdir(dirname(launch.logFile), { recursive: true })
  const log = await open(launch.logFile, 'w')
  try {
    const child = spawn(join(launch.javaHome, 'bin', 'java'), javaArguments(launch), {
      cwd: launch.dataDir,
      env: { ...launch.environment },
      // A session of its own: Ctrl-C in the terminal must not reach a node that is to stay.
      detached: launch.detach,
      stdio: ['pipe', log.fd, log.fd],
    })
    if (child.pid === undefined) throw await spawnError(child, launch.javaHome)
    // The pipe breaks when the node ends by itself; its exit status tells more.
    child.stdin?.on('error', () => undefined)
    child.unref()
    return { pid: child.pid, child }
  } finally {
    await log.close()
  }
}

async function spawnError(child: ChildProcess, javaHome: string): Promise<EmbeddedEngineError> {
  const [cause] = (await once(child, 'error')) as [Error]
  return new EmbeddedEngineError(`${javaHome}/bin/java cannot be executed: ${cause.message}`, { cause })
}

/** Lets the process outlive this one. */
export async function releaseNode({ child }: NodeProcess): Promise<void> {
  const { stdin } = child
  if (stdin !== null) await new Promise<void>((resolve) => stdin.end('\n', resolve))
}
