import { type Command, Option } from 'commander'
import type { PruneOptions } from '../../encoder/pruning.js'
import type { Encoder } from '../../encoder/encoder.js'
import type { EngineClient } from '../../engine/client.js'
import type { IndexMeta } from '../../engine/index-meta.js'
import { DEFAULT_BM25_PARAMETERS } from '../../encoder/lexical/lexical-encoder.js'
import type { NewIndexMeta } from '../../engine/index-setup.js'
import { showSparseFields, sparseFields } from '../../engine/index-sparse-fields.js'
import { countMatching, enrichIndex } from '../../enrich/enrich-index.js'
import type { EnrichEvent, EnrichResult } from '../../enrich/events.js'
import { findSetUp, planPreparation } from '../../enrich/prepare-index.js'
import { SPARSE_FIELD_TYPES, type SparseFieldType } from '../../rank-features/field-type.js'
import { type CliContext, openEngine, readSettings, settingValue } from '../context.js'
import { readDocumentSettings, withDocumentSettings } from '../document-settings.js'
import { openIndexEncoder } from '../encoders.js'
import { EXIT } from '../exit.js'
import { addTextFlags, type TextFlags } from '../field-flags.js'
import { deviceWarning } from '../inference-settings.js'
import { addLongTextFlags, type LongTextFlags, longTextOptions } from '../long-text-flags.js'
import { LEXICAL_MODEL } from '../models.js'
import { countOf } from '../plural.js'
import { createProgress, type Progress } from '../progress.js'
import { addPruneFlag } from '../prune-flags.js'
import { parseQuery } from '../query-flag.js'
import { addSettings, type Settings } from '../settings.js'
import { note, print, type Terminal } from '../terminal.js'
import { addCounts, NO_TEXTS, warnAboutTexts } from '../warnings.js'
import { wholeNumber } from '../whole-number.js'
import { ENGINE_SETTINGS, fieldsOf } from './init.js'

