import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { ENGINE_IDS, type EngineId, engineSpec } from '../../engine/embedded/catalogue.js'
import { fetchEngine } from '../../engine/embedded/fetch.js'
import { findJdks, selectJdk } from '../../engine/embedded/jdk.js'
import { startEmbeddedEngine, type EmbeddedEngine } from '../../engine/embedded/start.js'
import { engineStatus, stopEngine } from '../../engine/embedded/state.js'
import { isAlive } from '../../engine/embedded/stop.js'
import { EmbeddedEngineError } from '../../errors.js'
import type { CliContext } from '../context.js'
import { userPaths } from '../paths.js'
import { formatTable } from '../table.js'
import { note, print } from '../terminal.js'
import { wholeNumber } from '../whole-number.js'

const LOOK_EVERY_MS = 500

interface StartFlags {
  readonly engine?: EngineId
  readonly port?: number
  readonly dataDir?: string
  readonly heapMb?: number
  readonly javaHome?: string
  readonly logFile?: string
  readonly setting?: Readonly<Record<string, string>>
  readonly detach?: boolean
  readonly json?: boolean
}

interface FetchFlags {
  readonly javaHome?: string
  readonly json?: boolean
}

/** `splade-bridge engine start|stop|status|list|fetch`: a real node on this machine, without Docker. */
export function defineEngine(engine: Command, context: CliContext): void {
  engine.addHelpText(
    'after',
    '\nExamples:\n  $ splade-bridge engine start --detach\n  $ splade-bridge engine status\n  $ splade-bridge engine stop',
  )
  addStart(engine, context)
  addStop(engine, context)
  addStatus(engine, context)
  addList(engine, context)
  addFetch(engine, context)
}

function addStart(engine: Command, context: CliContext): void {
  engine
    .command('start')
    .description(
      'start a node on 127.0.0.1 and wait until it is green; Ctrl-C stops it, --detach leaves it running',
    )
    .addOption(
      new Option('--engine <id>', 'default: the newest OpenSearch that a JDK found here can run').choices(
        ENGINE_IDS,
      ),
    )
    .option('--port <number>', 'HTTP port (default: a free one)', wholeNumber)
    .option('--data-dir <folder>', 'keep data here (default: a temporary folder)')
    .option('--heap-mb <number>', 'Java heap in MiB (default: 1024)', wholeNumber)
    .option('--java-home <folder>', 'JDK to use (default: JAVA_HOME, then the usual folders, then PATH)')
    .option('--log-file <file>', "the node's log (default: in the cache folder)")
    .option('--setting <name=value>', 'setting of the node; repeatable', collectSetting)
    .option('--detach', 'return once the node is ready and leave it running')
    .option('--json', 'print {"url","pid","engine","version","dataDir"}')
    .addHelpText(
      'after',
      '\nExamples:\n  $ splade-bridge engine start\n  $ splade-bridge engine start --detach --port 9200 --data-dir ./data\n' +
        '  $ splade-bridge engine start --engine elasticsearch-9 --setting indices.query.bool.max_clause_count=4096',
    )
    .action((flags: StartFlags) => start(context, flags))
}

async function start(context: CliContext, flags: StartFlags): Promise<void> {
  const { terminal, signal } = context
  const { dataDir, logFile, javaHome, setting, json, ...rest } = flags
  const engine = await startEmbeddedEngine({
    ...rest,
    dataDir: dataDir && resolve(dataDir),
    logFile: logFile && resolve(logFile),
    settings: setting,
    javaHome: javaHome && resolve(javaHome),
    cacheDir: userPaths.cache,
    environment: context.environment,
    onProgress: (message) => {
      note(terminal, message)
    },
  })
  print(
    terminal,
    json === true ? describeAsJson(engine) : `${engine.engine} ${engine.version} is ready at ${engine.url}`,
  )
  if (flags.detach === true) {
    if (json !== true)
      print(terminal, 'the other commands find it by themselves; stop it with: splade-bridge engine stop')
    return
  }
  if (json !== true)
    print(
      terminal,
      `for the other commands: export SPLADE_BRIDGE_URL=${engine.url}\nlog: ${engine.logFile}\npress Ctrl-C to stop`,
    )
  try {
    await untilInterrupted(engine, signal)
  } finally {
    // Also where it has ended by itself: its temporary folder is still there.
    await engine.stop()
  }
}

function collectSetting(
  assignment: string,
  settings: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=]+)=(.*)$/.exec(assignment) ?? []
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('It must be name=value, as in cluster.name=other.')
  return { ...settings, [name]: value }
}

function describeAsJson({ url, pid, engine, version, dataDir }: EmbeddedEngine): string {
  return JSON.stringify({ url, pid, engine, version, dataDir })
}

