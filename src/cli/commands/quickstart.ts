import { readFile } from 'node:fs/promises'
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
import { openSearcher, type Searcher } from '../../search/search.js'
import { type CliContext, readSettings } from '../context.js'
import { encoderSettings, openEncoder, type OpenEncoderOptions } from '../encoders.js'
import { deviceWarning, INFERENCE_SETTINGS } from '../inference-settings.js'
import { CACHED, LEXICAL_MODEL, resolveModel } from '../models.js'
import { packageRoot, userPaths } from '../paths.js'
import { isRemoteModel } from '../remote-encoder.js'
import { addSettings, SETTINGS } from '../settings.js'
import { note, print } from '../terminal.js'
import { RunWatcher } from './index-files.js'
import { setUpIndex } from './init.js'
import { printResult } from './search.js'

interface ExampleQuery {
  readonly text: string
  readonly lang: string
}

interface ExampleIndex {
  readonly lang: string
  readonly index: string
  readonly model: string
  /** Folder of the examples with a corpus.jsonl. */
  readonly folder: string
}

/** What is indexed, and what is asked. */
interface Demonstration {
  readonly indices: readonly [ExampleIndex, ...ExampleIndex[]]
  /** File of the examples. */
  readonly queries: string
  readonly encoder?: Pick<OpenEncoderOptions, 'remote' | 'inference'>
}

const EXAMPLES = join(packageRoot, 'examples')

const STANDARD: Demonstration = {
  indices: [
    { lang: 'en', index: 'quickstart-en', model: SETTINGS.model.fallback, folder: 'en' },
    { lang: 'ko', index: 'quickstart-ko', model: LEXICAL_MODEL, folder: 'ko' },
  ],
  queries: 'quickstart.jsonl',
}

/** Five Korean documents and three queries, for a model of the user's own. */
function demonstrationOf(
  model: string,
  encoder: Pick<OpenEncoderOptions, 'remote' | 'inference'>,
): Demonstration {
  return {
    indices: [{ lang: 'ko', index: 'quickstart-model', model, folder: 'demonstration' }],
    queries: join('demonstration', 'queries.jsonl'),
    encoder,
  }
}

/** Enough to see a ranking, few enough to read. */
const HITS = 3

const NEXT_STEPS = `
Tokens with a + do not stand in the document: the model added them. Next:
  $ npx splade-bridge engine start --detach                       a node that stays
  $ npx splade-bridge index examples/en/corpus.jsonl              or your own JSON lines
  $ npx splade-bridge search "how do I save energy at home"
  $ npx splade-bridge encode "what the index sees of a text"
  $ npx splade-bridge eval --dataset examples/en --exact          NDCG through the engine
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
  const demonstration = await chooseDemonstration(context, flags)
  const engine = await startEmbeddedEngine({
    cacheDir: userPaths.cache,
    environment: context.environment,
    onProgress: (message) => {
      note(terminal, message)
    },
  })
  const startedAt = performance.now()
  try {
    await demonstrate(context, engine, demonstration)
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
  context: CliContext,
  flags: Record<string, unknown>,
): Promise<Demonstration> {
  const settings = await readSettings(context, flags)
  const encoder = encoderSettings(settings)
  const model = settings.values.get('model')
  if (model?.source !== 'command line') return { ...STANDARD, encoder }
  // A wrong folder shows before an engine has been started for it.
  if (model.value !== LEXICAL_MODEL && !isRemoteModel(model.value))
    await loadModel(await resolveModel(model.value), { precision: encoder.inference?.precision, ...CACHED })
  return demonstrationOf(model.value, encoder)
}

async function demonstrate(
  context: CliContext,
  engine: EmbeddedEngine,
  { indices, queries, encoder: options = {} }: Demonstration,
): Promise<void> {
  note(context.terminal, `${engine.engine} ${engine.version} is ready at ${engine.url}`)
  const client = await connect({ url: engine.url })
  const encoders = new Map<string, Encoder>()
  try {
    for (const example of indices)
      encoders.set(example.index, await indexExamples(context, client, example, options))
    const searchers = new Map<string, Searcher>()
    for (const [index, encoder] of encoders) searchers.set(index, await openSearcher(client, encoder, index))
    for (const query of await readQueries(queries)) {
      context.signal.throwIfAborted()
      const { index, model } = indices.find(({ lang }) => lang === query.lang) ?? indices[0]
      const searcher = searchers.get(index)
      const readable = encoders.get(index)?.readable
      if (searcher !== undefined)
        await runQuery(context, searcher, { query: query.text, index, model, readable })
    }
  } finally {
    for (const encoder of encoders.values()) await encoder.close()
    await client.close()
  }
}

async function indexExamples(
  context: CliContext,
  client: EngineClient,
  { folder, index, model }: ExampleIndex,
  options: Pick<OpenEncoderOptions, 'remote' | 'inference'>,
): Promise<Encoder> {
  const { terminal, signal } = context
  const encoder = await openEncoder(model, {
    ...options,
    corpus: { client, index, field: DEFAULT_FIELD },
    onDevice: deviceWarning(terminal),
  })
  await setUpIndex(client, encoder, index, { field: DEFAULT_FIELD, textFields: DEFAULT_TEXT_FIELDS }, {})
  const file = join(EXAMPLES, folder, 'corpus.jsonl')
  const watcher = new RunWatcher(terminal, model, (await readFile(file)).byteLength)
  try {
    const { indexed } = await indexDocuments(client, encoder, {
      index,
      inputs: [fileInput(file)],
      signal,
      onEvent: (event) => {
        watcher.see(event)
      },
    })
    note(terminal, `${index}: ${indexed} documents encoded by ${model} and indexed`)
  } finally {
    watcher.end()
  }
  return encoder
}

interface ShownQuery extends Pick<ExampleIndex, 'index' | 'model'> {
  readonly query: string
  readonly readable: Encoder['readable'] | undefined
}

async function runQuery(
  { terminal }: CliContext,
  searcher: Searcher,
  { query, index, model, readable }: ShownQuery,
): Promise<void> {
  print(
    terminal,
    `\n${terminal.paint.bold(terminal.paint.green(`» ${query}`))}  ${terminal.paint.dim(`${index}, ${model}`)}`,
  )
  const result = await searcher.search({ query, size: HITS, explain: true })
  printResult(terminal, { query, index, readable }, result)
}

async function readQueries(file: string): Promise<readonly ExampleQuery[]> {
  const lines = (await readFile(join(EXAMPLES, file), 'utf8')).trim().split('\n')
  return lines.map((line) => JSON.parse(line) as ExampleQuery)
}
