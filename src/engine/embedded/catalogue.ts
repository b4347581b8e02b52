import { EmbeddedEngineError } from '../../errors.js'

/** Engines that can be started without Docker, newest first; each has a folder of its name under `engine/`. */
export const ENGINE_IDS = ['opensearch-3', 'opensearch-2'] as const

/** One of {@link ENGINE_IDS}. */
export type EngineId = (typeof ENGINE_IDS)[number]

/** What an engine needs. */
export interface EngineSpec {
  readonly id: EngineId
  /** Name for people. */
  readonly title: string
  /** Oldest Java feature release that the engine's own classes load on. */
  readonly minJava: number
  /** Folders under `engine/` that its launcher is built from; the one with the `pom.xml` first. */
  readonly sourceFolders: readonly string[]
}

/** @throws EmbeddedEngineError for a name that is not in {@link ENGINE_IDS} */
export function engineSpec(id: string): EngineSpec {
  switch (id) {
    case 'opensearch-3':
      return { id, title: 'OpenSearch 3', minJava: 21, sourceFolders: [id, 'opensearch'] }
    case 'opensearch-2':
      return { id, title: 'OpenSearch 2', minJava: 17, sourceFolders: [id, 'opensearch'] }
    default:
      throw new EmbeddedEngineError(
        `unknown engine ${JSON.stringify(id)}; known are ${ENGINE_IDS.join(', ')}`,
      )
  }
}
