import { type Command, Option } from 'commander'
import type { EngineClient } from '../../engine/client.js'
import type { IndexMeta } from '../../engine/index-meta.js'
import {
  createIndex,
  type CreateIndexOptions,
  type CreateIndexResult,
  type PlannedIndex,
  planIndex,
} from '../../engine/index-setup.js'
import {
  applySetup,
  planSetup,
  setupName,
  type SetupOptions,
  type SetupPlan,
  type SetupTarget,
} from '../../engine/set-up.js'
import type { SparseFields } from '../../engine/text-rule.js'
import type { Encoder } from '../../encoder/encoder.js'
import { DEFAULT_BM25_PARAMETERS } from '../../encoder/lexical/lexical-encoder.js'
import { SPARSE_FIELD_TYPES, type SparseFieldType } from '../../rank-features/field-type.js'
import { type CliContext, openEngine, readSettings, settingValue } from '../context.js'
import { readDocumentSettings, withDocumentSettings } from '../document-settings.js'
import { askedField, openIndexEncoder } from '../encoders.js'
import {
  addEngineEncoderFlags,
  type EngineEncoderFlags,
  engineEncoderOf,
  modelCheck,
} from '../engine-encoder-flags.js'
import { UsageError } from '../exit.js'
import { addTextFlags, chooseFields, type TextFlags } from '../field-flags.js'
import { deviceWarning, INFERENCE_SETTINGS } from '../inference-settings.js'
import { addLongTextFlags, type LongTextFlags, longTextOptions } from '../long-text-flags.js'
import { LEXICAL_MODEL } from '../models.js'
import { reportSetup } from '../set-up-report.js'
import { addSettings, type SettingName, type Settings } from '../settings.js'
import { positiveNumber } from '../whole-number.js'

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
export interface SetupFlags extends LongTextFlags, TextFlags {
  readonly analyzer?: string
  readonly averageLength?: number
  readonly shards?: number
  readonly fieldType?: SparseFieldType
}

