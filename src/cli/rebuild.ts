import type { Command } from 'commander'
import type { Encoder } from '../encoder/encoder.js'
import type { EnrichEvent } from '../enrich/events.js'
import { rebuildIndex, type RebuildResult } from '../enrich/rebuild-index.js'
import type { CliContext } from './context.js'
import { DEFAULT_DEAD_LETTERS, type EnrichFlags, enrichOptions, refusedHint } from './enrich-flags.js'
import { type EnrichReport, type EnrichTask, watchEnriching } from './enrich-task.js'
import { EXIT } from './exit.js'
import { countOf } from './plural.js'
import { countsOfRebuild } from './report-counts.js'
import { note, print } from './terminal.js'

/** How a new index takes the place of an old one. */
export interface RebuildFlags {
  readonly into?: string
  /** False: the aliases stay where they are. */
  readonly switch?: boolean
}

/** Adds the flags of {@link RebuildFlags}. */
export function addRebuildFlags(command: Command, description: string): Command {
  return command
    .option('--into <index>', description)
    .option('--no-switch', 'leave the aliases where they are')
}

/** Builds the new index and says what came of it. */
export async function rebuild(
  context: CliContext,
  task: EnrichTask,
  flags: EnrichFlags & RebuildFlags,
): Promise<void> {
  const { client, encoder, index, meta } = task
  const into = flags.into ?? defaultName(index, encoder)
  const run = (onEvent: (event: EnrichEvent) => void): Promise<RebuildResult> =>
    rebuildIndex(client, encoder, {
      ...enrichOptions(flags),
      ...{ index, into, meta, onEvent },
      signal: context.signal,
      switchAliases: flags.switch !== false,
      deadLetterFile: flags.deadLetters ?? DEFAULT_DEAD_LETTERS,
      onStep: (step) => {
        if (flags.json !== true) note(context.terminal, step)
      },
    })
  const result = await watchEnriching(context, task, into, flags, run, reportOf)
  report(context, result, flags)
  if (result.deadLettered > 0) process.exitCode = EXIT.failed
}

function reportOf(result: RebuildResult): EnrichReport {
  const { source, target } = result
  return {
    title: `Index ${target} in the place of ${source}`,
    from: [`the documents of ${source}`],
    counts: countsOfRebuild(result),
  }
}

/** One name a model, so that a run that was cut off is found again. */
function defaultName(index: string, { identity }: Encoder): string {
  return `${index}-${identity.fingerprint.slice(0, 8)}`
}

function report({ terminal }: CliContext, result: RebuildResult, flags: EnrichFlags & RebuildFlags): void {
  if (flags.json === true) {
    print(terminal, JSON.stringify(result))
    return
  }
  const { source, target, aliases, verification, caughtUp, removed, skipped, deadLettered, elapsedMs } =
    result
  print(
    terminal,
    `${target} has all ${countOf(verification.documents, 'document')} of ${source}, ${verification.withVectors} with vectors ` +
      `(${skipped} without text, ${deadLettered} refused), in ${(elapsedMs / 1000).toFixed(1)} s`,
  )
  print(
    terminal,
    `verified: ${verification.found} of ${verification.samples} documents are found by their own text; ` +
      `${caughtUp} changed and ${removed} were deleted meanwhile`,
  )
  if (aliases.length > 0)
    print(terminal, `${aliases.join(', ')} now ${aliases.length > 1 ? 'lead' : 'leads'} to ${target}`)
  else print(terminal, `no alias was moved: search ${target}, or let an alias lead to it`)
  print(terminal, `${source} is kept as it was`)
  if (deadLettered > 0) print(terminal, `${refusedHint(flags)} (--index ${target})`)
}
