import { basename, join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Encoder } from '../../encoder/encoder.js'
import type { EngineClient } from '../../engine/client.js'
import type { IndexMeta } from '../../engine/index-meta.js'
import type { SparseFields } from '../../engine/text-rule.js'
import type { BeirQuery, Qrels } from '../../evaluate/beir.js'
import { runOnEngine } from '../../evaluate/engine-run.js'
import { runHybrid } from '../../evaluate/hybrid-run.js'
import { runExactly } from '../../evaluate/exact-run.js'
import { evaluateRun, type EvaluationReport } from '../../evaluate/report.js'
import { countDocuments } from '../../indexer/delete-documents.js'
import { indexDocuments } from '../../indexer/index-documents.js'
import { fileInput } from '../../indexer/readers/input.js'
import type { QualityEvent } from '../../telemetry/events.js'
import { type CliContext, openEngine, readSettings, settingValue } from '../context.js'
import { openIndexEncoder } from '../encoders.js'
import { UsageError } from '../exit.js'
import { chooseFields } from '../field-flags.js'
import { deviceWarning } from '../inference-settings.js'
import { readJudgedQueries } from '../judged-queries.js'
import { addLongTextFlags, type LongTextFlags, longTextOptions } from '../long-text-flags.js'
import { LEXICAL_MODEL } from '../models.js'
import { RunWatcher } from '../run-watcher.js'
import { addSettings, type Settings } from '../settings.js'
import { formatTable } from '../table.js'
import { withTelemetry } from '../telemetry.js'
import { note, print } from '../terminal.js'
import { ENGINE_SETTINGS, setUpIndex } from './init.js'

interface EvalFlags extends LongTextFlags {
  readonly dataset: string
  readonly split?: string
  readonly exact?: boolean
  readonly hybrid?: boolean
  readonly json?: boolean
}

/** What was measured: through the engine, and beside it where asked for. */
interface Reports {
  readonly engine: EvaluationReport
  readonly text?: EvaluationReport
  readonly hybrid?: EvaluationReport
  readonly exact?: EvaluationReport
}

const RANKING_DEPTH = 100

/** What an evaluation without `--split` is called in telemetry. */
const DEFAULT_SPLIT = 'default'

/** `splade-bridge eval`: retrieval quality of a model on a folder in BEIR layout, through the real engine. */
export function defineEval(command: Command, context: CliContext): void {
  command
    .requiredOption('--dataset <folder>', 'folder with corpus.jsonl, queries.jsonl and qrels/*.tsv')
    .option('--split <name>', 'qrels file without .tsv (default: test, or the only one there is)')
    .option('--exact', 'also score the same vectors exactly in memory, and print both')
    .option(
      '--hybrid',
      "also rank by the engine's own BM25 on the text fields, and by both fused, and print all",
    )
  addLongTextFlags(command)
  addSettings(command, [...ENGINE_SETTINGS, 'telemetry'])
  command
    .option('--json', 'print {"queries","ndcg@1","ndcg@3","ndcg@5","ndcg@10","recall@100","mrr@10"}')
    .addHelpText(
      'after',
      '\nUnless --index is given, the index is named after folder, model and the flags for long texts; it is created\n' +
        'if it is missing, and documents that are in it unchanged are not encoded again.\n\n' +
        'Example:\n  $ splade-bridge eval --dataset examples/ko --model bm25 --exact',
    )
    .action((flags: EvalFlags) => evaluate(context, flags, command.optsWithGlobals()))
}

async function evaluate(context: CliContext, flags: EvalFlags, all: Record<string, unknown>): Promise<void> {
  const settings = nameIndex(await readSettings(context, all), flags)
  const { queries, qrels } = await readJudgedQueries(context.terminal, flags.dataset, flags.split)
  const client = await openEngine(settings)
  try {
    const index = settingValue(settings, 'index')
    const { encoder, meta } = await openIndexEncoder(client, settings, {
      longTexts: longTextOptions(flags),
      onDevice: deviceWarning(context.terminal),
    })
    try {
      const fallback = settingValue(settings, 'field')
      const fields = chooseFields({}, { asked: undefined, fallback, existing: meta })
      const setup = await setUpIndex(client, encoder, index, fields, {}, meta)
      const read = await indexCorpus(context, client, encoder, { index, meta: setup.meta, ...flags })
      await requireNoOthers(context, client, settings, read)
      const of = { index, fields: setup.meta, queries, qrels }
      const reports = await measure(client, encoder, of, flags)
      await withTelemetry(context.terminal, settings, client, (telemetry) => {
        for (const event of toQualityEvents(flags, { index, model: encoder.identity.name }, reports))
          telemetry?.record(event)
      })
      const { engine, ...others } = reports
      print(
        context.terminal,
        flags.json === true ? JSON.stringify({ ...engine, ...others }) : formatReports(reports),
      )
    } finally {
      await encoder.close()
    }
  } finally {
    await client.close()
  }
}

interface Measured {
  readonly index: string
  readonly fields: SparseFields
  /** Those with judgements. */
  readonly queries: readonly BeirQuery[]
  readonly qrels: Qrels
}

