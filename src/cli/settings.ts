import { type Command, Option } from 'commander'
import { cosmiconfig } from 'cosmiconfig'
import { ConfigurationError } from '../errors.js'

/** Settings that most commands share; each has a flag, an environment variable and a name in the configuration file. */
export const SETTINGS = {
  url: {
    flag: '--url <url>',
    env: 'SPLADE_BRIDGE_URL',
    help: 'address of the engine',
    preferred: 'the node started with --detach, or ',
    fallback: 'http://127.0.0.1:9200',
  },
  index: {
    flag: '--index <name>',
    env: 'SPLADE_BRIDGE_INDEX',
    help: 'index to write or search',
    fallback: 'splade',
  },
  model: {
    flag: '--model <name|folder|url>',
    env: 'SPLADE_BRIDGE_MODEL',
    help: 'encoder: bm25, a model name, a model folder or the address of an encoder server',
    preferred: 'the model of the index, or ',
    fallback: 'ko-en-mini',
  },
  field: {
    flag: '--field <name>',
    env: 'SPLADE_BRIDGE_FIELD',
    help: 'field that holds the vectors',
    fallback: 'splade',
  },
  tokenizer: {
    flag: '--tokenizer <name|folder>',
    env: 'SPLADE_BRIDGE_TOKENIZER',
    help: 'model folder whose tokenizer an encoder server uses, where it does not hand it out',
  },
  threads: {
    flag: '--threads <n>',
    env: 'SPLADE_BRIDGE_THREADS',
    help: 'CPU threads that encode',
    preferred: 'as many as there are processors',
  },
  device: {
    flag: '--device <cpu|cuda|auto>',
    env: 'SPLADE_BRIDGE_DEVICE',
    help: 'what encodes; auto is CUDA where it works',
    fallback: 'auto',
  },
  precision: {
    flag: '--precision <f32|f16|int8|int8-block>',
    env: 'SPLADE_BRIDGE_PRECISION',
    help: 'weights to encode with; "model quantize" makes them',
    preferred: "those that wrote the index, or the model's own",
  },
  encoderKey: { env: 'SPLADE_BRIDGE_ENCODER_KEY' },
  username: {
    flag: '--username <name>',
    env: 'SPLADE_BRIDGE_USERNAME',
    help: 'user for basic authentication',
  },
  password: { env: 'SPLADE_BRIDGE_PASSWORD' },
  apiKey: { env: 'SPLADE_BRIDGE_API_KEY' },
  telemetry: {
    flag: '--telemetry <off|hashed|text>',
    env: 'SPLADE_BRIDGE_TELEMETRY',
    help: 'write events for dashboards into the engine, queries as a hash or as they were typed',
    fallback: 'off',
  },
  caFile: {
    flag: '--ca-file <pem>',
    env: 'SPLADE_BRIDGE_CA_FILE',
    help: 'certificate authority of the engine',
  },
} as const satisfies Record<string, SettingDefinition>

interface SettingDefinition {
  /** Absent for secrets: a command line is visible to everybody on the machine. */
  readonly flag?: string
  readonly env: string
  readonly help?: string
  /** What is taken before the fallback, or in its place. */
  readonly preferred?: string
  readonly fallback?: string
}

export type SettingName = keyof typeof SETTINGS

/** What a person wrote to give a setting: the flag, the variable, or the name in the configuration file. */
export function writtenAs(name: SettingName, { source }: Setting): string {
  const { flag, env }: SettingDefinition = SETTINGS[name]
  if (source === 'environment') return env
  return source === 'command line' ? (flag?.split(' ', 1)[0] ?? name) : name
}

/** Where a value came from, in order of precedence. */
export type SettingSource =
  'command line' | 'environment' | 'configuration file' | 'running engine' | 'index' | 'default'

export interface Setting {
  readonly value: string
  readonly source: SettingSource
}

export interface Settings {
  readonly values: ReadonlyMap<SettingName, Setting>
  /** The configuration file in use. */
  readonly configFile: string | undefined
  /** Its section about documents, for whoever indexes them; not looked into here. */
  readonly documents?: unknown
}

/** Name of the section about documents in a configuration file. */
const DOCUMENTS = 'documents'

/** Adds the flags of the named settings to a command. */
export function addSettings(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const { flag, env, help, preferred, fallback }: SettingDefinition = SETTINGS[name]
    if (flag === undefined) continue
    const standard = `${preferred ?? ''}${fallback ?? ''}`
    const hint = standard === '' ? '' : `, default: ${standard}`
    command.addOption(new Option(flag, `${help ?? ''} (env: ${env}${hint})`))
  }
  return command
}

/** True for settings that have no flag and are never shown. */
export function isSecret(name: SettingName): boolean {
  return !('flag' in SETTINGS[name])
}

/** `threads` may be a number in a configuration file. */
function readValue(name: SettingName, value: unknown, place: string): string {
  if (typeof value === 'string') return value
  if (name === 'threads' && typeof value === 'number') return String(value)
  throw new ConfigurationError(name, `in ${place} must be a string`, shownValue(name, value))
}

function shownValue(name: SettingName, value: unknown): unknown {
  return isSecret(name) ? `a ${typeof value} (not shown)` : value
}

const SEARCH_PLACES = ['json', 'yaml', 'yml'].map((extension) => `splade-bridge.config.${extension}`)

/**
 * Resolves every setting: command line, then environment, then configuration file, then the default.
 *
 * @param flags the parsed command line
 * @param environment usually process.env
 * @param configPath a configuration file to use; default: the nearest `splade-bridge.config.{json,yaml,yml}`, from
 *   the working directory upwards
 * @throws ConfigurationError for an unreadable file, an unknown name in it, or a value that is not a string
 */
export async function resolveSettings(
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  configPath?: string,
): Promise<Settings> {
  const { fields, file } = await readConfigFile(configPath)
  const values = new Map<SettingName, Setting>()
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    const { env, fallback }: SettingDefinition = SETTINGS[name]
    const candidates: readonly [unknown, SettingSource][] = [
      [flags[name], 'command line'],
      [environment[env] === '' ? undefined : environment[env], 'environment'],
      [fields[name], 'configuration file'],
      [fallback, 'default'],
    ]
    const found = candidates.find(([value]) => value !== undefined)
    if (found === undefined) continue
    values.set(name, { value: readValue(name, found[0], file ?? found[1]), source: found[1] })
  }
  return { values, configFile: file, documents: fields[DOCUMENTS] }
}

async function readConfigFile(
  path: string | undefined,
): Promise<{ fields: Record<string, unknown>; file: string | undefined }> {
  const explorer = cosmiconfig('splade-bridge', {
    searchPlaces: [...SEARCH_PLACES],
    searchStrategy: 'global',
  })
  const result = await (path === undefined ? explorer.search() : explorer.load(path)).catch(
    (cause: unknown) => {
      throw new ConfigurationError(
        'configuration file',
        `cannot be read: ${(cause as Error).message}`,
        path ?? SEARCH_PLACES[0],
      )
    },
  )
  if (!result || result.isEmpty === true) return { fields: {}, file: undefined }
  const fields: unknown = result.config
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new ConfigurationError(result.filepath, 'must hold an object', fields)
  }
  for (const name of Object.keys(fields)) {
    if (!Object.hasOwn(SETTINGS, name) && name !== DOCUMENTS) {
      throw new ConfigurationError(
        `${result.filepath}: "${name}"`,
        `must be one of ${Object.keys(SETTINGS).join(', ')}, ${DOCUMENTS}`,
        name,
      )
    }
  }
  return { fields: fields as Record<string, unknown>, file: result.filepath }
}
