import { randomBytes } from 'node:crypto'
import type { EngineClient, EngineInfo } from '../src/engine/client.js'
import type { EngineId } from '../src/engine/embedded/catalogue.js'
import type { SparseFieldType } from '../src/rank-features/field-type.js'
import type { TestEngine } from './engine-addresses.js'
import { ENGINES_VARIABLE, NEURAL_ENGINE, newestOf, outermostOf } from './engine-addresses.js'

export { NEURAL_ENGINE, type TestEngine } from './engine-addresses.js'

/**
 * Engines that run for this jest run, for `describe.each(ENGINES)`; never empty.
 * The node behind each is shared by all test files: use {@link uniqueName} for whatever is created in it.
 */
export const ENGINES: readonly EngineId[] = runningEngines()
  .map(({ engine }) => engine)
  .filter((id) => id !== NEURAL_ENGINE)

/**
 * Of those, one of each type of sparse field, for suites that are slow or say little of the engine: the newest
 * OpenSearch and the newest Elasticsearch.
 */
export const NEWEST_ENGINES: readonly EngineId[] = newestOf(ENGINES)

/**
 * Of those, the newest and the oldest OpenSearch and Elasticsearch, for suites to which the releases between them are
 * no news. Where `TEST_ENGINES` names engines, all that it names.
 */
export const OUTER_ENGINES: readonly EngineId[] =
  process.env.TEST_ENGINES === undefined ? outermostOf(ENGINES) : ENGINES

/** The type of field that an index gets there: mapper-extras is not published for Elasticsearch 8 and later. */
export function defaultFieldType(id: EngineId): SparseFieldType {
  return id === 'elasticsearch-8' || id === 'elasticsearch-9' ? 'sparse_vector' : 'rank_features'
}

/** @throws Error if the engine does not run; it then cannot be in {@link ENGINES} either */
export function testEngine(id: EngineId): TestEngine {
  const found = runningEngines().find(({ engine }) => engine === id)
  if (found === undefined) throw new Error(`no ${id} runs for this jest run`)
  return found
}

/** What {@link connect} is to find out about it. */
export function engineInfo(id: EngineId): EngineInfo {
  const distribution = id.startsWith('opensearch') ? 'opensearch' : 'elasticsearch'
  return { distribution, version: testEngine(id).version }
}

/** A name for an index, template or pipeline that no other test file uses, for example `books-3f9c2a71`. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`
}

/** Deletes the indices of a test file by their names: Elasticsearch 8 and later refuse a wildcard. */
export async function deleteIndices(client: EngineClient, prefix: string): Promise<void> {
  const { body } = await client.request({ method: 'GET', path: `/${prefix}*/_settings` })
  for (const name of Object.keys(body as object)) await client.request({ method: 'DELETE', path: `/${name}` })
}

function runningEngines(): readonly TestEngine[] {
  const engines = process.env[ENGINES_VARIABLE]
  if (engines === undefined) {
    throw new Error('no engine runs: engine tests belong under test/integration or test/acceptance')
  }
  return JSON.parse(engines) as TestEngine[]
}