async function measure(
  client: EngineClient,
  encoder: Encoder,
  { index, fields, queries, qrels }: Measured,
  { dataset, hybrid, exact }: EvalFlags,
): Promise<Reports> {
  const asked = { queries, size: RANKING_DEPTH }
  const sparse = await runOnEngine(client, encoder, { index, ...asked })
  const fused = hybrid === true ? await runHybrid(client, { index, fields, sparse, ...asked }) : undefined
  const exactly = exact === true ? await runExactly(encoder, { dataset, ...asked }) : undefined
  return {
    engine: evaluateRun(sparse, qrels),
    ...(fused && { text: evaluateRun(fused.text, qrels), hybrid: evaluateRun(fused.hybrid, qrels) }),
    ...(exactly && { exact: evaluateRun(exactly, qrels) }),
  }
}

/** The engine's own BM25 has no model; its figures are those of the index beside the model's. */
const ENGINE_BM25 = 'engine'

function toQualityEvents(
  { dataset, split }: EvalFlags,
  { index, model }: Pick<QualityEvent, 'index' | 'model'>,
  { engine, text, hybrid }: Reports,
): readonly QualityEvent[] {
  const of = {
    type: 'quality',
    index,
    dataset: basename(resolve(dataset)),
    split: split ?? DEFAULT_SPLIT,
  } as const
  return [
    { ...of, model, method: model === LEXICAL_MODEL ? 'bm25' : 'sparse', ...toFigures(engine) },
    ...(text === undefined
      ? []
      : [{ ...of, model: ENGINE_BM25, method: 'bm25' as const, ...toFigures(text) }]),
    ...(hybrid === undefined ? [] : [{ ...of, model, method: 'hybrid' as const, ...toFigures(hybrid) }]),
  ]
}

function toFigures(report: EvaluationReport): Pick<QualityEvent, 'queries' | 'ndcg' | 'recall100' | 'mrr10'> {
  return {
    queries: report.queries,
    ndcg: { 1: report['ndcg@1'], 3: report['ndcg@3'], 5: report['ndcg@5'], 10: report['ndcg@10'] },
    recall100: report['recall@100'],
    mrr10: report['mrr@10'],
  }
}

/** Data sets must not land in the index that a person searches. */
function nameIndex(settings: Settings, { dataset, ...flags }: EvalFlags): Settings {
  if (settings.values.get('index')?.source !== 'default') return settings
  const parts = [basename(resolve(dataset)), basename(settingValue(settings, 'model'))]
  const name = [
    'eval',
    ...parts,
    ...[flags.longTexts, flags.chunkTokens, flags.chunkOverlap].filter((value) => value !== undefined),
  ]
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '-')
  return { ...settings, values: new Map(settings.values).set('index', { value: name, source: 'default' }) }
}

async function indexCorpus(
  { terminal, signal }: CliContext,
  client: EngineClient,
  encoder: Encoder,
  { index, meta, dataset }: { readonly index: string; readonly meta: IndexMeta; readonly dataset: string },
): Promise<number> {
  const watcher = new RunWatcher(terminal, encoder.identity.name, { totalBytes: undefined })
  try {
    const inputs = [fileInput(join(dataset, 'corpus.jsonl'))]
    const { read, indexed, unchanged } = await indexDocuments(client, encoder, {
      index,
      meta,
      inputs,
      signal,
      onEvent: (event) => {
        watcher.see(event)
      },
    })
    note(terminal, `index ${index}: ${read} documents, ${indexed} indexed, ${unchanged} unchanged`)
    signal.throwIfAborted()
    return read
  } finally {
    watcher.end()
  }
}

/**
 * Documents of another corpus, or of an earlier state of this one, are ranked as well: no figure would be the data set's.
 *
 * @param read documents of the corpus
 * @throws UsageError for an index that was named after the data set; into one that a person has named, others may belong
 */
async function requireNoOthers(
  { terminal }: CliContext,
  client: EngineClient,
  { values }: Settings,
  read: number,
): Promise<void> {
  const { value: index = '', source } = values.get('index') ?? {}
  const held = await countDocuments(client, index)
  if (held <= read) return
  const others = `index ${index} holds ${held} documents, and the corpus ${read}: the others are ranked as well`
  if (source === 'default')
    throw new UsageError(
      `${others}; delete it with "splade-bridge delete --index ${index} --all", or name another with --index`,
    )
  note(terminal, `warning: ${others}`)
}

/** A column each; one alone needs no heading. */
function formatReports(reports: Reports): string {
  const columns = Object.entries(reports) as [keyof Reports, EvaluationReport][]
  const names = columns.map(([name]) => (name === 'engine' && reports.hybrid !== undefined ? 'sparse' : name))
  const rows = (Object.keys(reports.engine) as (keyof EvaluationReport)[]).map((figure) => [
    figure,
    ...columns.map(([, report]) => formatFigure(figure, report)),
  ])
  const right = columns.map((_, place) => place + 1)
  return formatTable([...(columns.length > 1 ? [['', ...names]] : []), ...rows], right).join('\n')
}

function formatFigure(name: keyof EvaluationReport, report: EvaluationReport): string {
  return name === 'queries' ? String(report.queries) : report[name].toFixed(4)
}
