import type { Command } from 'commander'
import type { EngineClient } from '../../engine/client.js'
import { chooseEngine } from '../../engine/embedded/choose.js'
import { findJdks } from '../../engine/embedded/jdk.js'
import { chooseFieldType } from '../../engine/field-type.js'
import { ensureCompatible, readIndexMeta } from '../../engine/index-meta.js'
import type { Encoder } from '../../encoder/encoder.js'
import type { DeviceReport } from '../../inference/device.js'
import { type CliContext, openEngine, readSettings, settingValue } from '../context.js'
import { encoderSettings, openEncoder, precisionOf } from '../encoders.js'
import { EXIT } from '../exit.js'
import { addSettings, isSecret, type Settings } from '../settings.js'
import { formatTable } from '../table.js'
import { print } from '../terminal.js'
import { ENGINE_SETTINGS } from './init.js'

/** One line of the report. */
interface Check {
  readonly name: string
  readonly state: 'ok' | 'failed' | 'note'
  /** What was found, or what is wrong and what to do about it. */
  readonly detail: string
}

/** `splade-bridge doctor`: is everything there, and does it fit together? */
export function defineDoctor(command: Command, context: CliContext): void {
  addSettings(command, [...ENGINE_SETTINGS, 'field'])
  command
    .option('--json', 'print {"settings","checks"}')
    .addHelpText('after', '\nExample:\n  $ splade-bridge doctor --url http://127.0.0.1:9200 --index docs')
    .action((flags: { json?: boolean }) => doctor(context, flags.json === true, command.optsWithGlobals()))
}

async function doctor(context: CliContext, json: boolean, all: Record<string, unknown>): Promise<void> {
  const asked = await readSettings(context, all)
  const client = await openEngine(asked).catch(messageOf)
  const reached = typeof client === 'string' ? undefined : client
  const settings = await withModelOfIndex(asked, reached)
  try {
    const checks = [
      checkNode(),
      await checkJava(context),
      typeof client === 'string' ? failed('engine', client) : await describeEngine(settings, client),
      ...(await checkModelAndIndex(settings, reached)),
    ]
    if (json) print(context.terminal, JSON.stringify({ settings: shownSettings(settings), checks }))
    else printReport(context, settings, checks)
    if (checks.some(({ state }) => state === 'failed')) process.exitCode = EXIT.failed
  } finally {
    await reached?.close()
  }
}

/** Like the other commands, which take the model that wrote the index unless one is named. */
async function withModelOfIndex(settings: Settings, client: EngineClient | undefined): Promise<Settings> {
  if (client === undefined || settings.values.get('model')?.source !== 'default') return settings
  const meta = await readIndexMeta(client, settingValue(settings, 'index')).catch(() => undefined)
  if (meta === undefined) return settings
  const values = new Map(settings.values).set('model', { value: meta.encoder.name, source: 'index' })
  const precision = await precisionOf(meta.encoder.name, meta).catch(() => undefined)
  if (precision !== undefined && !values.has('precision'))
    values.set('precision', { value: precision, source: 'index' })
  return { ...settings, values }
}

function checkNode(): Check {
  const [major = 0] = process.versions.node.split('.').map(Number)
  const detail = `Node.js ${process.versions.node} on ${process.platform} ${process.arch}`
  return major >= 20 ? ok('node', detail) : failed('node', `${detail}; Node.js 20 or newer is needed`)
}

/** Without Java everything but the embedded engine works. */
async function checkJava({ environment }: CliContext): Promise<Check> {
  const jdks = await findJdks(environment)
  try {
    const { spec, jdk } = chooseEngine(jdks, undefined)
    const found = jdks.map(({ version, home }) => `${version} in ${home}`).join('; ')
    return ok('java', `found ${found}; "engine start" would run ${spec.title} on Java ${jdk.version}`)
  } catch (error) {
    return {
      name: 'java',
      state: 'note',
      detail: `${messageOf(error)} (only "engine start" and "quickstart" need it)`,
    }
  }
}

/** An engine without linear queries would not have been connected to. */
async function describeEngine(settings: Settings, client: EngineClient): Promise<Check> {
  const { distribution, version } = client.info
  const url = withoutCredentials(settingValue(settings, 'url'))
  try {
    const fieldType = await chooseFieldType(client, settingValue(settings, 'index'), undefined)
    return ok('engine', `${distribution} ${version} at ${url}; a new index gets a ${fieldType} field`)
  } catch (error) {
    return failed('engine', messageOf(error))
  }
}

