import envPaths from 'env-paths'
import type { EngineId } from '../src/engine/embedded/catalogue.js'
import { ENGINE_IDS, engineSpec } from '../src/engine/embedded/catalogue.js'
import type { Environment } from '../src/engine/embedded/jdk.js'
import { findJdks, selectJdk } from '../src/engine/embedded/jdk.js'
import type { EmbeddedEngine } from '../src/engine/embedded/start.js'
import { startEmbeddedEngine } from '../src/engine/embedded/start.js'
import type { TestEngine } from './engine-addresses.js'
import { ENGINES_VARIABLE, newestOf } from './engine-addresses.js'

/**
 * Starts one node of every engine that a JDK of this machine can run, or of the newest of each family, but for those
 * that run already; and leaves their addresses to the tests in an environment variable, which jest's workers inherit.
 * The user's own cache folder is used, so that Maven runs once a machine and not once a run.
 *
 * @returns stops them all
 * @throws Error if there is no engine, or one does not start: a suite without its engine has tested nothing
 */
export async function startTestEngines(which: 'all' | 'newest'): Promise<() => Promise<void>> {
  const available = await availableEngines()
  const ids = which === 'all' ? available : newestOf(available)
  if (ids.length === 0) throw new Error('integration tests need a JDK of release 17 or newer; none was found')
  const running = JSON.parse(process.env[ENGINES_VARIABLE] ?? '[]') as readonly TestEngine[]
  const engines = await startAll(ids.filter((id) => running.every(({ engine }) => engine !== id)))
  const addresses = [...running, ...engines].map(({ engine, url, version, dataDir }): TestEngine => ({
    engine,
    url,
    version,
    dataDir,
  }))
  addresses.sort((a, b) => ENGINE_IDS.indexOf(a.engine) - ENGINE_IDS.indexOf(b.engine))
  process.env[ENGINES_VARIABLE] = JSON.stringify(addresses)
  return async () => {
    await Promise.all(engines.map((engine) => engine.stop()))
  }
}

/** `TEST_ENGINES=opensearch-3,elasticsearch-9` leaves the others out, for a quick look while developing. */
async function availableEngines(): Promise<readonly EngineId[]> {
  const jdks = await findJdks(process.env)
  const only = process.env.TEST_ENGINES?.split(',')
  return ENGINE_IDS.filter(
    (id) => selectJdk(jdks, engineSpec(id)) !== undefined && only?.includes(id) !== false,
  )
}

/** Nodes that start at a time: one a processor of a small machine; more only make each other late. */
const STARTS_AT_A_TIME = 2

/** One failure stops the others before it is thrown: nothing may be left running. */
async function startAll(ids: readonly EngineId[]): Promise<readonly EmbeddedEngine[]> {
  const engines: EmbeddedEngine[] = []
  for (let first = 0; first < ids.length; first += STARTS_AT_A_TIME) {
    const starts = await Promise.allSettled(ids.slice(first, first + STARTS_AT_A_TIME).map(startOne))
    engines.push(...starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : [])))
    const failure = starts.find((start) => start.status === 'rejected')
    if (failure === undefined) continue
    await Promise.all(engines.map((engine) => engine.stop()))
    throw failure.reason
  }
  return engines
}

function startOne(engine: EngineId): Promise<EmbeddedEngine> {
  const options = { cacheDir: testCacheDir(), environment: testEnvironment(), heapMb: 512 }
  return startEmbeddedEngine({ engine, ...options })
}

/** The cache folder that the command line uses too. */
export function testCacheDir(): string {
  return envPaths('splade-bridge', { suffix: '' }).cache
}

/**
 * Variables for nodes under test. Short-lived nodes with small indices gain nothing from Java's optimizing
 * compiler: without it a start takes about half the processor time.
 */
export function testEnvironment(): Environment {
  return { ...process.env, JDK_JAVA_OPTIONS: '-XX:TieredStopAtLevel=1' }
}
