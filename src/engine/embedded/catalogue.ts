import { EmbeddedEngineError } from '../../errors.js'

/**
 * Engines that can be started without Docker; each has a folder of its name under `engine/`. Where nobody names one,
 * the first that a JDK found here can run is taken; so what only a few want comes last.
 */
export const ENGINE_IDS = [
  'opensearch-3',
  'opensearch-2',
  'opensearch-1',
  'elasticsearch-9',
  'elasticsearch-8',
  'elasticsearch-7',
  'opensearch-3-neural',
] as const

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
  /** Whether its `pom.xml` has a profile `plugins`, for plugins with folders and class loaders of their own. */
  readonly hasPlugins?: true
}

const OPENSEARCH = ['opensearch', 'launcher']
/** From release 3 on, modules of the class path are described and not only named. */
const MODULAR_OPENSEARCH = ['opensearch-modules', ...OPENSEARCH]
const ELASTICSEARCH = ['elasticsearch', 'launcher']
/** From release 8 on, modules are loaded from folders, not from the class path. */
const MODULAR_ELASTICSEARCH = ['elasticsearch-modules', ...ELASTICSEARCH]

/** @throws EmbeddedEngineError for a name that is not in {@link ENGINE_IDS} */
export function engineSpec(id: string): EngineSpec {
  switch (id) {
    case 'opensearch-3':
      return { id, title: 'OpenSearch 3', minJava: 21, sourceFolders: [id, ...MODULAR_OPENSEARCH] }
    case 'opensearch-3-neural':
      return {
        id,
        title: 'OpenSearch 3 with neural-search',
        minJava: 21,
        sourceFolders: [id, ...MODULAR_OPENSEARCH],
        hasPlugins: true,
      }
    case 'opensearch-2':
      return { id, title: 'OpenSearch 2', minJava: 17, sourceFolders: [id, ...OPENSEARCH] }
    case 'opensearch-1':
      return { id, title: 'OpenSearch 1', minJava: 17, sourceFolders: [id, ...OPENSEARCH] }
    case 'elasticsearch-9':
      return { id, title: 'Elasticsearch 9', minJava: 21, sourceFolders: [id, ...MODULAR_ELASTICSEARCH] }
    case 'elasticsearch-8':
      return { id, title: 'Elasticsearch 8', minJava: 17, sourceFolders: [id, ...MODULAR_ELASTICSEARCH] }
    case 'elasticsearch-7':
      return { id, title: 'Elasticsearch 7', minJava: 17, sourceFolders: [id, ...ELASTICSEARCH] }
    default:
      throw new EmbeddedEngineError(
        `unknown engine ${JSON.stringify(id)}; known are ${ENGINE_IDS.join(', ')}`,
      )
  }
}
