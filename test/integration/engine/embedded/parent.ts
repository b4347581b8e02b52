import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { EmbeddedEngineOptions } from '../../../../src/engine/embedded/options.js'
import type { EmbeddedEngine } from '../../../../src/engine/embedded/start.js'
import { testEnvironment } from '../../../engine-servers.js'

/** Options of the engine, and whether the parent has nothing more to do once it runs. */
export type ParentOptions = Omit<EmbeddedEngineOptions, 'environment' | 'onProgress'> & {
  readonly endAfterStart?: boolean
}

/**
 * Runs a process that starts an engine as its parent.
 *
 * @param variables of the environment, beside those of every engine under test
 */
export function startParent(options: ParentOptions, variables: NodeJS.ProcessEnv = {}): ChildProcess {
  const script = fileURLToPath(new URL('start-and-live.cjs', import.meta.url))
  return spawn(process.execPath, [script, JSON.stringify(options)], {
    env: { ...testEnvironment(), ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** What the parent knows of its engine, once that is green. */
export async function engineOf(parent: ChildProcess): Promise<Omit<EmbeddedEngine, 'stop'>> {
  if (parent.stdout === null) throw new Error('the parent has no standard output')
  const lines = createInterface({ input: parent.stdout })
  const [line] = (await Promise.race([once(lines, 'line'), failure(parent)])) as [string]
  return JSON.parse(line) as EmbeddedEngine
}

/** Ends the parent without giving it a chance to clean up. */
export async function killParent(parent: ChildProcess): Promise<void> {
  const ended = once(parent, 'exit')
  parent.kill('SIGKILL')
  await ended
}

async function failure(parent: ChildProcess): Promise<never> {
  const [status] = (await once(parent, 'exit')) as [number | null]
  throw new Error(`the parent ended with status ${status ?? 'none'} before its engine was green`)
}