/** What `init` has beside the flags of a new index. */
interface InitFlags extends SetupFlags, EngineEncoderFlags {
  readonly indexTemplate?: string
  readonly dataStream?: string
  readonly guard?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** `splade-bridge init`: create the index, or templates for many, from `mappings/` and `pipelines/`. */
export function defineInit(command: Command, context: CliContext): void {
  addSettings(command, [...ENGINE_SETTINGS, 'field'])
  addSetupFlags(command)
  addEngineEncoderFlags(command)
    .option('--index-template <pattern>', 'no index, but a template for all that fit, such as docs-*')
    .option('--data-stream <name>', 'no index, but a data stream and its template')
    .option('--guard', 'documents go through a pipeline that takes wrong features out of vectors')
    .option('--dry-run', 'only show what would change, as a unified diff')
    .option('--json', 'print {"index","created","model","fingerprint","field","fieldType"}; see docs/cli.md')
    .addHelpText(
      'after',
      '\nExamples:\n  $ splade-bridge init --index docs\n  $ splade-bridge init --index docs-ko --model bm25 --text title^2,body\n' +
        '  $ splade-bridge init --index docs --sparse title=title_splade,body=body_splade\n' +
        '  $ splade-bridge init --index docs --field-type sparse_vector\n' +
        "  $ splade-bridge init --index-template 'docs-*' --guard --dry-run\n" +
        '  $ splade-bridge init --index docs --engine-encoder http://encoder.example.com:8080 --search-pipeline',
    )
    .action((flags: InitFlags) => init(context, flags, command.optsWithGlobals()))
}

/** Adds the flags of a new index; `index` has them too, since it creates what is missing. */
export function addSetupFlags(command: Command): Command {
  addTextFlags(command)
    .option(
      '--analyzer <name>',
      'analyzer of the plain text fields, for example nori where the engine has it',
    )
    .option(
      '--average-length <terms>',
      `bm25: distinct terms of an average document (default: ${DEFAULT_BM25_PARAMETERS.averageLength})`,
      positiveNumber,
    )
    .option('--shards <number>', 'primary shards (default: 1)', positiveNumber)
    .addOption(
      new Option(
        '--field-type <type>',
        'type of the field with the vectors; sparse_vector needs Elasticsearch 8.15 or later ' +
          '(default: rank_features where the engine has it)',
      ).choices(SPARSE_FIELD_TYPES),
    )
  return addLongTextFlags(command)
}

async function init(context: CliContext, flags: InitFlags, all: Record<string, unknown>): Promise<void> {
  const settings = await readSettings(context, all)
  const setup = withDocumentSettings(flags, readDocumentSettings(settings))
  const target = targetOf(settings, flags)
  const client = await openEngine(settings)
  try {
    const { averageLength } = flags
    const { encoder, meta: existing } = await openIndexEncoder(client, settings, {
      workload: 'single',
      longTexts: longTextOptions(flags),
      onDevice: deviceWarning(context.terminal),
      ...(averageLength !== undefined && { averageLength }),
      // A template speaks of indices to be, whatever the one that the settings name was written by.
      ...(target.kind !== 'index' && { meta: undefined }),
    })
    const options: SetupOptions = {
      ...setupOptions(encoder, fieldsOf(settings, setup, undefined), setup, existing),
      target,
      guard: flags.guard === true,
      searchPipeline: flags.searchPipeline === true,
      engineEncoder: engineEncoderOf(flags, settings),
    }
    const plan = await planSetup(client, options)
      .then((made) => applyUnlessDry(client, encoder, made, options, { flags, settings }))
      .finally(() => encoder.close())
    reportSetup(context.terminal, plan, options, flags)
  } finally {
    await client.close()
  }
}

/** @returns the plan */
async function applyUnlessDry(
  client: EngineClient,
  encoder: Encoder,
  plan: SetupPlan,
  options: SetupOptions,
  { flags, settings }: { readonly flags: InitFlags; readonly settings: Settings },
): Promise<SetupPlan> {
  if (flags.dryRun === true) return plan
  const encoderKey = settings.values.get('encoderKey')?.value
  await applySetup(client, plan, options, {
    ...(encoderKey !== undefined && { encoderKey }),
    onModel: modelCheck(client, encoder, setupName(options.target)),
  })
  return plan
}

/** @throws UsageError for two targets at once */
function targetOf(settings: Settings, { indexTemplate, dataStream }: InitFlags): SetupTarget {
  const isIndex = settings.values.get('index')?.source === 'command line'
  if ([isIndex, indexTemplate !== undefined, dataStream !== undefined].filter(Boolean).length > 1) {
    throw new UsageError('--index, --index-template and --data-stream exclude each other; give one of them')
  }
  if (indexTemplate !== undefined) return { kind: 'template', pattern: indexTemplate }
  if (dataStream !== undefined) return { kind: 'data stream', name: dataStream }
  return { kind: 'index', name: settingValue(settings, 'index') }
}

/**
 * The vector fields that flags and settings ask for, completed by those of an index that is there.
 *
 * @throws UsageError for flags that contradict each other
 */
export function fieldsOf(
  settings: Settings,
  flags: TextFlags,
  existing: SparseFields | undefined,
): SparseFields {
  const isFlag = settings.values.get('field')?.source === 'command line'
  return chooseFields(flags, {
    asked: isFlag || flags.sparse === undefined ? askedField(settings) : undefined,
    fallback: settingValue(settings, 'field'),
    existing,
  })
}

/**
 * Creates the index, or checks that the one there is fits.
 *
 * @param existing what the index that is there says of itself
 */
export function setUpIndex(
  client: EngineClient,
  encoder: Encoder,
  index: string,
  fields: SparseFields,
  flags: Omit<SetupFlags, keyof TextFlags>,
  existing?: IndexMeta,
): Promise<CreateIndexResult> {
  return createIndex(client, { index, ...setupOptions(encoder, fields, flags, existing) })
}

/** What {@link setUpIndex} would do for an index that is not there; changes nothing. */
export function planIndexOf(
  client: EngineClient,
  encoder: Encoder,
  index: string,
  fields: SparseFields,
  flags: Omit<SetupFlags, keyof TextFlags>,
): Promise<PlannedIndex> {
  return planIndex(client, { index, ...setupOptions(encoder, fields, flags, undefined) })
}

function setupOptions(
  encoder: Encoder,
  fields: SparseFields,
  { analyzer, averageLength, shards, fieldType }: Omit<SetupFlags, keyof TextFlags>,
  existing: IndexMeta | undefined,
): Omit<CreateIndexOptions, 'index'> {
  const lexical = encoder.identity.name === LEXICAL_MODEL
  return {
    existing,
    meta: {
      ...fields,
      encoder: encoder.identity,
      ...(fieldType !== undefined && { fieldType }),
      ...(encoder.longTexts !== undefined && { longTexts: encoder.longTexts }),
      ...(lexical && { averageLength: averageLength ?? DEFAULT_BM25_PARAMETERS.averageLength }),
    },
    ...(analyzer !== undefined && { analyzer }),
    ...(shards !== undefined && { settings: { number_of_shards: shards } }),
  }
}
