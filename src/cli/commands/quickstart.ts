import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { connect } from '../../engine/connect.js'
import type { EngineClient } from '../../engine/client.js'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../engine/embedded/start.js'
import { DEFAULT_FIELD } from '../../engine/index-setup.js'
import type { Encoder } from '../../encoder/encoder.js'
import { indexDocuments } from '../../indexer/index-documents.js'
import { fileInput } from '../../indexer/readers/input.js'
import { openSearcher, type Searcher } from '../../search/search.js'
import type { CliContext } from '../context.js'
import { openEncoder } from '../encoders.js'
import { LEXICAL_MODEL } from '../models.js'
import { packageRoot, userPaths } from '../paths.js'
import { SETTINGS } from '../settings.js'
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
}

const EXAMPLES = join(packageRoot, 'examples')

const ENGLISH: ExampleIndex = { lang: 'en', index: 'quickstart-en', model: SETTINGS.model.fallback }

const INDICES: readonly ExampleIndex[] = [
  ENGLISH,
  { lang: 'ko', index: 'quickstart-ko', model: LEXICAL_MODEL },
]

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
  command
    .addHelpText(
      'after',
      '\nExample:\n  $ splade-bridge quickstart\n\nA JDK (17 or newer) and Maven are needed; the first start downloads the engine.',
    )
    .action(() => quickstart(context))
}

async function quickstart(context: CliContext): Promise<void> {
  const { terminal } = context
  const engine = await startEmbeddedEngine({
    cacheDir: userPaths.cache,
    environment: context.environment,
    onProgress: (message) => {
      note(terminal, message)
    },
  })
  const startedAt = performance.now()
  try {
    await demonstrate(context, engine)
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

async function demonstrate(context: CliContext, engine: EmbeddedEngine): Promise<void> {
  note(context.terminal, `${engine.engine} ${engine.version} is ready at ${engine.url}`)
  const client = await connect({ url: engine.url })
  const encoders = new Map<string, Encoder>()
  try {
    for (const example of INDICES) encoders.set(example.index, await indexExamples(context, client, example))
    const searchers = new Map<string, Searcher>()
    for (const [index, encoder] of encoders) searchers.set(index, await openSearcher(client, encoder, index))
    for (const query of await readQueries()) {
      context.signal.throwIfAborted()
      await runQuery(context, searchers, query)
    }
  } finally {
    for (const encoder of encoders.values()) await encoder.close()
    await client.close()
  }
}

async function indexExamples(
  context: CliContext,
  client: EngineClient,
  { lang, index, model }: ExampleIndex,
): Promise<Encoder> {
  const { terminal, signal } = context
  const encoder = await openEncoder(model, { corpus: { client, index, field: DEFAULT_FIELD } })
  await setUpIndex(client, encoder, index, DEFAULT_FIELD, {})
  const file = join(EXAMPLES, lang, 'corpus.jsonl')
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

async function runQuery(
  { terminal }: CliContext,
  searchers: ReadonlyMap<string, Searcher>,
  { text, lang }: ExampleQuery,
): Promise<void> {
  const { index, model } = INDICES.find((candidate) => candidate.lang === lang) ?? ENGLISH
  const searcher = searchers.get(index)
  if (searcher === undefined) return
  print(
    terminal,
    `\n${terminal.paint.bold(terminal.paint.green(`» ${text}`))}  ${terminal.paint.dim(`${index}, ${model}`)}`,
  )
  const result = await searcher.search({ query: text, size: HITS, explain: true })
  printResult(terminal, { query: text, index }, result)
}

async function readQueries(): Promise<readonly ExampleQuery[]> {
  const lines = (await readFile(join(EXAMPLES, 'quickstart.jsonl'), 'utf8')).trim().split('\n')
  return lines.map((line) => JSON.parse(line) as ExampleQuery)
}
