import { randomBytes } from 'node:crypto'
import type { EngineId } from '../src/engine/embedded/catalogue.js'
import type { TestEngine } from './engine-addresses.js'
import { ENGINES_VARIABLE } from './engine-addresses.js'

export type { TestEngine } from './engine-addresses.js'

/**
 * Engines that run for this jest run, for `describe.each(ENGINES)`; never empty.
 * The node behind each is shared by all test files: use {@link uniqueName} for whatever is created in it.
 */
export const ENGINES: readonly EngineId[] = runningEngines().map(({ engine }) => engine)

/** @throws Error if the engine does not run; it then cannot be in {@link ENGINES} either */
export function testEngine(id: EngineId): TestEngine {
  const found = runningEngines().find(({ engine }) => engine === id)
  if (found === undefined) throw new Error(`no ${id} runs for this jest run`)
  return found
}

/** A name for an index, template or pipeline that no other test file uses, for example `books-3f9c2a71`. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`
}

function runningEngines(): readonly TestEngine[] {
  const engines = process.env[ENGINES_VARIABLE]
  if (engines === undefined) {
    throw new Error('no engine runs: engine tests belong under test/integration or test/acceptance')
  }
  return JSON.parse(engines) as TestEngine[]
}
