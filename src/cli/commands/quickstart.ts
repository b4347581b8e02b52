import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { connect } from '../../engine/connect.js'
import type { EngineClient } from '../../engine/client.js'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../engine/embedded/start.js'
import { DEFAULT_FIELD, DEFAULT_TEXT_FIELDS } from '../../engine/index-setup.js'
import type { Encoder } from '../../encoder/encoder.js'
import { indexDocuments } from '../../indexer/index-documents.js'
import { fileInput } from '../../indexer/readers/input.js'
import { loadModel } from '../../model/load-model.js'
import { openSearcher } from '../../search/search.js'
import { type CliContext, readSettings } from '../context.js'
import { encoderSettings, openEncoder, type OpenEncoderOptions } from '../encoders.js'
import { deviceWarning, INFERENCE_SETTINGS } from '../inference-settings.js'
import { CACHED, isRemoteModel, LEXICAL_MODEL, resolveModel } from '../models.js'
import { packageRoot, userPaths } from '../paths.js'
import { RunWatcher } from '../run-watcher.js'
import { addSettings, SETTINGS, type Settings } from '../settings.js'
import { note, print } from '../terminal.js'
import { setUpIndex } from './init.js'
import { printResult } from './search.js'

/** What is indexed, and what is asked. */
interface Demonstration {
  readonly index: string
  readonly model: string
  /** Folders of the examples with a corpus.jsonl. */
  readonly folders: readonly string[]
  /** File of the examples. */
  readonly queries: string
}

type EncoderOptions = Pick<OpenEncoderOptions, 'remote' | 'inference'>

const EXAMPLES = join(packageRoot, 'examples')

/** Both languages in one index. */
const STANDARD: Demonstration = {
  index: 'quickstart',
  model: SETTINGS.model.fallback,
  folders: ['en', 'ko'],
  queries: 'quickstart.jsonl',
}

/** Five Korean documents and three queries, for a model of the user's own. */
const OWN_MODEL: Omit<Demonstration, 'model'> = {
  index: 'quickstart-model',
  folders: ['demonstration'],
  queries: join('demonstration', 'queries.jsonl'),
}

/** Enough to see a ranking, few enough to read. */
const HITS = 3

const NEXT_STEPS = `
Tokens with a + do not stand in the document: the model added them. Next:
  $ npx splade-bridge engine start --detach                       a node that stays
  $ npx splade-bridge index examples/ko/corpus.jsonl              or your own JSON lines
  $ npx splade-bridge search "비행기가 흔들리면 위험한가"
  $ npx splade-bridge encode "what the index sees of a text"
  $ npx splade-bridge eval --dataset examples/ko --exact          NDCG through the engine
  $ npx splade-bridge engine stop`

/** `splade-bridge quickstart`: the whole way, from a real engine's start to explained hits, and nothing left behind. */
export function defineQuickstart(command: Command, context: CliContext): void {
  addSettings(command, ['model', 'tokenizer', ...INFERENCE_SETTINGS])
  command
    .addHelpText(
      'after',
      '\nWith --model five Korean documents are indexed by that model, and three queries are run.\n\n' +
        'Examples:\n  $ splade-bridge quickstart\n  $ splade-bridge quickstart --model ./PIXIE-Splade-Preview\n\nA JDK (17 or newer) and Maven are needed; the first start downloads the engine.',
    )
    .action(() => quickstart(context, command.optsWithGlobals()))
}

async function quickstart(context: CliContext, flags: Record<string, unknown>): Promise<void> {
  const { terminal } = context
  const settings = await readSettings(context, flags)
  const options = encoderSettings(settings)
  const demonstration = await chooseDemonstration(settings, options)
  const engine = await startEmbeddedEngine({
    cacheDir: userPaths.cache,
    environment: context.environment,
    onProgress: (message) => {
      note(terminal, message)
    },
  })
  const startedAt = performance.now()
  try {
    await demonstrate(context, engine, demonstration, options)
  } finally {
    await engine.stop()
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  print(
    terminal,
    terminal.paint.dim(
      `encoding, indexing, searching and stopping took ${seconds} s; the engine and its data are gone`,
    ),
  )
  print(terminal, NEXT_STEPS)
}

/** The environment's model is for the user's own index; here only a flag counts. */
async function chooseDemonstration(
  settings: Settings,
  { inference }: EncoderOptions,
): Promise<Demonstration> {
  const model = settings.values.get('model')
  if (model?.source !== 'command line') return STANDARD
  // A wrong folder shows before an engine has been started for it.
  if (model.value !== LEXICAL_MODEL && !isRemoteModel(model.value))
    await loadModel(await resolveModel(model.value), { precision: inference?.precision, ...CACHED })
  return { ...OWN_MODEL, model: model.value }
}

async function demonstrate(
  context: CliContext,
  engine: EmbeddedEngine,
  demonstration: Demonstration,
  options: EncoderOptions,
): Promise<void> {
  const { index, model } = demonstration
  note(context.terminal, `${engine.engine} ${engine.version} is ready at ${engine.url}`)
  const client = await connect({ url: engine.url })
  try {
    const encoder = await openEncoder(model, {
      ...options,
      corpus: { client, index, field: DEFAULT_FIELD },
      onDevice: deviceWarning(context.terminal),
    })
    try {
      await indexExamples(context, client, encoder, demonstration)
      await runQueries(context, client, encoder, demonstration)
    } finally {
      await encoder.close()
    }
  } finally {
    await client.close()
  }
}

async function indexExamples(
  { terminal, signal }: CliContext,
  client: EngineClient,
  encoder: Encoder,
  { index, model, folders }: Demonstration,
): Promise<void> {
  await setUpIndex(client, encoder, index, { field: DEFAULT_FIELD, textFields: DEFAULT_TEXT_FIELDS }, {})
  const files = folders.map((folder) => join(EXAMPLES, folder, 'corpus.jsonl'))
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
  const watcher = new RunWatcher(terminal, model, { totalBytes })
  try {
    const { indexed } = await indexDocuments(client, encoder, {
      index,
      inputs: files.map((file) => fileInput(file)),
      signal,
      onEvent: (event) => {
        watcher.see(event)
      },
    })
    note(terminal, `${index}: ${indexed} documents encoded by ${model} and indexed`)
  } finally {
    watcher.end()
  }
}

async function runQueries(
  { terminal, signal }: CliContext,
  client: EngineClient,
  encoder: Encoder,
  { index, model, queries }: Demonstration,
): Promise<void> {
  const { paint } = terminal
  const searcher = await openSearcher(client, encoder, index)
  for (const query of await readQueries(queries)) {
    signal.throwIfAborted()
    print(terminal, `\n${paint.bold(paint.green(`» ${query}`))}  ${paint.dim(`${index}, ${model}`)}`)
    const result = await searcher.search({ query, size: HITS, explain: true })
    printResult(terminal, { query, index }, result)
  }
}

async function readQueries(file: string): Promise<readonly string[]> {
  const lines = (await readFile(join(EXAMPLES, file), 'utf8')).trim().split('\n')
  return lines.map((line) => (JSON.parse(line) as { readonly text: string }).text)
}