interface EnrichFlags extends TextFlags, LongTextFlags {
  readonly query?: object
  readonly watch?: number | true
  readonly fieldType?: SparseFieldType
  readonly averageLength?: number
  readonly prune?: PruneOptions
  readonly batch?: number
  readonly force?: boolean
  readonly deadLetters?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

const DEFAULT_DEAD_LETTERS = 'dead-letters.ndjson'
const DEFAULT_WATCH_SECONDS = 2

/** `splade-bridge enrich --index NAME`. */
export function defineEnrich(command: Command, context: CliContext): void {
  addSettings(command, [...ENGINE_SETTINGS, 'field'])
  addLongTextFlags(addTextFlags(command))
  addPruneFlag(command, 'document')
    .option('--query <query>', 'only what it finds: a Lucene query such as lang:ko, or JSON', parseQuery)
    .option(
      '--watch [seconds]',
      `then follow new and changed documents, looking this often (default: ${DEFAULT_WATCH_SECONDS})`,
      wholeNumber,
    )
    .option('--batch <documents>', 'documents read and encoded at a time (default: 64)', wholeNumber)
    .addOption(
      new Option(
        '--field-type <type>',
        'type of the field with the vectors (default: as init chooses)',
      ).choices(SPARSE_FIELD_TYPES),
    )
    .option(
      '--average-length <terms>',
      `bm25: distinct terms of an average document (default: ${DEFAULT_BM25_PARAMETERS.averageLength})`,
      wholeNumber,
    )
    .option('--force', 'encode documents even if they have the vectors of their text')
    .option(
      '--dead-letters <file>',
      `append documents that the engine refuses to this file (default: ${DEFAULT_DEAD_LETTERS})`,
    )
    .option('--dry-run', 'only say what would be added and how many documents are meant')
    .option(
      '--json',
      'end with {"index","read","enriched","unchanged","skipped","deadLettered","gone","conflicts",…}',
    )
    .addHelpText(
      'after',
      '\nAdds the vector field and two side fields to the mapping, then gives every document its vectors by a partial\n' +
        'update that is refused if somebody has changed the document since it was read; such a document is read and\n' +
        'encoded again. Documents that have the vectors of their text are left alone, so that a run can be repeated.\n\n' +
        'Examples:\n  $ splade-bridge enrich --index articles --text headline,body --dry-run\n' +
        '  $ splade-bridge enrich --index articles --text headline,body\n' +
        "  $ splade-bridge enrich --index articles --query 'lang:ko AND published:[now-7d TO now]'\n" +
        '  $ splade-bridge enrich --index articles --watch',
    )
    .action((flags: EnrichFlags) => runEnrich(context, flags, command.optsWithGlobals()))
}

async function runEnrich(
  context: CliContext,
  flags: EnrichFlags,
  all: Record<string, unknown>,
): Promise<void> {
  const settings = await readSettings(context, all)
  const plan = withDocumentSettings(flags, readDocumentSettings(settings))
  const client = await openEngine(settings)
  try {
    const index = settingValue(settings, 'index')
    const existing = await findSetUp(client, index)
    const { encoder } = await openIndexEncoder(client, settings, {
      onDevice: deviceWarning(context.terminal),
      longTexts: longTextOptions(plan),
      meta: existing,
      ...(plan.prune !== undefined && { pruneDocuments: plan.prune }),
      ...(plan.averageLength !== undefined && { averageLength: plan.averageLength }),
    })
    try {
      const meta = metaOf(settings, plan, encoder, existing)
      if (plan.dryRun === true) await describe(context, client, index, meta, plan)
      else await enrich(context, client, encoder, index, meta, plan)
    } finally {
      await encoder.close()
    }
  } finally {
    await client.close()
  }
}

function metaOf(
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

async function describe(
  { terminal }: CliContext,
  client: EngineClient,
  index: string,
  meta: NewIndexMeta,
  flags: EnrichFlags,
): Promise<void> {
  const plan = await planPreparation(client, index, meta)
  const documents = await countMatching(client, index, flags.query)
  if (flags.json === true) {
    const indices = plan.map(({ index: name, addition }) => ({ index: name, addition: addition ?? null }))
    print(terminal, JSON.stringify({ index, documents, indices, dryRun: true }))
    return
  }
  print(
    terminal,
    `${countOf(documents, 'document')} of ${index} would be read; ${showSparseFields(sparseFields(meta))}`,
  )
  for (const { index: name, addition } of plan) {
    if (addition === undefined) print(terminal, `the mapping of ${name} has all it needs`)
    else print(terminal, `added to the mapping of ${name}:\n${JSON.stringify(addition, null, 2)}`)
  }
}

async function enrich(
  context: CliContext,
  client: EngineClient,
  encoder: Encoder,
  index: string,
  meta: NewIndexMeta,
  flags: EnrichFlags,
): Promise<void> {
  const { query, batch, force, prune, watch } = flags
  const watcher = new EnrichWatcher(context.terminal, encoder.identity.name)
  const result = await enrichIndex(client, encoder, {
    index,
    meta,
    signal: context.signal,
    deadLetterFile: flags.deadLetters ?? DEFAULT_DEAD_LETTERS,
    onEvent: (event) => {
      watcher.see(event)
    },
    ...(query !== undefined && { query }),
    ...(batch !== undefined && { batchDocuments: batch }),
    ...(force !== undefined && { force }),
    ...(prune !== undefined && { encodingSettings: prune }),
    ...(watch !== undefined && { watchMs: 1000 * (watch === true ? DEFAULT_WATCH_SECONDS : watch) }),
  }).finally(() => {
    watcher.end()
  })
  report(context, index, result, flags)
  if (result.deadLettered > 0) process.exitCode = EXIT.failed
  // Following changes has no other end.
  if (context.signal.aborted && watch === undefined) process.exitCode = EXIT.interrupted
}

/** Turns a run's events into a progress display and, at the end, warnings. */
class EnrichWatcher {
  private readonly progress: Progress
  private encoded = NO_TEXTS

  constructor(
    private readonly terminal: Terminal,
    private readonly model: string,
  ) {
    this.progress = createProgress(terminal, 'enriching')
  }

  see(event: EnrichEvent): void {
    switch (event.type) {
      case 'progress':
        this.progress.update(
          event.counts.read,
          event.total === 0 ? 1 : Math.min(1, event.counts.read / event.total),
        )
        break
      case 'encoded':
        this.encoded = addCounts(this.encoded, { ...event, texts: event.documents })
        break
      case 'retry':
        note(this.terminal, `retry ${event.retry} in ${Math.round(event.delayMs)} ms: ${event.reason}`)
        break
      case 'dead-letter':
        note(
          this.terminal,
          `refused: document ${event.record.id} of ${event.record.origin.file}: ${event.reason}`,
        )
        break
      case 'watching':
        note(this.terminal, `${countOf(event.counts.read, 'document')} read; following changes until Ctrl-C`)
        break
    }
  }

  end(): void {
    this.progress.end()
    warnAboutTexts(this.terminal, this.model, 'document', this.encoded)
  }
}

function report(
  { terminal, signal }: CliContext,
  index: string,
  result: EnrichResult,
  flags: EnrichFlags,
): void {
  if (flags.json === true) {
    print(terminal, JSON.stringify({ index, ...result }))
    return
  }
  if (signal.aborted && flags.watch === undefined)
    note(terminal, 'interrupted: what was read is written; run the same command again to go on')
  const { read, enriched, unchanged, skipped, deadLettered, gone, conflicts, elapsedMs } = result
  print(
    terminal,
    `${countOf(read, 'document')} of ${index} read: ${enriched} enriched, ${unchanged} unchanged, ${skipped} without text, ` +
      `${deadLettered} refused, ${gone} deleted meanwhile, in ${(elapsedMs / 1000).toFixed(1)} s`,
  )
  if (conflicts > 0) print(terminal, `${countOf(conflicts, 'document')} changed meanwhile, and encoded anew`)
  if (deadLettered > 0)
    print(terminal, `refused documents are in ${flags.deadLetters ?? DEFAULT_DEAD_LETTERS}`)
}
