import { readFile } from 'node:fs/promises'
import type { ConnectOptions } from '../engine/connect.js'
import type { EngineClient } from '../engine/client.js'
import { readEngineState } from '../engine/embedded/state.js'
import { ConfigurationError } from '../errors.js'
import { userPaths } from './paths.js'
import { resolveSettings, type Setting, type SettingName, type Settings, writtenAs } from './settings.js'
import type { Terminal } from './terminal.js'

/** What every command is given: where to write, the environment, and a signal for Ctrl-C. */
export interface CliContext {
  readonly terminal: Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Aborted by the first SIGINT or SIGTERM: finish what is in flight and say how to go on. */
  readonly signal: AbortSignal
}

/** Resolves settings from the flags of a command; a running embedded engine stands in for the default URL. */
export async function readSettings(
  context: CliContext,
  flags: Readonly<Record<string, unknown>>,
): Promise<Settings> {
  const config = flags.config
  const settings = await resolveSettings(
    flags,
    context.environment,
    typeof config === 'string' ? config : undefined,
  )
  if (settings.values.get('url')?.source !== 'default') return settings
  const running = (await readEngineState(userPaths.cache)).at(-1)
  if (running === undefined) return settings
  const values = new Map(settings.values).set('url', { value: running.url, source: 'running engine' })
  return { ...settings, values }
}

/** The value of a setting that has a default. */
export function settingValue(settings: Settings, name: SettingName): string {
  const setting = settings.values.get(name)
  if (setting === undefined) throw new ConfigurationError(name, 'must be given', undefined)
  return setting.value
}

/** Connects to the engine that the settings name. */
export async function openEngine(
  settings: Settings,
  { compress }: Pick<ConnectOptions, 'compress'> = {},
): Promise<EngineClient> {
  const text = (name: SettingName): string | undefined => settings.values.get(name)?.value
  const caFile = settings.values.get('caFile')
  const options: { -readonly [Key in keyof ConnectOptions]: ConnectOptions[Key] } = {
    url: settingValue(settings, 'url'),
    ...(compress !== undefined && { compress }),
  }
  const username = text('username')
  const password = text('password')
  const apiKey = text('apiKey')
  if (username !== undefined) options.username = username
  if (password !== undefined) options.password = password
  if (apiKey !== undefined) options.apiKey = apiKey
  if (caFile !== undefined) options.ca = await readCertificate(caFile)
  // Loaded at need: the clients of both engines are the largest modules there are.
  const { connect } = await import('../engine/connect.js')
  return connect(options)
}

/**
 * @param caFile the setting of this name
 * @throws ConfigurationError for a file that cannot be read
 */
export async function readCertificate(caFile: Setting): Promise<string> {
  const path = caFile.value
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigurationError(
      writtenAs('caFile', caFile),
      `cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'error'})`,
      path,
    )
  })
}
