import { Command } from 'commander'
import type { CliContext } from './context.js'
import { readVersion } from './version.js'

const FOOTER = `
Settings are taken from the command line, then from environment variables (SPLADE_BRIDGE_…), then from
splade-bridge.config.json or .yaml in this folder or above it. "splade-bridge doctor" shows what is in force.

Exit codes: 0 done, 1 failed, 2 the command line or configuration is wrong, 75 the engine cannot be reached,
130 interrupted.

First steps:
  $ splade-bridge quickstart
  $ splade-bridge engine start --detach
  $ splade-bridge index examples/en/corpus.jsonl
  $ splade-bridge search "my car won't start"`

/** Adds arguments, options and the action to a command. */
type Define = (command: Command, context: CliContext) => void

interface LazyCommand {
  readonly name: string
  readonly description: string
  readonly load: () => Promise<Define>
}

/** Modules are loaded for the command at hand only: all of them take ten times as long as the help text. */
const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'quickstart',
    description: 'start an engine, index the example documents, run five queries, explain the hits, stop',
    load: async () => (await import('./commands/quickstart.js')).defineQuickstart,
  },
  {
    name: 'engine',
    description:
      'run a real OpenSearch or Elasticsearch node here, from its published jars (needs a JDK, and Maven once)',
    load: async () => (await import('./commands/engine.js')).defineEngine,
  },
  {
    name: 'model',
    description: 'the encoders that are at hand',
    load: async () => (await import('./commands/model.js')).defineModel,
  },
  {
    name: 'encode',
    description: 'show the tokens and weights that a text is turned into',
    load: async () => (await import('./commands/encode.js')).defineEncode,
  },
  {
    name: 'init',
    description: 'create the index with the field for the vectors and the fingerprint of the model',
    load: async () => (await import('./commands/init.js')).defineInit,
  },
  {
    name: 'index',
    description: 'encode documents of any format and bulk-index them; creates the index if it is missing',
    load: async () => (await import('./commands/index-files.js')).defineIndex,
  },
  {
    name: 'enrich',
    description: 'add vectors to the documents of an index that exists, in place',
    load: async () => (await import('./commands/enrich.js')).defineEnrich,
  },
  {
    name: 'reindex',
    description: 'build an index anew with another model behind the same alias, while it is in use',
    load: async () => (await import('./commands/reindex.js')).defineReindex,
  },
  {
    name: 'delete',
    description: 'delete documents by id or by query, or the whole index',
    load: async () => (await import('./commands/delete.js')).defineDelete,
  },
  {
    name: 'search',
    description: 'search an index and say for every hit which tokens made its score',
    load: async () => (await import('./commands/search.js')).defineSearch,
  },
  {
    name: 'explain',
    description: 'say what every token of a query gave to the score of one document',
    load: async () => (await import('./commands/explain.js')).defineExplain,
  },
  {
    name: 'inspect',
    description: 'say what an index holds: documents, lengths, its most frequent and heaviest tokens',
    load: async () => (await import('./commands/inspect.js')).defineInspect,
  },
  {
    name: 'ui',
    description: 'open a page that shows BM25, sparse and hybrid search side by side, token by token',
    load: async () => (await import('./commands/ui.js')).defineUi,
  },
  {
    name: 'eval',
    description: 'index a BEIR folder and measure NDCG, recall and MRR through the engine',
    load: async () => (await import('./commands/eval.js')).defineEval,
  },
  {
    name: 'compare',
    description: 'say what changes in ranks and tokens from one model to another, or between two indices',
    load: async () => (await import('./commands/compare.js')).defineCompare,
  },
  {
    name: 'dashboards',
    description: 'write or install dashboards of telemetry for Kibana and OpenSearch Dashboards',
    load: async () => (await import('./commands/dashboards.js')).defineDashboards,
  },
  {
    name: 'proxy',
    description:
      'stand in front of a cluster: sparse queries of any client are encoded, everything else passes',
    load: async () => (await import('./commands/proxy.js')).defineProxy,
  },
  {
    name: 'encoder',
    description: 'serve an encoder to other machines',
    load: async () => (await import('./commands/encoder.js')).defineEncoder,
  },
  {
    name: 'doctor',
    description: 'check versions, Java, engine, model and index, and say what to do where one fails',
    load: async () => (await import('./commands/doctor.js')).defineDoctor,
  },
]

/**
 * The command line; commands are only parsed, nothing runs until `parseAsync`.
 *
 * @param words what the user typed; commands that are not among it have a name and a description only
 */
export async function buildProgram(context: CliContext, words: readonly string[]): Promise<Command> {
  const program = new Command('splade-bridge')
    .description(
      'Learned-sparse search for Elasticsearch and OpenSearch: term weights in, explained hits out',
    )
    .version(readVersion(), '-V, --version')
    .option('--config <file>', 'configuration file to use')
    .configureOutput({
      writeOut: (text) => context.terminal.out.write(text),
      writeErr: (text) => context.terminal.err.write(text),
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for the options and examples)')
    .addHelpText('after', FOOTER)
    .exitOverride()
  for (const { name, description, load } of COMMANDS) {
    const command = program.command(name).description(description)
    if (words.includes(name)) (await load())(command, context)
  }
  return program
}

const HELP = ['help', '-h', '--help']

/**
 * The command line without its wish for help where it names no command: to `nope --help` commander would show the help
 * of the whole, as if that were the answer.
 */
export function withoutVainHelp(words: readonly string[]): readonly string[] {
  const isConfig = words[0] === '--config'
  const [first, ...others] = words.slice(isConfig ? 2 : 0).filter((word) => !HELP.includes(word))
  const isUnknown =
    first !== undefined && !first.startsWith('-') && !COMMANDS.some(({ name }) => name === first)
  return isUnknown ? [first, ...others] : words
}
