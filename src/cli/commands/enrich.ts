import type { Command } from 'commander'
import { showSparseFields, sparseFields } from '../../engine/index-sparse-fields.js'
import { countMatching } from '../../enrich/count-matching.js'
import { enrichIndex } from '../../enrich/enrich-index.js'
import type { EnrichEvent, EnrichResult } from '../../enrich/events.js'
import { planPreparation } from '../../enrich/prepare-index.js'
import type { Partition } from '../../indexer/partition.js'
import { type CliContext, readSettings } from '../context.js'
import { readDocumentSettings, withDocumentSettings } from '../document-settings.js'
import {
  addEnrichFlags,
  DEFAULT_DEAD_LETTERS,
  type EnrichFlags,
  enrichOptions,
  refusedHint,
} from '../enrich-flags.js'
import { type EnrichTask, watchEnriching, withEnrichTask } from '../enrich-task.js'
import { EXIT, UsageError } from '../exit.js'
import { noteMissingPartition } from '../load-notes.js'
import { partitionOf, type PartitionFlags, partitionOption, refusePartition } from '../partition-flags.js'
import { countOf } from '../plural.js'
import { addRebuildFlags, rebuild, type RebuildFlags } from '../rebuild.js'
import { countsOfEnrich } from '../report-counts.js'
import { note, print } from '../terminal.js'
import { positiveNumber } from '../whole-number.js'

interface InPlaceFlags extends EnrichFlags, PartitionFlags {
  readonly watch?: number | true
  readonly force?: boolean
  readonly dryRun?: boolean
}

const DEFAULT_WATCH_SECONDS = 2

/** `splade-bridge enrich --index NAME`. */
export function defineEnrich(command: Command, context: CliContext): void {
  addRebuildFlags(addEnrichFlags(command), 'build a new index instead, and move the aliases to it in the end')
    .option(
      '--watch [seconds]',
      `then follow new and changed documents, looking this often (default: ${DEFAULT_WATCH_SECONDS})`,
      positiveNumber,
    )
    .addOption(partitionOption())
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
  if (flags.dryRun === true && flags.report !== undefined)
    throw new UsageError('--dry-run changes nothing that --report could speak of')
  if (!isRebuilt && flags.switch === false) throw new UsageError('--no-switch is for --into')
  if (isRebuilt) refusePartition('--into', flags, context.environment)
  else noteMissingPartition(context, flags)
  const settings = await readSettings(context, all)
  const plan = withDocumentSettings(flags, readDocumentSettings(settings))
  await withEnrichTask(context, 'enrich', settings, plan, async (task) => {
    if (isRebuilt) await rebuild(context, task, plan)
    else if (plan.dryRun === true) await describe(context, task, plan)
    else await enrich(context, task, plan)
  })
}

async function describe(
  { terminal }: CliContext,
  { client, index, meta }: EnrichTask,
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

async function enrich(context: CliContext, task: EnrichTask, flags: InPlaceFlags): Promise<void> {
  const { client, encoder, index, meta } = task
  const { force, watch } = flags
  const partition = partitionOf(flags, context.environment)
  const run = (onEvent: (event: EnrichEvent) => void): Promise<EnrichResult> =>
    enrichIndex(client, encoder, {
      ...enrichOptions(flags),
      ...{ index, meta, onEvent },
      signal: context.signal,
      deadLetterFile: flags.deadLetters ?? DEFAULT_DEAD_LETTERS,
      ...(force !== undefined && { force }),
      ...(partition !== undefined && { partition }),
      ...(watch !== undefined && { watchMs: 1000 * (watch === true ? DEFAULT_WATCH_SECONDS : watch) }),
    })
  const result = await watchEnriching(context, task, index, flags, run, (found) => ({
    title: `Enrichment of index ${index}`,
    from: [`the documents of ${index}${shareOf(partition)}`],
    counts: countsOfEnrich(found),
  }))
  report(context, index, result, flags)
  if (result.deadLettered > 0) process.exitCode = EXIT.failed
  // Following changes has no other end.
  if (context.signal.aborted && watch === undefined) process.exitCode = EXIT.interrupted
}

function shareOf(partition: Partition | undefined): string {
  return partition === undefined ? '' : `, share ${partition.number + 1} of ${partition.of}`
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
  if (deadLettered > 0) print(terminal, refusedHint(flags))
}
