import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { EmbeddedEngineError } from '../../errors.js'
import type { Environment } from './jdk.js'
import { lastLines } from './log-file.js'

/** One Maven build. */
export interface MavenBuild {
  /** Folder with the `pom.xml`; the result appears in its `target` folder. */
  readonly project: string
  /** Receives Maven's output; overwritten. */
  readonly logFile: string
  /** JDK that compiles. */
  readonly javaHome: string
  readonly environment: Environment
  /** A profile of the `pom.xml` that compares checksums of its own. Default none. */
  readonly profile?: string
}

/** Checksums of the repository are binding where the build has none: a damaged or altered jar fails it. */
function mavenArguments({ profile }: MavenBuild): readonly string[] {
  const checksums =
    profile === undefined ? ['--strict-checksums'] : ['--lax-checksums', '--activate-profiles', profile]
  return ['--batch-mode', '--no-transfer-progress', ...checksums, 'package']
}

/** @throws EmbeddedEngineError if `mvn` is not on `PATH` or the build fails, with the last errors of its log */
export async function buildWithMaven(build: MavenBuild): Promise<void> {
  const log = await open(build.logFile, 'w')
  try {
    const child = spawn('mvn', mavenArguments(build), {
      cwd: build.project,
      env: { ...build.environment, JAVA_HOME: build.javaHome },
      stdio: ['ignore', log.fd, log.fd],
    })
    if (child.pid === undefined) throw await mavenMissing(child)
    const [status] = (await once(child, 'exit')) as [number | null]
    if (status !== 0) throw await buildFailure(build.logFile, status)
  } finally {
    await log.close()
  }
}

async function buildFailure(logFile: string, status: number | null): Promise<EmbeddedEngineError> {
  const errors = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line.startsWith('[ERROR]'))
  return new EmbeddedEngineError(
    `Maven could not resolve or build the engine (exit status ${status ?? 'none'}; log: ${logFile}). The first ` +
      `start needs Maven Central or a mirror of it in Maven's settings.\n${lastLines(errors.join('\n'), 12)}`,
  )
}

async function mavenMissing(child: ChildProcess): Promise<EmbeddedEngineError> {
  const [cause] = (await once(child, 'error')) as [Error]
  return new EmbeddedEngineError(
    `no Maven found (${cause.message}): the first start of an engine resolves its jars with mvn. Install Apache ` +
      'Maven 3.6.3 or newer so that mvn is on PATH, or use an engine that already runs, by its URL',
    { cause },
  )
}
