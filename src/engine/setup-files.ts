import { readFile } from 'node:fs/promises'
import { isObject, type JsonObject, member } from './json.js'

/** Files of `mappings/` and `pipelines/`: plain JSON, each as the engine takes it. */
export type SetupFile =
  | 'mappings/chunks'
  | 'mappings/data-stream'
  | 'mappings/documents'
  | 'mappings/side-fields'
  | 'mappings/telemetry'
  | 'mappings/vectors.rank-features'
  | 'mappings/vectors.sparse-vector'
  | 'pipelines/connectors/opensearch-ml-commons'
  | 'pipelines/encode'
  | 'pipelines/guard'
  | 'pipelines/search/hybrid'
  | 'pipelines/search/query-model'
  | 'pipelines/search/two-phase'

/** @returns what stands in the file */
export async function readSetupFile(file: SetupFile): Promise<JsonObject> {
  // Found from src/engine and from dist/engine alike.
  const text = await readFile(new URL(`../../${file}.json`, import.meta.url), 'utf8')
  return objectAt(JSON.parse(text))
}

/** @returns the object there, or an empty one where there is none */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  const found = member(value, ...path)
  return isObject(found) ? found : {}
}