function addStop(engine: Command, context: CliContext): void {
  engine
    .command('stop')
    .description('stop the nodes that were started with --detach')
    .option('--pid <number>', 'only the node with this process id', wholeNumber)
    .option('--json', 'print the stopped nodes as a JSON array')
    .addHelpText(
      'after',
      '\nExamples:\n  $ splade-bridge engine stop\n  $ splade-bridge engine stop --pid 4711',
    )
    .action(async ({ pid, json }: { pid?: number; json?: boolean }) => {
      const stopped = await stopEngine(userPaths.cache, pid)
      if (pid !== undefined && stopped.length === 0) {
        const way = '"splade-bridge engine status" lists those that there are'
        throw new EmbeddedEngineError(`no detached node has process id ${pid}; ${way}`)
      }
      if (json === true) print(context.terminal, JSON.stringify(stopped))
      else if (stopped.length === 0) print(context.terminal, 'no detached node is running')
      else for (const { engine: id, url } of stopped) print(context.terminal, `stopped ${id} at ${url}`)
    })
}

function addStatus(engine: Command, context: CliContext): void {
  engine
    .command('status')
    .description('list the nodes that were started with --detach')
    .option('--json', 'print them as a JSON array')
    .addHelpText('after', '\nExample:\n  $ splade-bridge engine status --json | jq -r .[0].url')
    .action(async ({ json }: { json?: boolean }) => {
      const running = await engineStatus(userPaths.cache)
      if (json === true) {
        print(context.terminal, JSON.stringify(running))
        return
      }
      if (running.length === 0) {
        print(
          context.terminal,
          'no detached node is running; start one with: splade-bridge engine start --detach',
        )
        return
      }
      const rows = running.map((node) => [
        node.health,
        node.engine,
        node.version,
        node.url,
        `pid ${node.pid}`,
        node.dataDir,
      ])
      for (const line of formatTable(rows)) print(context.terminal, line)
    })
}

function addList(engine: Command, context: CliContext): void {
  engine
    .command('list')
    .description('list the engines that can be started, and the Java that each would run on')
    .option('--json', 'print them as a JSON array')
    .addHelpText('after', '\nExample:\n  $ splade-bridge engine list')
    .action(async ({ json }: { json?: boolean }) => {
      const jdks = await findJdks(context.environment)
      const engines = ENGINE_IDS.map((id) => {
        const spec = engineSpec(id)
        return { id, minJava: spec.minJava, java: selectJdk(jdks, spec)?.version ?? null }
      })
      if (json === true) {
        print(context.terminal, JSON.stringify(engines))
        return
      }
      const rows = engines.map(({ id, minJava, java }) => [
        id,
        java === null ? `needs Java ${minJava} or newer` : `runs on Java ${java}`,
      ])
      for (const line of formatTable(rows)) print(context.terminal, line)
    })
}

function addFetch(engine: Command, context: CliContext): void {
  engine
    .command('fetch')
    .description(
      'fetch engines without starting them, for an image, or for a machine without network later on',
    )
    .addArgument(
      new Argument('[engine...]', 'default: the one that `engine start` would start').choices(ENGINE_IDS),
    )
    .option('--java-home <folder>', 'JDK to use (default: JAVA_HOME, then the usual folders, then PATH)')
    .option('--json', 'print [{"engine","folder"}]')
    .addHelpText(
      'after',
      '\nExamples:\n  $ splade-bridge engine fetch\n  $ splade-bridge engine fetch opensearch-3 elasticsearch-9',
    )
    .action((ids: readonly EngineId[], flags: FetchFlags) => fetchEngines(context, ids, flags))
}

async function fetchEngines(
  { terminal, environment }: CliContext,
  ids: readonly EngineId[],
  { javaHome, json }: FetchFlags,
): Promise<void> {
  const fetched: { readonly engine: EngineId; readonly folder: string }[] = []
  for (const engine of ids.length === 0 ? [undefined] : ids) {
    const { spec, installation } = await fetchEngine({
      engine,
      javaHome: javaHome && resolve(javaHome),
      cacheDir: userPaths.cache,
      environment,
      onProgress: (message) => {
        note(terminal, message)
      },
    })
    fetched.push({ engine: spec.id, folder: installation })
    if (json !== true) print(terminal, `${spec.id} is in ${installation}`)
  }
  if (json === true) print(terminal, JSON.stringify(fetched))
}

/** Waits for Ctrl-C. Looking after the node also keeps this process alive, which listening for a signal does not. */
async function untilInterrupted(engine: EmbeddedEngine, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (!isAlive(engine.pid))
      throw new EmbeddedEngineError(`the node has ended by itself; its log says why: ${engine.logFile}`)
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}
