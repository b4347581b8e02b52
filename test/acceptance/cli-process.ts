import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from '@jest/globals'
import { testCacheDir, testEnvironment } from '../engine-servers.js'

const ROOT = join(import.meta.dirname, '../..')
const SOURCES = join(ROOT, 'src')
const MAIN = join(ROOT, 'dist/cli/main.js')
/** What a build writes last, and writes always: of the rest, what did not change keeps its date. */
const BUILT_LAST = join(ROOT, 'dist/page/page.js')

/** The documents and queries that travel with the package. */
export const EXAMPLES = join(ROOT, 'examples')

/** What a command left behind. */
export interface CliResult {
  /** Exit code; undefined if a signal ended the process. */
  readonly code: number | undefined
  /** Standard output. */
  readonly out: string
  /** Standard error. */
  readonly err: string
}

export interface CliOptions {
  /** Standard input; default empty. */
  readonly input?: string | Uint8Array
  /** Laid over an environment that has none of the tool's own variables. */
  readonly env?: Readonly<Record<string, string>>
}

/** A command that still runs. */
export interface RunningCli {
  readonly child: ChildProcessWithoutNullStreams
  readonly result: Promise<CliResult>
  /** Waits until standard error holds a text; fails if the process ends before. */
  readonly untilErr: (text: string) => Promise<void>
}

/** A user's empty home with a working folder, in which commands run. */
export interface CliHome {
  /** The working folder. */
  readonly path: string
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>
  start(args: readonly string[], options?: CliOptions): RunningCli
  /** Writes a file into the working folder; objects become JSON lines. */
  write(name: string, content: string | readonly object[]): Promise<string>
}

/**
 * A home for the tests of one file, removed afterwards. Nothing of the real user's settings reaches it, but the
 * jars of the engines do: resolving them again would test Maven only.
 */
export function useCliHome(): CliHome {
  const folder = { path: '' }
  beforeAll(async () => {
    requireFreshBuild()
    folder.path = await mkdtemp(join(tmpdir(), 'splade-bridge-home-'))
    const cache = join(folder.path, 'cache', 'splade-bridge')
    await mkdir(cache, { recursive: true })
    await mkdir(join(folder.path, 'work'))
    await symlink(join(testCacheDir(), 'engines'), join(cache, 'engines'))
  })
  const started: RunningCli[] = []
  afterAll(async () => {
    // A test that failed half-way leaves its command waiting.
    for (const { child } of started) child.kill('SIGKILL')
    await rm(folder.path, { recursive: true, force: true })
  })
  const start = (args: readonly string[], options: CliOptions = {}): RunningCli => {
    const cwd = join(folder.path, 'work')
    const running = startCli(args, cwd, { ...homeEnvironment(folder.path), ...options.env })
    started.push(running)
    return running
  }
  return {
    get path() {
      return join(folder.path, 'work')
    },
    start,
    run(args, options = {}) {
      const { child, result } = start(args, options)
      // A command that fails early does not read its input.
      child.stdin.on('error', () => undefined)
      child.stdin.end(options.input ?? '')
      return result
    },
    async write(name, content) {
      const path = join(folder.path, 'work', name)
      await writeFile(path, typeof content === 'string' ? content : toJsonLines(content))
      return path
    },
  }
}

export function toJsonLines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('')
}

/** The one JSON value that a command printed; fails if there is anything else on standard output. */
export function onlyJson({ out }: CliResult): unknown {
  return JSON.parse(out) as unknown
}

/** @throws Error if the compiled command line is missing or older than its sources */
function requireFreshBuild(): void {
  if (!existsSync(MAIN) || !existsSync(BUILT_LAST))
    throw new Error('dist/ is missing or incomplete: run "npm run build" first')
  const built = statSync(BUILT_LAST).mtimeMs
  const newer = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).find(
    (path) => path.endsWith('.ts') && statSync(join(SOURCES, path)).mtimeMs > built,
  )
  if (newer !== undefined)
    throw new Error(`dist/ is older than src/${newer}: run "npm run build", then these tests`)
}

function homeEnvironment(home: string): NodeJS.ProcessEnv {
  const own = /^(SPLADE_BRIDGE_.*|NO_COLOR|FORCE_COLOR)$/
  const inherited = Object.entries(testEnvironment()).filter(([name]) => !own.test(name))
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_STATE_HOME: join(home, 'state'),
  }
}

function startCli(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): RunningCli {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env })
  const seen = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (seen.out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (seen.err += chunk))
  const result = new Promise<CliResult>((resolve) => {
    child.once('close', (code) => {
      resolve({ code: code ?? undefined, ...seen })
    })
  })
  const untilErr = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (seen.err.includes(text)) resolve()
      }
      child.stderr.on('data', look)
      child.once('exit', () => {
        reject(new Error(`the command ended before it said "${text}": ${seen.err}`))
      })
      look()
    })
  return { child, result, untilErr }
}
