import { join } from 'node:path'
import type { Command } from 'commander'
import { createLexicalEncoder } from '../../encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../engine/client.js'
import type { BeirQuery, Qrels } from '../../evaluate/beir.js'
import {
  type ComparedIndex,
  compareIndices,
  type ComparedModel,
  compareModels,
  type ModelComparison,
} from '../../evaluate/compare-models.js'
import { type CliContext, openEngine, readSettings } from '../context.js'
import { encoderSettings, openEncoder, openIndexEncoder } from '../encoders.js'
import { UsageError } from '../exit.js'
import { deviceWarning, INFERENCE_SETTINGS } from '../inference-settings.js'
import { readJudgedQueries } from '../judged-queries.js'
import { LEXICAL_MODEL } from '../models.js'
import { packageRoot } from '../paths.js'
import { createProgress } from '../progress.js'
import { printComparison } from '../render-comparison.js'
import { addSettings, type Settings } from '../settings.js'
import { print } from '../terminal.js'
import { wholeNumber } from '../whole-number.js'

interface CompareFlags {
  readonly dataset?: string
  readonly split?: string
  readonly indexA?: string
  readonly indexB?: string
  readonly top: number
  readonly json?: boolean
}

const DEFAULT_DATASET = join(packageRoot, 'examples/ko')

/** `splade-bridge compare MODEL_A MODEL_B`. */
export function defineCompare(command: Command, context: CliContext): void {
  command
    .argument('<modelA>', 'what is there: a model name, a folder or the address of an encoder server')
    .argument('<modelB>', 'what could take its place')
    .argument('[query...]', 'queries, each in quotes (default: those of the data set)')
    .option('--dataset <folder>', 'folder in BEIR layout (default: the Korean examples)')
    .option('--split <name>', 'qrels file without .tsv (default: test, or the only one there is)')
    .option('--index-a <name>', 'ask this index of the engine, written by model A, not a corpus in memory')
    .option('--index-b <name>', 'the same for model B')
    .option('--top <n>', 'queries to tell of, those that changed most first', wholeNumber, 5)
  addSettings(command, ['url', 'tokenizer', ...INFERENCE_SETTINGS, 'username', 'caFile'])
  command
    .option(
      '--json',
      'print {"a","b","queries","meanOverlap","foundNothing","unchanged","ndcg","corpus","changed"}',
    )
    .addHelpText(
      'after',
      '\nBoth models encode the corpus and answer its queries exactly, in memory: no engine is asked and nothing is\n' +
        'written. p is that of a paired randomisation test over the queries. Weights of two models have scales of their\n' +
        'own: tokens are in order of the change of their part of the whole vector.\n\n' +
        'Examples:\n  $ splade-bridge compare bm25 ko-en-mini\n' +
        '  $ splade-bridge compare --dataset examples/en splade-tiny-en ko-en-mini --top 20\n' +
        '  $ splade-bridge compare bm25 ko-en-mini "심근경색 증상" "my car won\'t start"\n' +
        '  $ splade-bridge compare bm25 ko-en-mini --index-a docs-1 --index-b docs-2 "heart attack"',
    )
    .action((modelA: string, modelB: string, queries: string[], flags: CompareFlags) =>
      compare(context, { models: [modelA, modelB], queries, flags }, command.optsWithGlobals()),
    )
}

/** What was asked for. */
interface Asked {
  readonly models: readonly [a: string, b: string]
  readonly queries: readonly string[]
  readonly flags: CompareFlags
}

async function compare(context: CliContext, asked: Asked, all: Record<string, unknown>): Promise<void> {
  const { models, flags } = asked
  const indices = indicesOf(asked)
  const settings = await readSettings(context, all)
  const questions = await readQuestions(context, asked)
  const comparison =
    indices === undefined
      ? await compareInMemory(context, settings, asked, questions)
      : await compareInEngine(context, settings, { ...asked, indices }, questions)
  const names = indices === undefined ? models : indices.map((index, place) => `${index} (${models[place]})`)
  const [a = '', b = ''] = names
  if (flags.json === true) print(context.terminal, JSON.stringify({ a, b, ...comparison }))
  else printComparison(context.terminal, { a, b }, comparison)
}