async function checkModelAndIndex(
  settings: Settings,
  client: EngineClient | undefined,
): Promise<readonly Check[]> {
  const { encoder, check } = await checkModel(settings, client)
  try {
    const unchecked: Check = { name: 'index', state: 'note', detail: 'not checked: no engine' }
    return [check, client === undefined ? unchecked : await checkIndex(settings, client, encoder)]
  } finally {
    await encoder?.close()
  }
}

async function checkModel(
  settings: Settings,
  client: EngineClient | undefined,
): Promise<{ readonly encoder?: Encoder; readonly check: Check }> {
  const name = settingValue(settings, 'model')
  try {
    let device: DeviceReport | undefined
    const encoder = await openEncoder(name, {
      ...encoderSettings(settings),
      ...(await corpusOf(settings, client)),
      workload: 'single',
      onDevice: (report) => (device = report),
    })
    const [encoding] = await encoder.encodeDocuments(['A short text, to see that the model works. 짧은 글.'])
    const detail = `${encoder.identity.name} (fingerprint ${encoder.identity.fingerprint})${describeDevice(device)}; a test text has ${encoding?.vector.size ?? 0} active tokens`
    return { encoder, check: ok('model', detail) }
  } catch (error) {
    return { check: failed('model', `${messageOf(error)}; see "splade-bridge model list"`) }
  }
}

/** Without a report there is nothing to compute with: the encoder is lexical, or on another machine. */
function describeDevice(report: DeviceReport | undefined): string {
  if (report === undefined) return ''
  return ` on ${report.device === 'cuda' ? 'CUDA' : 'the CPU'} (${report.reason})`
}

async function corpusOf(settings: Settings, client: EngineClient | undefined) {
  if (client === undefined) return {}
  const index = settingValue(settings, 'index')
  const meta = await readIndexMeta(client, index).catch(() => undefined)
  const field = meta?.field ?? settingValue(settings, 'field')
  return {
    corpus: {
      client,
      index,
      field,
      ...(meta?.averageLength !== undefined && { averageLength: meta.averageLength }),
    },
  }
}

async function checkIndex(
  settings: Settings,
  client: EngineClient,
  encoder: Encoder | undefined,
): Promise<Check> {
  const index = settingValue(settings, 'index')
  try {
    const meta = await readIndexMeta(client, index)
    if (meta === undefined)
      return {
        name: 'index',
        state: 'note',
        detail: `there is no index ${index} yet; "splade-bridge init" or "index" creates it`,
      }
    if (encoder === undefined)
      return {
        name: 'index',
        state: 'note',
        detail: `${index} was written by ${meta.encoder.name}; not compared: no model`,
      }
    ensureCompatible(index, meta, encoder.identity)
    return ok(
      'index',
      `${index}: ${meta.fieldType} field ${meta.field}, written by ${meta.encoder.name}, the fingerprints agree`,
    )
  } catch (error) {
    return failed('index', messageOf(error))
  }
}

function printReport({ terminal }: CliContext, settings: Settings, checks: readonly Check[]): void {
  const { paint } = terminal
  const rows = shownSettings(settings).map(({ name, value, source }) => [
    `  ${name}`,
    value,
    paint.dim(source),
  ])
  print(terminal, paint.bold('Settings'))
  for (const line of formatTable(rows)) print(terminal, line)
  print(terminal, paint.bold('\nChecks'))
  const colour = { ok: paint.green('ok'), failed: paint.red('FAILED'), note: paint.yellow('note') }
  for (const line of formatTable(
    checks.map(({ name, state, detail }) => [`  ${colour[state]}`, name, detail]),
  ))
    print(terminal, line)
}

function shownSettings({
  values,
  configFile,
}: Settings): readonly { name: string; value: string; source: string }[] {
  return Array.from(values, ([name, { value, source }]) => ({
    name,
    value: isSecret(name) ? '(set, not shown)' : withoutCredentials(value),
    source: source === 'configuration file' ? `${source} ${configFile ?? ''}` : source,
  }))
}

function withoutCredentials(value: string): string {
  // A password may hold an @ or a / itself: everything up to the last @ goes.
  return value.replace(/\/\/.*@/, '//')
}

function ok(name: string, detail: string): Check {
  return { name, state: 'ok', detail }
}

function failed(name: string, detail: string): Check {
  return { name, state: 'failed', detail }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
