import { type Command, InvalidArgumentError } from 'commander'
import type { PruneOptions } from '../../encoder/pruning.js'
import type { SearchHit } from '../../search/search-hit.js'
import type { SearchResult } from '../../search/search.js'
import { type CliContext, readSettings } from '../context.js'
import { addPruneFlag } from '../prune-flags.js'
import { toQueryEvent } from '../query-telemetry.js'
import { countOf } from '../plural.js'
import { noMatchMessage, printHits, type ShownHit } from '../render-hits.js'
import { addSettings } from '../settings.js'
import { withTelemetry } from '../telemetry.js'
import { print, type Terminal } from '../terminal.js'
import { wholeNumber } from '../whole-number.js'
import { withSearcher } from '../with-searcher.js'
import { ENGINE_SETTINGS } from './init.js'

interface SearchFlags {
  readonly size: number
  readonly minScore?: number
  readonly prune?: PruneOptions
  readonly explain?: boolean
  readonly json?: boolean
}

/** `splade-bridge search QUERY`. */
export function defineSearch(command: Command, context: CliContext): void {
  command.argument('<query...>', 'the query; words are joined by a space')
  addSettings(command, [...ENGINE_SETTINGS, 'field', 'telemetry'])
  addPruneFlag(command, 'query')
    .option('--size <n>', 'hits to show', wholeNumber, 10)
    .option('--min-score <number>', 'leave out hits that score less', finiteNumber)
    .option(
      '--explain',
      'show every contributing token of every hit, not only the first five, and the query tokens that it lacks',
    )
    .option(
      '--json',
      'print {"tookMs","hits":[{"id","score","source","chunk","tokens","missed","highlights"}]}',
    )
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
  await withSearcher(context, settings, async ({ searcher, encoder, client, index }) => {
    const { size, minScore, prune } = flags
    // Around the search, so that a mode that there is not is refused before anything is printed.
    await withTelemetry(context.terminal, settings, client, async (telemetry) => {
      const result = await searcher.search({
        query,
        size,
        explain: true,
        ...(prune !== undefined && { prune }),
        ...(minScore !== undefined && { minScore }),
      })
      if (flags.json === true) print(context.terminal, JSON.stringify(toJson(result)))
      else printResult(context.terminal, { query, index, ...flags }, result)
      telemetry?.record(toQueryEvent({ index, encoder, query, result }))
    })
  })
}

/** What a person asked for, as far as the answer speaks of it. */
interface AskedSearch {
  readonly query: string
  readonly index: string
  readonly minScore?: number
  /** Show all tokens of a hit. Default false. */
  readonly explain?: boolean
}

/** Prints the hits, or plainly that there are none. */
export function printResult(
  terminal: Terminal,
  { query, index, minScore, explain = false }: AskedSearch,
  { hits, queryVector, tookMs, prunedTerms }: SearchResult,
): void {
  const tokens = countOf(queryVector.size, 'query token')
  const left = prunedTerms > 0 ? ` (${prunedTerms} lighter left out)` : ''
  if (hits.length === 0) {
    print(terminal, noMatchMessage(query, queryVector.size, index, minScore))
    return
  }
  printHits(terminal, hits.map(toShownHit), explain)
  print(terminal, terminal.paint.dim(`${countOf(hits.length, 'hit')} in ${tookMs} ms, ${tokens}${left}`))
}

function toShownHit({ id, score, title, text, chunk, tokens, explanation }: SearchHit): ShownHit {
  return {
    id,
    score,
    title,
    text,
    ...(chunk && { chunk: chunk.span }),
    tokens,
    missed: explanation?.missed ?? [],
  }
}

function toJson({ tookMs, hits }: SearchResult): object {
  return {
    tookMs,
    hits: hits.map(({ id, score, source, chunk, tokens, explanation }) => ({
      id,
      score,
      source,
      ...(chunk && { chunk: { start: chunk.span[0], end: chunk.span[1], text: chunk.text } }),
      tokens,
      missed: explanation?.missed ?? [],
      highlights: explanation?.highlights ?? [],
    })),
  }
}

function finiteNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}
