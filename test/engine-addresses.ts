import type { EngineId } from '../src/engine/embedded/catalogue.js'

/** Carries the running engines from jest's global setup to the test files, as JSON. */
export const ENGINES_VARIABLE = 'SPLADE_BRIDGE_TEST_ENGINES'

/** Has the plugins that the suites of its own name are about; to the others it is an OpenSearch 3 like any. */
export const NEURAL_ENGINE = 'opensearch-3-neural'

/** A node that all test files of a jest run share. */
export interface TestEngine {
  readonly engine: EngineId
  readonly url: string
  readonly version: string
  /** Folder of the node. */
  readonly dataDir: string
}

/** @param ids newest first, as the catalogue has them */
export function newestOf(ids: readonly EngineId[]): readonly EngineId[] {
  return familiesOf(ids).flatMap((family) => family.slice(0, 1))
}

/** @param ids newest first, as the catalogue has them */
export function outermostOf(ids: readonly EngineId[]): readonly EngineId[] {
  return familiesOf(ids).flatMap((family) => [...new Set([...family.slice(0, 1), ...family.slice(-1)])])
}

function familiesOf(ids: readonly EngineId[]): readonly (readonly EngineId[])[] {
  return ['opensearch', 'elasticsearch'].map((family) =>
    ids.filter((id) => id.startsWith(family) && id !== NEURAL_ENGINE),
  )
}
