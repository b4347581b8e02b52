import { execFile } from 'node:child_process'
import { access, readFile, readdir, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EmbeddedEngineError } from '../../errors.js'
import type { EngineSpec } from './catalogue.js'

/** A Java installation of this machine. */
export interface Jdk {
  /** Folder that holds `bin/java`, links resolved. */
  readonly home: string
  /** For example `17.0.15`. */
  readonly version: string
  /** Feature release, for example 17. */
  readonly feature: number
  /** True if it can compile (`bin/javac`); a bare runtime cannot build the launcher. */
  readonly hasCompiler: boolean
  /** Where it was found first. */
  readonly source: 'option' | 'JAVA_HOME' | 'folder' | 'PATH'
}

/** Variables handed to the processes that are started; the command line gives its own `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

interface Candidate {
  readonly home: string
  readonly source: Jdk['source']
}

const run = promisify(execFile)

/**
 * Finds the Java installations of this machine: `JAVA_HOME`, the usual folders of Linux and macOS, `java` on
 * `PATH`. Each is listed once, in that order.
 */
export async function findJdks(environment: Environment): Promise<readonly Jdk[]> {
  const candidates = [
    ...javaHomeOf(environment),
    ...(await folderCandidates()),
    ...(await pathCandidates(environment)),
  ]
  const found = new Map<string, Jdk>()
  for (const candidate of candidates) {
    const jdk = await inspect(candidate)
    if (jdk !== undefined && !found.has(jdk.home)) found.set(jdk.home, jdk)
  }
  return [...found.values()]
}

/**
 * Reads the installation that an option names.
 *
 * @throws EmbeddedEngineError if the folder holds no Java
 */
export async function jdkAt(home: string): Promise<Jdk> {
  const jdk = await inspect({ home, source: 'option' })
  if (jdk !== undefined) return jdk
  throw new EmbeddedEngineError(`javaHome ${home} holds no Java: bin/java or the release file is missing`)
}

/**
 * Picks the installation to run an engine on: `JAVA_HOME` if it fits, else the oldest release that fits, as the
 * closest to what the engine was built for; full JDKs before bare runtimes.
 */
export function selectJdk(jdks: readonly Jdk[], spec: EngineSpec): Jdk | undefined {
  const fitting = jdks.filter((jdk) => jdk.feature >= spec.minJava)
  return fitting.sort(
    (a, b) =>
      Number(b.hasCompiler) - Number(a.hasCompiler) ||
      Number(isChosen(b)) - Number(isChosen(a)) ||
      a.feature - b.feature,
  )[0]
}

function isChosen(jdk: Jdk): boolean {
  return jdk.source === 'option' || jdk.source === 'JAVA_HOME'
}

function javaHomeOf(environment: Environment): Candidate[] {
  const home = environment.JAVA_HOME
  return home === undefined || home === '' ? [] : [{ home, source: 'JAVA_HOME' }]
}

/** Parent folders of installations, and where the installation lies within each of their children. */
function usualFolders(): readonly (readonly [parent: string, within: string])[] {
  const macOs = join('Contents', 'Home')
  const homebrew = join('libexec', 'openjdk.jdk', 'Contents', 'Home')
  return [
    ['/usr/lib/jvm', ''],
    ['/usr/java', ''],
    ['/opt/java', ''],
    ['/opt/jdk', ''],
    ['/Library/Java/JavaVirtualMachines', macOs],
    ['/opt/homebrew/opt', homebrew],
    ['/usr/local/opt', homebrew],
    [join(homedir(), '.sdkman', 'candidates', 'java'), ''],
    [join(homedir(), '.jdks'), ''],
    [join(homedir(), 'Library', 'Java', 'JavaVirtualMachines'), macOs],
  ]
}

async function folderCandidates(): Promise<Candidate[]> {
  const lists = await Promise.all(
    usualFolders().map(async ([parent, within]) => {
      const names = await readdir(parent).catch(() => [])
      return names.sort().map((name): Candidate => ({ home: join(parent, name, within), source: 'folder' }))
    }),
  )
  return lists.flat()
}

/** Asks `java` itself where it lives: on macOS and under version managers the command is only a stub. */
async function pathCandidates(environment: Environment): Promise<Candidate[]> {
  try {
    const { stderr } = await run('java', ['-XshowSettings:properties', '-version'], {
      env: { ...environment },
    })
    const home = /^\s*java\.home = (.+)$/m.exec(stderr)?.[1]
    return home === undefined ? [] : [{ home, source: 'PATH' }]
  } catch {
    return []
  }
}

async function inspect(candidate: Candidate): Promise<Jdk | undefined> {
  try {
    const home = await realpath(candidate.home)
    await access(join(home, 'bin', 'java'))
    const version = parseReleaseVersion(await readFile(join(home, 'release'), 'utf8'))
    if (version === undefined) return undefined
    return {
      home,
      version,
      feature: featureOf(version),
      hasCompiler: await exists(join(home, 'bin', 'javac')),
      source: candidate.source,
    }
  } catch {
    return undefined
  }
}

/** @param release text of the `release` file that every JDK since 7 carries */
export function parseReleaseVersion(release: string): string | undefined {
  return /^JAVA_VERSION="([^"]+)"/m.exec(release)?.[1]
}

/** Feature release of a version: 17 for `17.0.15`, 8 for `1.8.0_392`. */
export function featureOf(version: string): number {
  const [first = '', second = ''] = version.split(/[^0-9]+/)
  return Number(first === '1' ? second : first)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
