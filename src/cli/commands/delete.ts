import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import type { EngineClient } from '../../engine/client.js'
import {
  countDocuments,
  deleteDocuments,
  deleteIndex,
  type DeleteResult,
  type DeleteSelection,
} from '../../indexer/delete-documents.js'
import { fileInput, type Input, streamInput } from '../../indexer/readers/input.js'
import { readIds } from '../../indexer/readers/read-ids.js'
import { type CliContext, openEngine, readSettings, settingValue } from '../context.js'
import { EXIT, UsageError } from '../exit.js'
import { countOf } from '../plural.js'
import { createProgress } from '../progress.js'
import { parseQuery } from '../query-flag.js'
import { addSettings } from '../settings.js'
import { untilAbort } from '../stoppable-input.js'
import { note, print } from '../terminal.js'

interface DeleteFlags {
  readonly ids?: string
  readonly query?: object
  readonly all?: boolean
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

/** `splade-bridge delete ID…`. */
export function defineDelete(command: Command, context: CliContext): void {
  command.argument('[id...]', 'ids of the documents')
  addSettings(command, ['url', 'index', 'username', 'caFile'])
  command
    .option('--ids <file>', 'file with an id on each line; - for standard input')
    .option('--query <query>', 'what it finds: a Lucene query such as lang:en, or JSON', parseQuery)
    .option('--all', 'the whole index, with its mapping')
    .option('--dry-run', 'only say how many documents are meant')
    .option('--yes', 'do not ask before everything is deleted')
    .option('--json', 'print {"index","matched","deleted","missing","kept","dryRun"}')
    .addHelpText(
      'after',
      '\nA document that is written anew while it is being deleted stays, and is counted as kept.\n\n' +
        'Examples:\n  $ splade-bridge delete en-001 en-002\n' +
        '  $ splade-bridge delete --index docs --ids withdrawn.txt --dry-run\n' +
        "  $ splade-bridge delete --index docs --query 'lang:en AND year:<1990'\n" +
        '  $ splade-bridge delete --index old-docs --all',
    )
    .action((ids: string[], flags: DeleteFlags) => runDelete(context, ids, flags, command.optsWithGlobals()))
}

async function runDelete(
  context: CliContext,
  ids: readonly string[],
  flags: DeleteFlags,
  all: Record<string, unknown>,
): Promise<void> {
  const selection = selectionOf(context, ids, flags)
  const settings = await readSettings(context, all)
  const client = await openEngine(settings)
  try {
    const index = settingValue(settings, 'index')
    const result =
      selection === 'all'
        ? await deleteAll(context, client, index, flags)
        : await deleteSome(context, client, index, selection, flags)
    report(context, index, result, flags)
    if (context.signal.aborted) process.exitCode = EXIT.interrupted
  } finally {
    await client.close()
  }
}

/** @throws UsageError unless exactly one way of naming documents is used */
function selectionOf(
  context: CliContext,
  ids: readonly string[],
  { ids: file, query, all }: DeleteFlags,
): DeleteSelection | 'all' {
  const ways = [ids.length > 0, file !== undefined, query !== undefined, all === true]
  if (ways.filter(Boolean).length !== 1) {
    throw new UsageError('name what is to be deleted in one way: ids, --ids FILE, --query or --all')
  }
  if (all === true) return 'all'
  if (query !== undefined) return { query }
  return { ids: file === undefined ? ids : readIds(toInput(file, context.signal)) }
}

function toInput(file: string, signal: AbortSignal): Input {
  return file === '-' ? streamInput(untilAbort(process.stdin, signal)) : fileInput(file)
}

async function deleteSome(
  context: CliContext,
  client: EngineClient,
  index: string,
  selection: DeleteSelection,
  flags: DeleteFlags,
): Promise<DeleteResult> {
  const dryRun = flags.dryRun === true
  if ('query' in selection && !dryRun) await confirmQuery(context, client, index, selection, flags)
  const progress = createProgress(context.terminal, 'deleting')
  try {
    return await deleteDocuments(client, {
      index,
      selection,
      dryRun,
      signal: context.signal,
      onProgress: ({ matched }) => {
        progress.update(matched, undefined)
      },
      onRetry: (retry, delayMs, reason) => {
        note(context.terminal, `retry ${retry} in ${Math.round(delayMs)} ms: ${reason}`)
      },
    })
  } finally {
    progress.end()
  }
}

/** A query that finds every document is as good as `--all`. */
async function confirmQuery(
  context: CliContext,
  client: EngineClient,
  index: string,
  selection: DeleteSelection,
  flags: DeleteFlags,
): Promise<void> {
  const { matched } = await deleteDocuments(client, { index, selection, dryRun: true })
  if (matched > 0 && matched === (await countDocuments(client, index))) {
    await confirm(context, `all ${countOf(matched, 'document')} of index ${index}`, index, flags)
  }
}

async function deleteAll(
  context: CliContext,
  client: EngineClient,
  index: string,
  flags: DeleteFlags,
): Promise<DeleteResult> {
  const everything = { index, selection: { query: { match_all: {} } }, dryRun: true }
  const { matched } = await deleteDocuments(client, everything)
  if (flags.dryRun === true) return { matched, deleted: 0, missing: 0, kept: 0 }
  await confirm(context, `index ${index} with ${countOf(matched, 'document')} and its mapping`, index, flags)
  await deleteIndex(client, index)
  return { matched, deleted: matched, missing: 0, kept: 0 }
}

/** @throws UsageError unless `--yes` is given, or a person types the name of the index */
async function confirm(
  { terminal, signal }: CliContext,
  what: string,
  index: string,
  flags: DeleteFlags,
): Promise<void> {
  if (flags.yes === true) return
  if (!terminal.interactive || !process.stdin.isTTY) {
    throw new UsageError(`this deletes ${what}: say so with --yes`)
  }
  const question = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const typed = await question.question(`This deletes ${what}. Type the name of the index to go on: `, {
      signal,
    })
    if (typed.trim() !== index) throw new UsageError('nothing was deleted')
  } finally {
    question.close()
  }
}

function report({ terminal }: CliContext, index: string, result: DeleteResult, flags: DeleteFlags): void {
  const { matched, deleted, missing, kept } = result
  const dryRun = flags.dryRun === true
  if (flags.json === true) {
    print(terminal, JSON.stringify({ index, matched, deleted, missing, kept, dryRun }))
    return
  }
  const absent = missing > 0 ? `, ${countOf(missing, 'id')} not found` : ''
  const changed = kept > 0 ? `, ${kept} kept because they changed meanwhile` : ''
  print(
    terminal,
    dryRun
      ? `${countOf(matched, 'document')} of index ${index} would be deleted${absent}`
      : `${countOf(deleted, 'document')} of index ${index} deleted${absent}${changed}`,
  )
}
