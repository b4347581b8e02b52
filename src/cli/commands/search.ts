import { type Command, InvalidArgumentError } from 'commander'
import type { PruneOptions } from '../../encoder/pruning.js'
import type { TokenContribution } from '../../explain/contributions.js'
import { openSearcher, type SearchHit, type SearchResult } from '../../search/search.js'
import { type CliContext, openEngine, readSettings, settingValue } from '../context.js'
import { openIndexEncoder } from '../encoders.js'
import { addPruneFlag } from '../prune-flags.js'
import { noMatchMessage, printHits, type ShownHit } from '../render-hits.js'
import { addSettings } from '../settings.js'
import { note, print, type Terminal } from '../terminal.js'
import { wholeNumber } from './engine.js'
import { ENGINE_SETTINGS } from './init.js'

interface SearchFlags {
  readonly size: number
  readonly minScore?: number
  readonly prune: PruneOptions
  readonly explain?: boolean
  readonly json?: boolean
}

/** `splade-bridge search QUERY`. */
export function addSearchCommand(program: Command, context: CliContext): void {
  const command = program
    .command('search')
    .description('search an index and say for every hit which tokens made its score')
    .argument('<query...>', 'the query; words are joined by a space')
  addSettings(command, ENGINE_SETTINGS)
  addPruneFlag(command, 'query')
    .option('--size <n>', 'hits to show', wholeNumber, 10)
    .option('--min-score <number>', 'leave out hits that score less', finiteNumber)
    .option('--explain', 'show every contributing token of every hit, not only the first five')
    .option('--json', 'print {"tookMs","hits":[{"id","score","source","tokens"}]}')
    .addHelpText(
      'after',
      '\nA token that stands in the text is highlighted; one with a + was added by the model (expansion).\n\n' +
        'Examples:\n  $ splade-bridge search "my car won\'t start"\n  $ splade-bridge search --index ko --explain "심근경색 증상"\n' +
        '  $ splade-bridge search --json "heart attack" | jq \'.hits[0].tokens[0]\'',
    )
    .action((words: string[], flags: SearchFlags) =>
      search(context, words.join(' '), flags, command.optsWithGlobals()),
    )
}

async function search(
  context: CliContext,
  query: string,
  flags: SearchFlags,
  all: Record<string, unknown>,
): Promise<void> {
  const settings = await readSettings(context, all)
  const client = await openEngine(settings)
  try {
    const index = settingValue(settings, 'index')
    const { encoder } = await openIndexEncoder(client, settings)
    try {
      const { size, minScore, prune } = flags
      const searcher = await openSearcher(client, encoder, index)
      const result = await searcher.search({
        query,
        size,
        prune,
        explain: true,
        ...(minScore !== undefined && { minScore }),
      })
      if (flags.json === true) print(context.terminal, JSON.stringify(toJson(result)))
      else printResult(context.terminal, query, index, result, flags.explain === true)
    } finally {
      await encoder.close()
    }
  } finally {
    await client.close()
  }
}

/** Prints the hits, or plainly that there are none. */
export function printResult(
  terminal: Terminal,
  query: string,
  index: string,
  result: SearchResult,
  explain: boolean,
): void {
  const { hits, queryVector, tookMs, prunedTerms } = result
  if (hits.length === 0) {
    print(terminal, noMatchMessage(query, queryVector.size, index))
    return
  }
  printHits(terminal, hits.map(toShownHit), explain)
  print(
    terminal,
    terminal.paint.dim(`${hits.length} hit(s) in ${tookMs} ms, ${queryVector.size} query token(s)`),
  )
  if (prunedTerms > 0) note(terminal, `${prunedTerms} light query token(s) were left out`)
}

function toShownHit({ id, score, source, text, tokens }: SearchHit): ShownHit {
  const title = typeof source.title === 'string' ? source.title : ''
  return { id, score, title, text, tokens }
}

function toJson({ tookMs, hits }: SearchResult): object {
  return {
    tookMs,
    hits: hits.map(({ id, score, source, tokens }) => ({
      id,
      score,
      source,
      tokens: tokens.map(tokenToJson),
    })),
  }
}

function tokenToJson({ token, queryWeight, documentWeight, contribution, spans }: TokenContribution): object {
  return { token, queryWeight, documentWeight, contribution, spans }
}

function finiteNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}
