import { type Command, InvalidArgumentError } from 'commander'
import type { EngineClient } from '../../engine/client.js'
import { createIndex, type CreateIndexResult, DEFAULT_TEXT_FIELDS } from '../../engine/index-setup.js'
import type { Encoder } from '../../encoder/encoder.js'
import { DEFAULT_BM25_PARAMETERS } from '../../encoder/lexical/lexical-encoder.js'
import { type CliContext, openEngine, readSettings, settingValue } from '../context.js'
import { openIndexEncoder } from '../encoders.js'
import { deviceWarning, INFERENCE_SETTINGS } from '../inference-settings.js'
import { LEXICAL_MODEL } from '../models.js'
import { addSettings, type SettingName } from '../settings.js'
import { print } from '../terminal.js'
import { wholeNumber } from '../whole-number.js'

/** Settings of every command that talks to an engine. */
export const ENGINE_SETTINGS: readonly SettingName[] = [
  'url',
  'index',
  'model',
  'tokenizer',
  ...INFERENCE_SETTINGS,
  'username',
  'caFile',
]

/** How a new index is set up. */
export interface SetupFlags {
  readonly textFields?: readonly string[]
  readonly analyzer?: string
  readonly averageLength?: number
  readonly shards?: number
}

/** `splade-bridge init`: create the index from `mappings/`. */
export function defineInit(command: Command, context: CliContext): void {
  addSettings(command, [...ENGINE_SETTINGS, 'field'])
  addSetupFlags(command)
  command
    .option('--json', 'print {"index","created","model","fingerprint","field"}')
    .addHelpText(
      'after',
      '\nExamples:\n  $ splade-bridge init --index docs\n  $ splade-bridge init --index docs-ko --model bm25 --text-fields title,body',
    )
    .action((flags: SetupFlags & { json?: boolean }) => init(context, flags, command.optsWithGlobals()))
}

/** Adds the flags of a new index; `index` has them too, since it creates what is missing. */
export function addSetupFlags(command: Command): Command {
  return command
    .option(
      '--text-fields <names>',
      `fields that are encoded, joined by a space (default: ${DEFAULT_TEXT_FIELDS.join(',')})`,
      nameList,
    )
    .option(
      '--analyzer <name>',
      'analyzer of the plain text fields, for example nori where the engine has it',
    )
    .option(
      '--average-length <terms>',
      `bm25: distinct terms of an average document (default: ${DEFAULT_BM25_PARAMETERS.averageLength})`,
      wholeNumber,
    )
    .option('--shards <number>', 'primary shards (default: 1)', wholeNumber)
}

async function init(
  context: CliContext,
  flags: SetupFlags & { json?: boolean },
  all: Record<string, unknown>,
): Promise<void> {
  const settings = await readSettings(context, all)
  const client = await openEngine(settings)
  try {
    const index = settingValue(settings, 'index')
    const { averageLength } = flags
    const { encoder } = await openIndexEncoder(client, settings, {
      workload: 'single',
      onDevice: deviceWarning(context.terminal),
      ...(averageLength !== undefined && { averageLength }),
    })
    const { created, meta } = await setUpIndex(
      client,
      encoder,
      index,
      settingValue(settings, 'field'),
      flags,
    ).finally(() => encoder.close())
    const { name, fingerprint } = meta.encoder
    if (flags.json === true)
      print(context.terminal, JSON.stringify({ index, created, model: name, fingerprint, field: meta.field }))
    else
      print(
        context.terminal,
        `${created ? 'created' : 'kept'} index ${index} for model ${name} (fingerprint ${fingerprint}), field ${meta.field}`,
      )
  } finally {
    await client.close()
  }
}

/** Creates the index, or checks that the one there is fits. */
export function setUpIndex(
  client: EngineClient,
  encoder: Encoder,
  index: string,
  field: string,
  { textFields = DEFAULT_TEXT_FIELDS, analyzer, averageLength, shards }: SetupFlags,
): Promise<CreateIndexResult> {
  const lexical = encoder.identity.name === LEXICAL_MODEL
  return createIndex(client, {
    index,
    meta: {
      field,
      textFields,
      encoder: encoder.identity,
      ...(lexical && { averageLength: averageLength ?? DEFAULT_BM25_PARAMETERS.averageLength }),
    },
    ...(analyzer !== undefined && { analyzer }),
    ...(shards !== undefined && { settings: { number_of_shards: shards } }),
  })
}

function nameList(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) throw new InvalidArgumentError('It must be field names separated by commas.')
  return names
}