function indicesOf({ queries, flags }: Asked): readonly [a: string, b: string] | undefined {
  const { indexA, indexB, dataset } = flags
  if (indexA === undefined && indexB === undefined) return undefined
  if (indexA === undefined || indexB === undefined)
    throw new UsageError(
      '--index-a and --index-b go together: both models are asked in the engine, or neither',
    )
  if (queries.length === 0 && dataset === undefined)
    throw new UsageError('--index-a and --index-b need queries, or those of a --dataset')
  return [indexA, indexB]
}

interface Questions {
  readonly queries: readonly BeirQuery[]
  /** Absent where queries were given: nobody has judged them. */
  readonly qrels?: Qrels
}

async function readQuestions({ terminal }: CliContext, { queries, flags }: Asked): Promise<Questions> {
  const { dataset = DEFAULT_DATASET, split } = flags
  if (queries.length > 0) {
    if (split !== undefined)
      throw new UsageError(
        '--split names judgements of the queries of a data set: leave it out beside queries',
      )
    if (queries.some((text) => text.trim() === ''))
      throw new UsageError('a query is empty: there is nothing to compare; leave it out, or give it a text')
    return { queries: queries.map((text, place) => ({ id: String(place + 1), text })) }
  }
  return readJudgedQueries(terminal, dataset, split)
}

async function compareInMemory(
  context: CliContext,
  settings: Settings,
  { models, flags }: Asked,
  questions: Questions,
): Promise<ModelComparison> {
  const { terminal, signal } = context
  const progress = createProgress(terminal, 'encoding with both models')
  const a = await openModel(context, settings, models[0])
  try {
    const b = await openModel(context, settings, models[1])
    try {
      return await compareModels(a, b, {
        ...questions,
        dataset: flags.dataset ?? DEFAULT_DATASET,
        top: flags.top,
        signal,
        onProgress: (documents) => {
          progress.update(documents, undefined)
        },
      })
    } finally {
      await b.encoder.close()
    }
  } finally {
    progress.end()
    await a.encoder.close()
  }
}

async function openModel(context: CliContext, settings: Settings, model: string): Promise<ComparedModel> {
  const onDevice = deviceWarning(context.terminal)
  const encoder = await openEncoder(model, { ...encoderSettings(settings), onDevice })
  if (model !== LEXICAL_MODEL) return { encoder }
  return { encoder, queryEncoder: (statistics) => createLexicalEncoder({ statistics }) }
}

async function compareInEngine(
  context: CliContext,
  settings: Settings,
  { models, flags, indices }: Asked & { readonly indices: readonly [a: string, b: string] },
  questions: Questions,
): Promise<ModelComparison> {
  const client = await openEngine(settings)
  try {
    const a = await openIndex(context, client, settings, { index: indices[0], model: models[0] })
    try {
      const b = await openIndex(context, client, settings, { index: indices[1], model: models[1] })
      try {
        const { signal } = context
        return await compareIndices(client, a, b, { ...questions, top: flags.top, signal })
      } finally {
        await b.encoder.close()
      }
    } finally {
      await a.encoder.close()
    }
  } finally {
    await client.close()
  }
}

async function openIndex(
  { terminal }: CliContext,
  client: EngineClient,
  settings: Settings,
  { index, model }: { readonly index: string; readonly model: string },
): Promise<ComparedIndex> {
  const values = new Map(settings.values)
    .set('index', { value: index, source: 'command line' })
    .set('model', { value: model, source: 'command line' })
  const opened = await openIndexEncoder(
    client,
    { ...settings, values },
    { onDevice: deviceWarning(terminal) },
  )
  return { index, encoder: opened.encoder }
}
