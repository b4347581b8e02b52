import type { EngineId } from './catalogue.js'
import { chooseEngine, type EngineChoice } from './choose.js'
import { ensureInstallation, type InstallOptions } from './installation.js'
import { findJdks, jdkAt } from './jdk.js'

export interface FetchOptions extends Pick<InstallOptions, 'cacheDir' | 'environment' | 'onProgress'> {
  /** Default: the newest OpenSearch that a JDK found can run. */
  readonly engine?: EngineId | undefined
  /** Folder of the JDK. Default: the best of those found. */
  readonly javaHome?: string | undefined
}

/** An engine that is ready to be started. */
export interface FetchedEngine extends EngineChoice {
  /** Folder with its jars and its launcher, in the cache folder. */
  readonly installation: string
}

/**
 * Resolves the engine's jars with Maven and compiles its launcher, unless an earlier call did. Nothing of that needs
 * Maven or the network again.
 *
 * @throws EmbeddedEngineError if no JDK fits, Maven is missing or fails
 */
export async function fetchEngine(options: FetchOptions): Promise<FetchedEngine> {
  const { engine, javaHome, cacheDir, environment, onProgress } = options
  const jdks = javaHome === undefined ? await findJdks(environment) : [await jdkAt(javaHome)]
  const choice = chooseEngine(jdks, engine)
  return {
    ...choice,
    installation: await ensureInstallation({ ...choice, cacheDir, environment, onProgress }),
  }
}
