import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Encoder } from '../encoder/encoder.js'
import { DEFAULT_BM25_PARAMETERS } from '../encoder/lexical/lexical-encoder.js'
import type { PruneOptions } from '../encoder/pruning.js'
import type { EngineClient } from '../engine/client.js'
import type { IndexMeta } from '../engine/index-meta.js'
import type { NewIndexMeta } from '../engine/index-setup.js'
import { MAX_BATCH } from '../enrich/enrich-index.js'
import { findSetUp } from '../enrich/prepare-index.js'
import { SPARSE_FIELD_TYPES, type SparseFieldType } from '../rank-features/field-type.js'
import { ENGINE_SETTINGS, fieldsOf } from './commands/init.js'
import { type CliContext, settingValue } from './context.js'
import { openIndexEncoder } from './encoders.js'
import { addTextFlags, type TextFlags } from './field-flags.js'
import { deviceWarning } from './inference-settings.js'
import { addLongTextFlags, type LongTextFlags, longTextOptions } from './long-text-flags.js'
import { reportOption } from './load-report.js'
import { LEXICAL_MODEL } from './models.js'
import { addPruneFlag } from './prune-flags.js'
import { parseQuery } from './query-flag.js'
import { addSettings, type Settings } from './settings.js'
import { concurrencyOption, maxRetriesOption } from './retry-flags.js'
import { positiveNumber } from './whole-number.js'

/** What documents of an index that exists are to be given. */
export interface EnrichFlags extends TextFlags, LongTextFlags {
  readonly query?: object
  readonly fieldType?: SparseFieldType
  readonly averageLength?: number
  readonly prune?: PruneOptions
  readonly batch?: number
  readonly maxRetries?: number
  readonly concurrency?: number
  readonly deadLetters?: string
  readonly report?: string
  readonly json?: boolean
}

/** Not that of `index`, whose letters hold whole documents and can be indexed again. */
export const DEFAULT_DEAD_LETTERS = 'dead-letters.enrich.ndjson'

/** Adds the flags of {@link EnrichFlags}, but for `json`, and the settings of a run. */
export function addEnrichFlags(command: Command): Command {
  addSettings(command, [...ENGINE_SETTINGS, 'field', 'telemetry'])
  addLongTextFlags(addTextFlags(command))
  return addPruneFlag(command, 'document')
    .option('--query <query>', 'only what it finds: a Lucene query such as lang:ko, or JSON', parseQuery)
    .addOption(maxRetriesOption())
    .addOption(concurrencyOption())
    .option('--batch <documents>', 'documents read and encoded at a time (default: 64)', batchSize)
    .addOption(
      new Option(
        '--field-type <type>',
        'type of the field with the vectors (default: as init chooses)',
      ).choices(SPARSE_FIELD_TYPES),
    )
    .option(
      '--average-length <terms>',
      `bm25: distinct terms of an average document (default: ${DEFAULT_BM25_PARAMETERS.averageLength})`,
      positiveNumber,
    )
    .option(
      '--dead-letters <file>',
      `append documents that the engine refuses to this file (default: ${DEFAULT_DEAD_LETTERS})`,
    )
    .addOption(reportOption())
}

/** The encoder that was asked for, or else the one of the index; and what the index says of its vectors, if anything. */
export async function openEnrichEncoder(
  context: CliContext,
  client: EngineClient,
  settings: Settings,
  flags: EnrichFlags,
): Promise<{ readonly encoder: Encoder; readonly existing: IndexMeta | undefined }> {
  const existing = await findSetUp(client, settingValue(settings, 'index'))
  const { encoder } = await openIndexEncoder(client, settings, {
    onDevice: deviceWarning(context.terminal),
    longTexts: longTextOptions(flags),
    meta: existing,
    ...(flags.prune !== undefined && { pruneDocuments: flags.prune }),
    ...(flags.averageLength !== undefined && { averageLength: flags.averageLength }),
  })
  return { encoder, existing }
}

/** How the index is to be set up. */
export function enrichMeta(
  settings: Settings,
  flags: EnrichFlags,
  encoder: Encoder,
  existing: IndexMeta | undefined,
): NewIndexMeta {
  const isLexical = encoder.identity.name === LEXICAL_MODEL
  const { averageLength = DEFAULT_BM25_PARAMETERS.averageLength, fieldType } = flags
  return {
    ...fieldsOf(settings, flags, existing),
    encoder: encoder.identity,
    ...(fieldType !== undefined && { fieldType }),
    ...(encoder.longTexts !== undefined && { longTexts: encoder.longTexts }),
    ...(isLexical && { averageLength: existing?.averageLength ?? averageLength }),
  }
}

/** The flags as options of a run. */
export function enrichOptions({ query, batch, maxRetries, concurrency, prune }: EnrichFlags) {
  return {
    ...(maxRetries !== undefined && { maxRetries }),
    ...(concurrency !== undefined && { maxConcurrency: concurrency }),
    ...(query !== undefined && { query }),
    ...(batch !== undefined && { batchDocuments: batch }),
    ...(prune !== undefined && { encodingSettings: prune }),
  }
}

/** Where refused documents are told of, and what to do about them. */
export function refusedHint({
  deadLetters = DEFAULT_DEAD_LETTERS,
}: Pick<EnrichFlags, 'deadLetters'>): string {
  return `refused documents are in ${deadLetters}; mend the cause, then enrich again: it takes only what has no vectors`
}

function batchSize(text: string): number {
  const documents = positiveNumber(text)
  if (documents > MAX_BATCH)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_BATCH}.`)
  return documents
}
