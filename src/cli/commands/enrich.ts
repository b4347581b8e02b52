import type { Command } from 'commander'
import type { Encoder } from '../../encoder/encoder.js'
import type { EngineClient } from '../../engine/client.js'
import type { NewIndexMeta } from '../../engine/index-setup.js'
import { showSparseFields, sparseFields } from '../../engine/index-sparse-fields.js'
import { countMatching } from '../../enrich/count-matching.js'
import { enrichIndex } from '../../enrich/enrich-index.js'
import type { EnrichResult } from '../../enrich/events.js'
import { planPreparation } from '../../enrich/prepare-index.js'
import { type CliContext, openEngine, readSettings, settingValue } from '../context.js'
import { readDocumentSettings, withDocumentSettings } from '../document-settings.js'
import {
  addEnrichFlags,
  DEFAULT_DEAD_LETTERS,
  type EnrichFlags,
  enrichMeta,
  enrichOptions,
  openEnrichEncoder,
} from '../enrich-flags.js'
import { EnrichWatcher } from '../enrich-watcher.js'
import { EXIT, UsageError } from '../exit.js'
import { countOf } from '../plural.js'
import { addRebuildFlags, rebuild, type RebuildFlags } from '../rebuild.js'
import { addSettings } from '../settings.js'
import { note, print } from '../terminal.js'
import { positiveNumber } from '../whole-number.js'
import { ENGINE_SETTINGS } from './init.js'

interface InPlaceFlags extends EnrichFlags {
  readonly watch?: number | true
  readonly force?: boolean
  readonly dryRun?: boolean
}

const DEFAULT_WATCH_SECONDS = 2

/** `splade-bridge enrich --index NAME`. */
export function defineEnrich(command: Command, context: CliContext): void {
  addSettings(command, [...ENGINE_SETTINGS, 'field'])
  addRebuildFlags(addEnrichFlags(command), 'build a new index instead, and move the aliases to it in the end')
    .option(
      '--watch [seconds]',
      `then follow new and changed documents, looking this often (default: ${DEFAULT_WATCH_SECONDS})`,
      positiveNumber,
    )
    .option('--force', 'encode documents even if they have the vectors of their text')
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
        '  $ splade-bridge enrich --index articles --watch\n' +
        '  $ splade-bridge enrich --index articles --text headline,body --into articles-v2',
    )
    .action((flags: InPlaceFlags & RebuildFlags) => runEnrich(context, flags, command.optsWithGlobals()))
}

async function runEnrich(
  context: CliContext,
  flags: InPlaceFlags & RebuildFlags,
  all: Record<string, unknown>,
): Promise<void> {
  const isRebuilt = flags.into !== undefined
  if (isRebuilt && (flags.watch !== undefined || flags.force === true || flags.dryRun === true))
    throw new UsageError('--into builds a new index: --watch, --force and --dry-run are for one that stays')
  if (!isRebuilt && flags.switch === false) throw new UsageError('--no-switch is for --into')
  const settings = await readSettings(context, all)
  const plan = withDocumentSettings(flags, readDocumentSettings(settings))
  const client = await openEngine(settings)
  try {
    const index = settingValue(settings, 'index')
    const { encoder, existing } = await openEnrichEncoder(context, client, settings, plan)
    try {
      const meta = enrichMeta(settings, plan, encoder, existing)
      if (isRebuilt) await rebuild(context, client, encoder, index, meta, plan)
      else if (plan.dryRun === true) await describe(context, client, index, meta, plan)
      else await enrich(context, client, encoder, index, meta, plan)
    } finally {
      await encoder.close()
    }
  } finally {
    await client.close()
  }
}

async function describe(
  { terminal }: CliContext,
  client: EngineClient,
  index: string,
  meta: NewIndexMeta,
  flags: InPlaceFlags,
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
  flags: InPlaceFlags,
): Promise<void> {
  const { force, watch } = flags
  const watcher = new EnrichWatcher(context.terminal, encoder.identity.name)
  const result = await enrichIndex(client, encoder, {
    ...enrichOptions(flags),
    index,
    meta,
    signal: context.signal,
    deadLetterFile: flags.deadLetters ?? DEFAULT_DEAD_LETTERS,
    onEvent: (event) => {
      watcher.see(event)
    },
    ...(force !== undefined && { force }),
    ...(watch !== undefined && { watchMs: 1000 * (watch === true ? DEFAULT_WATCH_SECONDS : watch) }),
  }).finally(() => {
    watcher.end()
  })
  report(context, index, result, flags)
  if (result.deadLettered > 0) process.exitCode = EXIT.failed
  // Following changes has no other end.
  if (context.signal.aborted && watch === undefined) process.exitCode = EXIT.interrupted
}

function report(
  { terminal, signal }: CliContext,
  index: string,
  result: EnrichResult,
  flags: InPlaceFlags,
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
