import { createHash } from 'node:crypto'
import { access, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EmbeddedEngineError } from '../../errors.js'
import type { EngineSpec } from './catalogue.js'
import type { Environment, Jdk } from './jdk.js'
import { buildWithMaven } from './maven.js'

/** Maven files and Java sources that travel with this package; equally deep from `src` and from `dist`. */
const SOURCES = fileURLToPath(new URL('../../../engine/', import.meta.url))

const WORK_PREFIX = '.building-'

/** No build takes that long: its process must have been killed. */
const ABANDONED_AFTER_MS = 3_600_000

/** What an engine is installed from and with. */
export interface InstallOptions {
  readonly spec: EngineSpec
  readonly jdk: Jdk
  /** The user's cache folder; installations lie in `engines/` under it. */
  readonly cacheDir: string
  readonly environment: Environment
  readonly onProgress: (message: string) => void
}

/**
 * Gives the folder with the engine's jars, its compiled launcher and its `jvm.options`, building it on first
 * use. The folder's name carries a digest of all that it is built from, so a changed `pom.xml` or launcher is
 * never served by an old installation; once there, neither Maven nor the network is needed.
 *
 * Two first starts at once each build in a folder of their own; the first to finish is kept.
 *
 * @throws EmbeddedEngineError if the cache is cold and there is no Maven, no compiler, or Maven fails
 */
export async function ensureInstallation(options: InstallOptions): Promise<string> {
  const engines = join(options.cacheDir, 'engines')
  const installed = join(engines, `${options.spec.id}-${await sourceDigest(options.spec)}`)
  if (await exists(installed)) return installed
  requireCompiler(options.jdk)
  options.onProgress(`resolving the jars of ${options.spec.title} with Maven (first start only)…`)
  await mkdir(engines, { recursive: true })
  await removeAbandonedBuilds(engines)
  const workDir = await mkdtemp(join(engines, WORK_PREFIX))
  try {
    await build(workDir, options)
    await publish(join(workDir, options.spec.id, 'target'), installed)
  } finally {
    await rm(workDir, { recursive: true, force: true })
  }
  return installed
}

/** SHA-256 over names and bytes of everything that the installation is built from; 16 hex digits. */
export async function sourceDigest(spec: EngineSpec): Promise<string> {
  const hash = createHash('sha256')
  for (const file of await sourceFiles(spec)) {
    hash.update(`${file}\0`).update(await readFile(join(SOURCES, file)))
  }
  return hash.digest('hex').slice(0, 16)
}

/** Paths under `engine/`, sorted; what a build in the source folder itself left behind does not count. */
async function sourceFiles(spec: EngineSpec): Promise<string[]> {
  const files: string[] = []
  for (const folder of spec.sourceFolders) {
    for (const name of await readdir(join(SOURCES, folder), { recursive: true })) {
      const path = join(folder, name)
      if (!isBuildOutput(name) && (await stat(join(SOURCES, path))).isFile()) files.push(path)
    }
  }
  return files.sort()
}

function isBuildOutput(name: string): boolean {
  return name.split(sep)[0] === 'target'
}

/** Builds on a copy: this package may lie in a folder that its user cannot write to. */
async function build(workDir: string, options: InstallOptions): Promise<void> {
  for (const file of await sourceFiles(options.spec)) {
    await cp(join(SOURCES, file), join(workDir, file))
  }
  const project = join(workDir, options.spec.id)
  const logFile = join(options.cacheDir, 'engines', `${options.spec.id}-maven.log`)
  const maven = { project, logFile, javaHome: options.jdk.home, environment: options.environment }
  await buildWithMaven(maven)
  if (options.spec.hasPlugins === true) await buildWithMaven({ ...maven, profile: 'plugins' })
}

/** Takes what a start needs out of the build and puts it in place in one step. */
async function publish(target: string, installed: string): Promise<void> {
  const complete = join(target, 'installation')
  await mkdir(complete)
  await rename(join(target, 'lib'), join(complete, 'lib'))
  await rename(join(target, 'launcher.jar'), join(complete, 'launcher.jar'))
  for (const folder of ['modules', 'plugins']) {
    if (await exists(join(target, folder))) await rename(join(target, folder), join(complete, folder))
  }
  await cp(join(target, '..', 'jvm.options'), join(complete, 'jvm.options'))
  try {
    await rename(complete, installed)
  } catch (error) {
    // Another process was faster: its installation has the same digest, hence the same content.
    if (!(await exists(installed))) throw error
  }
}

async function removeAbandonedBuilds(engines: string): Promise<void> {
  const names = (await readdir(engines)).filter((name) => name.startsWith(WORK_PREFIX))
  for (const folder of names.map((name) => join(engines, name))) {
    // Another process may finish its build between the two.
    const changed = await stat(folder).catch(() => undefined)
    if (changed !== undefined && Date.now() - changed.mtimeMs > ABANDONED_AFTER_MS)
      await rm(folder, { recursive: true, force: true })
  }
}

function requireCompiler(jdk: Jdk): void {
  if (jdk.hasCompiler) return
  throw new EmbeddedEngineError(
    `the first start compiles a small launcher, but ${jdk.home} (Java ${jdk.version}) is a runtime without ` +
      'javac: install a full JDK of that or a newer release',
  )
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
