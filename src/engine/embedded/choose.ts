import { EmbeddedEngineError } from '../../errors.js'
import type { EngineId, EngineSpec } from './catalogue.js'
import { ENGINE_IDS, engineSpec } from './catalogue.js'
import type { Jdk } from './jdk.js'
import { selectJdk } from './jdk.js'

/** An engine and the JDK that it will run on. */
export interface EngineChoice {
  readonly spec: EngineSpec
  readonly jdk: Jdk
}

/**
 * Picks the engine asked for, or else the newest OpenSearch that a JDK found can run, and the JDK for it.
 *
 * @param engine undefined leaves the choice to the JDKs
 * @throws EmbeddedEngineError if no JDK fits; lists those found
 */
export function chooseEngine(jdks: readonly Jdk[], engine: EngineId | undefined): EngineChoice {
  for (const id of engine === undefined ? ENGINE_IDS : [engine]) {
    const spec = engineSpec(id)
    const jdk = selectJdk(jdks, spec)
    if (jdk !== undefined) return { spec, jdk }
  }
  throw new EmbeddedEngineError(`${need(engine)}; ${describe(jdks)}. ${ADVICE}`)
}

const ADVICE =
  'Install one (for example Eclipse Temurin from https://adoptium.net), or name its folder with JAVA_HOME'

function need(engine: EngineId | undefined): string {
  if (engine !== undefined)
    return `${engineSpec(engine).title} needs Java ${engineSpec(engine).minJava} or newer`
  const oldest = Math.min(...ENGINE_IDS.map((id) => engineSpec(id).minJava))
  return `the embedded engine needs Java ${oldest} or newer`
}

function describe(jdks: readonly Jdk[]): string {
  if (jdks.length === 0) return 'no Java was found in JAVA_HOME, the usual folders or on PATH'
  return `found only ${jdks.map((jdk) => `Java ${jdk.version} in ${jdk.home}`).join(', ')}`
}
