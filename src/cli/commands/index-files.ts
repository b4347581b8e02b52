import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { PruneOptions } from '../../encoder/pruning.js'
import type { Encoder } from '../../encoder/encoder.js'
import type { EngineClient } from '../../engine/client.js'
import type { IndexEvent, IndexResult } from '../../indexer/events.js'
import { indexDocuments, type IndexDocumentsOptions } from '../../indexer/index-documents.js'
import { restoreSettings } from '../../indexer/load-settings.js'
import { type CliContext, openEngine, readSettings, settingValue } from '../context.js'
import { readDocumentSettings, withDocumentSettings } from '../document-settings.js'
import { openIndexEncoder } from '../encoders.js'
import { EXIT, UsageError } from '../exit.js'
import { addFieldFlags, type FieldFlags, fieldOptions } from '../field-flags.js'
import { findInputs, type InputFiles } from '../input-files.js'
import { addInputFlags, type InputFlags, readOptions } from '../input-flags.js'
import { deviceWarning } from '../inference-settings.js'
import { LoadObservers } from '../load-observers.js'
import { addLoadFlags, type LoadFlags, loadOptions, withWritableCheckpoint } from '../load-flags.js'
import { longTextOptions } from '../long-text-flags.js'
import { noteEarlierRun, noteEnd, noteLeftOut, noteMissingPartition, reportResult } from '../load-notes.js'
import { reportOption } from '../load-report.js'
import { openPatiently, type PatientEngine } from '../patient-engine.js'
import { countsOfIndex } from '../report-counts.js'
import { RunWatcher } from '../run-watcher.js'
import { addPruneFlag } from '../prune-flags.js'
import { addSettings, type Settings } from '../settings.js'
import { withTelemetry } from '../telemetry.js'
import { note, print } from '../terminal.js'
import { requireWritableOutputs } from '../writable-file.js'
import type { TelemetrySink } from '../../telemetry/events.js'
import { addSetupFlags, ENGINE_SETTINGS, fieldsOf, planIndexOf, setUpIndex, type SetupFlags } from './init.js'

interface IndexFlags extends SetupFlags, InputFlags, FieldFlags, LoadFlags {
  readonly prune?: PruneOptions
  readonly force?: boolean
  readonly deadLetters?: string
  readonly fromDeadLetters?: string
  readonly restore?: boolean
  readonly report?: string
  readonly events?: boolean
  readonly json?: boolean
}

const DEFAULT_DEAD_LETTERS = 'dead-letters.ndjson'

/** `splade-bridge index FILE…`. */
export function defineIndex(command: Command, context: CliContext): void {
  command.argument('[file...]', 'files, folders, patterns such as "data/*.csv.gz"; - for standard input')
  addSettings(command, [...ENGINE_SETTINGS, 'field', 'telemetry'])
  addSetupFlags(command)
  addInputFlags(command)
  addFieldFlags(command)
  addLoadFlags(command)
  addPruneFlag(command, 'document')
    .option('--force', 'encode and write documents even if they are unchanged')
    .option(
      '--dead-letters <file>',
      `append documents that the engine refuses to this file (default: ${DEFAULT_DEAD_LETTERS})`,
    )
    .option('--from-dead-letters <file>', 'index the documents of a dead-letter file, mended or not')
    .addOption(reportOption())
    .option('--events', 'with --json: also a line for each event, before the last')
    .option('--restore', 'only give the index the settings back that a load which was killed has put off')
    .option(
      '--json',
      'end with {"read","indexed","unchanged","deadLettered","skipped","chunked","chunks","truncated","elapsedMs"}',
    )
    .addHelpText(
      'after',
      '\nReads JSON lines, bulk files, JSON arrays, CSV, TSV and Parquet, also compressed with gzip or zstd.\n' +
        'Documents whose content and model have not changed since the last run are skipped.\n\n' +
        'Examples:\n  $ splade-bridge index examples/en/corpus.jsonl\n' +
        '  $ splade-bridge index --model bm25 --index ko examples/ko/corpus.jsonl\n' +
        '  $ splade-bridge index --index docs data/ "more/**/*.parquet"\n' +
        '  $ curl -s https://example.com/docs.jsonl.zst | splade-bridge index --index docs --json -',
    )
    .action((files: string[], flags: IndexFlags) =>
      indexFiles(context, files, flags, command.optsWithGlobals()),
    )
}

async function indexFiles(
  context: CliContext,
  files: readonly string[],
  flags: IndexFlags,
  all: Record<string, unknown>,
): Promise<void> {
  const settings = await readSettings(context, all)
  if (flags.events === true && flags.json !== true) throw new UsageError('--events needs --json')
  if (flags.restore === true) {
    await restore(context, settings, files)
    return
  }
  const plan = planOf(files, withDocumentSettings(flags, readDocumentSettings(settings)))
  await requireWritableOutputs(flags)
  const found = await findInputs(plan.files, plan.format !== undefined, context.signal)
  noteLeftOut(context.terminal, found)
  const place = { url: settingValue(settings, 'url'), index: settingValue(settings, 'index'), ...found }
  const asked = loadOptions(flags, context.environment, place)
  noteMissingPartition(context, flags)
  const load = await withWritableCheckpoint(asked, flags, (folder) => {
    note(
      context.terminal,
      `no checkpoint is kept, since ${folder} cannot be written; --checkpoint names a file`,
    )
  })
  const reading = { ...readOptions(plan), ...fieldOptions(plan), ...load }
  const engine = await openPatiently(context, settings, plan)
  try {
    const result = await runIndexing(context, engine, settings, { ...found, reading }, plan)
    reportResult(context.terminal, result, plan)
    if (result.deadLettered > 0) process.exitCode = EXIT.failed
    if (!result.isComplete) process.exitCode = EXIT.interrupted
  } finally {
    await engine.client.close()
  }
}

