import type { Command } from 'commander'
import { type CliContext, readSettings } from '../context.js'
import { readDocumentSettings, withDocumentSettings } from '../document-settings.js'
import { addEnrichFlags, type EnrichFlags } from '../enrich-flags.js'
import { withEnrichTask } from '../enrich-task.js'
import { UsageError } from '../exit.js'
import { refusePartition } from '../partition-flags.js'
import { addRebuildFlags, rebuild, type RebuildFlags } from '../rebuild.js'

/** `splade-bridge reindex --index ALIAS --model NEW`. */
export function defineReindex(command: Command, context: CliContext): void {
  addRebuildFlags(
    addEnrichFlags(command),
    'name of the new index (default: the old name and the start of the new model’s fingerprint)',
  )
    .option(
      '--json',
      'print {"source","target","aliases","copied","caughtUp","removed","enriched",…,"verification"}',
    )
    .addHelpText(
      'after',
      '\nThe engine copies the documents without their vectors, they are encoded by the new model, and what changes\n' +
        'meanwhile is copied again. Then writing to the old index is stopped for a moment, the last changes are taken\n' +
        'over, counts and sample searches are checked, and the aliases move in one step. The old index is kept. A run\n' +
        'that was cut off goes on where it stood when it is run again.\n\n' +
        'Examples:\n  $ splade-bridge reindex --index articles --model ./my-model\n' +
        '  $ splade-bridge reindex --index articles-v1 --into articles-v2 --model bm25 --no-switch',
    )
    .action((flags: EnrichFlags & RebuildFlags) => runReindex(context, flags, command.optsWithGlobals()))
}

async function runReindex(
  context: CliContext,
  flags: EnrichFlags & RebuildFlags,
  all: Record<string, unknown>,
): Promise<void> {
  const settings = await readSettings(context, all)
  if (settings.values.get('model')?.source === 'default')
    throw new UsageError('name the new model with --model')
  refusePartition('a new index', {}, context.environment)
  const plan = withDocumentSettings(flags, readDocumentSettings(settings))
  await withEnrichTask(context, 'reindex', settings, plan, (task) => rebuild(context, task, plan))
}
