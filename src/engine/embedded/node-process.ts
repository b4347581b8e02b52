import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdir, open } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import type { Environment } from './jdk.js'

/** Main class of the launcher; also tells an engine's process from any other by its command line. */
export const LAUNCHER_CLASS = 'spladebridge.embedded.Launcher'

/** One start of a node. */
export interface NodeLaunch {
  /** Folder with `launcher.jar`, `lib/` and `jvm.options`. */
  readonly installation: string
  readonly javaHome: string
  readonly environment: Environment
  /** Folder of the node. */
  readonly dataDir: string
  /** True deletes the folder when the node stops. */
  readonly temporary: boolean
  /** 0 for a free port. */
  readonly port: number
  readonly heapMb: number
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
    ...(launch.detach ? [] : ['--stop-with-parent']),
  ]
}

/**
 * Starts the process. It never keeps this process alive; unless detached, it stops when this process ends,
 * because only this process holds the other end of its standard input.
 */
export async function spawnNode(launch: NodeLaunch): Promise<ChildProcess> {
  await mkdir(dirname(launch.logFile), { recursive: true })
  const log = await open(launch.logFile, 'w')
  try {
    const child = spawn(join(launch.javaHome, 'bin', 'java'), javaArguments(launch), {
      cwd: launch.dataDir,
      env: { ...launch.environment },
      detached: launch.detach,
      stdio: [launch.detach ? 'ignore' : 'pipe', log.fd, log.fd],
    })
    child.unref()
    return child
  } finally {
    await log.close()
  }
}