/** `index --restore`. */
async function restore(
  { terminal }: CliContext,
  settings: Settings,
  files: readonly string[],
): Promise<void> {
  if (files.length > 0) throw new UsageError('--restore takes no files: a run restores the settings itself')
  const index = settingValue(settings, 'index')
  const client = await openEngine(settings)
  try {
    const restored = Object.entries((await restoreSettings(client, index)) ?? {})
    const list = restored.map(([name, value]) => `${name} is ${value} again`).join(', ')
    print(terminal, `index ${index}: ${list || 'nothing was put off'}`)
  } finally {
    await client.close()
  }
}

type IndexPlan = IndexFlags & { readonly files: readonly string[]; readonly deadLetters: string }

/**
 * What is read, and where dead letters go.
 *
 * @throws UsageError for no input, or two kinds of it
 */
function planOf(files: readonly string[], flags: IndexFlags): IndexPlan {
  const { fromDeadLetters: letters } = flags
  if (letters === undefined) {
    if (files.length === 0) throw new UsageError('name the files to index, or - for standard input')
    return { ...flags, files, deadLetters: flags.deadLetters ?? DEFAULT_DEAD_LETTERS }
  }
  if (files.length > 0) throw new UsageError('--from-dead-letters takes the place of files')
  const deadLetters = flags.deadLetters ?? letters.replace(/(\.[^./\\]*)?$/, '.again$1')
  if (resolve(deadLetters) === resolve(letters)) {
    throw new UsageError('--dead-letters must be another file than the one that is read')
  }
  return { ...flags, files: [letters], deadLetters, format: 'dead-letters' }
}

interface WhatToLoad extends InputFiles {
  readonly reading: Partial<IndexDocumentsOptions>
}

async function runIndexing(
  context: CliContext,
  { client, waiting }: PatientEngine,
  settings: Settings,
  { inputs, totalBytes, reading }: WhatToLoad,
  flags: IndexPlan,
): Promise<IndexResult> {
  const index = settingValue(settings, 'index')
  const encoding = {
    onDevice: deviceWarning(context.terminal),
    longTexts: longTextOptions(flags),
    ...(flags.prune !== undefined && { pruneDocuments: flags.prune }),
    ...averageLengthOf(flags),
  }
  const { encoder, meta } = await openIndexEncoder(waiting, settings, encoding)
  try {
    const fields = fieldsOf(settings, flags, meta)
    // The load waits by itself where it sets up an index on its way.
    const setUp = (name: string) => setUpIndex(client, encoder, name, fields, flags)
    const told = (what: string): void => {
      if (flags.json !== true)
        note(context.terminal, `${what} index ${index}, model ${encoder.identity.name}`)
    }
    // What is wrong with the set-up is to be told before anything is read.
    if (meta === undefined) await planIndexOf(waiting, encoder, index, fields, flags)
    else {
      await setUpIndex(waiting, encoder, index, fields, flags, meta)
      told('using')
    }
    if (flags.resume !== true) noteEarlierRun(context.terminal, reading.checkpointFile)
    const options: IndexDocumentsOptions = {
      index,
      ...(meta !== undefined && { meta }),
      newIndex: {
        fields,
        create: async () => {
          const setup = await setUp(index)
          told(setup.created ? 'created' : 'using')
          return setup.meta
        },
      },
      inputs,
      ...reading,
      prepareIndex: async (name) => {
        await setUp(name)
      },
      deadLetterFile: flags.deadLetters,
      signal: context.signal,
      ...(flags.prune !== undefined && { encodingSettings: flags.prune }),
      ...(flags.force !== undefined && { force: flags.force }),
    }
    return await withTelemetry(context.terminal, settings, client, (telemetry) =>
      loadWatched(context, { client, encoder, options, totalBytes, telemetry }, flags),
    )
  } finally {
    await encoder.close()
  }
}

interface Load {
  readonly client: EngineClient
  readonly encoder: Encoder
  readonly options: IndexDocumentsOptions
  readonly totalBytes: number | undefined
  readonly telemetry: TelemetrySink | undefined
}

async function loadWatched(
  context: CliContext,
  { client, encoder, options, totalBytes, telemetry }: Load,
  { events, report: reportFile }: IndexPlan,
): Promise<IndexResult> {
  const { index, inputs } = options
  const model = encoder.identity.name
  const observers = new LoadObservers({ command: 'index', index, model }, telemetry, reportFile)
  const watcher = new RunWatcher(context.terminal, model, { totalBytes, printsEvents: events === true })
  const onEvent = (event: IndexEvent): void => {
    watcher.see(event)
    observers.see(event)
  }
  let result: IndexResult | undefined
  try {
    result = await indexDocuments(client, encoder, { ...options, onEvent })
    const heading = { title: `Load of index ${index}`, model, from: inputs.map(({ name }) => name) }
    await observers.report(context.terminal, heading, countsOfIndex(result))
    return result
  } finally {
    watcher.end()
    observers.finish()
    noteEnd(context, inputs, { result, hasStarted: watcher.hasStarted })
  }
}

function averageLengthOf({ averageLength }: IndexFlags): { averageLength?: number } {
  return averageLength === undefined ? {} : { averageLength }
}
