import { existsSync } from 'node:fs'
import { type IndexResult, settledOf } from '../indexer/events.js'
import type { Input } from '../indexer/readers/input.js'
import type { OnRetry } from '../indexer/retry.js'
import type { CliContext } from './context.js'
import type { InputFiles } from './input-files.js'
import { resumeCommand } from './load-flags.js'
import { missingPartition, type PartitionFlags } from './partition-flags.js'
import { countOf } from './plural.js'
import { showRetry } from './run-details.js'
import { note, print, type Terminal } from './terminal.js'

/** Tells of each request that is repeated before the load begins. */
export function noteRetry(terminal: Terminal): OnRetry {
  return (retry, delayMs, reason) => {
    note(terminal, showRetry({ retry, delayMs, reason }))
  }
}

/** Warns a pod that would take what all others take. */
export function noteMissingPartition({ terminal, environment }: CliContext, flags: PartitionFlags): void {
  const missing = missingPartition(flags, environment)
  if (missing !== undefined) note(terminal, `warning: ${missing}`)
}

/** Says that there is a checkpoint which is not used. */
export function noteEarlierRun(terminal: Terminal, checkpoint: string | undefined): void {
  if (checkpoint === undefined || !existsSync(checkpoint)) return
  note(terminal, 'an earlier run of this command stopped before its end; --resume would go on with it')
}

interface LoadEnd {
  /** Undefined after a failure. */
  readonly result: IndexResult | undefined
  /** Whether anything was read. */
  readonly hasStarted: boolean
}

/** Says how to go on after Ctrl-C or a failure, unless nothing is left to be done. */
export function noteEnd(
  { terminal, signal }: CliContext,
  inputs: readonly Input[],
  { result, hasStarted }: LoadEnd,
): void {
  if (result?.isComplete === true) {
    if (signal.aborted) note(terminal, 'everything had been read when it was interrupted, and is dealt with')
    return
  }
  if (!hasStarted && !signal.aborted) return
  const stopped = signal.aborted ? 'interrupted: what was read is indexed' : 'stopped'
  const piped = inputs.some(({ path }) => path === undefined) ? 'give it the same input again and ' : ''
  note(terminal, `${stopped}; to go on, ${piped}run: ${resumeCommand(process.argv.slice(2))}`)
}

/** Names a file of a folder that is not read. */
export function noteLeftOut(terminal: Terminal, { leftOut: [first, ...others] }: InputFiles): void {
  if (first === undefined) return
  const more = others.length > 0 ? ` and ${countOf(others.length, 'other file')}` : ''
  note(terminal, `left out: ${first}${more}, whose names tell no format; --format names it`)
}

interface ResultFlags {
  readonly json?: boolean
  /** File that holds refused documents. */
  readonly deadLetters: string
}

/** The counts of a load: a line of JSON, or one for people. */
export function reportResult(terminal: Terminal, result: IndexResult, flags: ResultFlags): void {
  const { read, indexed, unchanged, deadLettered, skipped, elapsedMs } = result
  if (flags.json === true) {
    const { chunked, chunks, truncated } = result
    const counts = { read, indexed, unchanged, deadLettered, skipped, chunked, chunks, truncated, elapsedMs }
    print(terminal, JSON.stringify(counts))
    return
  }
  print(
    terminal,
    `${countOf(read, 'document')} read: ${indexed} indexed, ${unchanged} unchanged, ${deadLettered} refused, ${skipped} skipped, ${pace(result)}`,
  )
  if (deadLettered > 0)
    print(
      terminal,
      `refused documents are in ${flags.deadLetters}; mend them there or the mapping, then --from-dead-letters`,
    )
}

function pace({ before, elapsedMs, ...counts }: IndexResult): string {
  const seconds = `in ${(elapsedMs / 1000).toFixed(1)} s`
  if (before === undefined) return seconds
  return `${settledOf(counts) - settledOf(before)} of them by this run, ${seconds}`
}
