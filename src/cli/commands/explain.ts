import type { Command } from 'commander'
import type { PruneOptions } from '../../encoder/pruning.js'
import { EngineError } from '../../errors.js'
import type { HitExplanation } from '../../explain/hit-explanation.js'
import type { SearchHit } from '../../search/search-hit.js'
import { type CliContext, readSettings } from '../context.js'
import { countOf } from '../plural.js'
import { addPruneFlag } from '../prune-flags.js'
import { highlighted, percent, placeOf, unknownQueryMessage } from '../render-hits.js'
import { addSettings } from '../settings.js'
import { formatTable } from '../table.js'
import { print, type Terminal } from '../terminal.js'
import { withSearcher } from '../with-searcher.js'
import { ENGINE_SETTINGS } from './init.js'

interface ExplainFlags {
  readonly prune?: PruneOptions
  readonly words?: boolean
  readonly json?: boolean
}

/** What explains one document's score. */
interface Explained {
  readonly index: string
  readonly model: string
  readonly query: string
  /** Tokens that the query has for the model. */
  readonly queryTokens: number
  readonly hit: SearchHit
}

/** Query tokens that a person is shown of those that the document lacks. */
const MISSED_SHOWN = 10

/** `splade-bridge explain QUERY DOC_ID`. */
export function defineExplain(command: Command, context: CliContext): void {
  command.argument('<query>', 'the query').argument('<id>', 'id of the document')
  addSettings(command, [...ENGINE_SETTINGS, 'field'])
  addPruneFlag(command, 'query')
    .option('--words', 'put the tokens of a word together')
    .option(
      '--json',
      'print {"id","score","sum","rest","tokens","missed","highlights"}, with --words also "words" and "missedWords"',
    )
    .addHelpText(
      'after',
      '\nShows what every token of the query gave to the score of one document, whatever its rank: query weight × the\n' +
        'weight that the engine stores for the document. A + marks a token that the model added to the document.\n\n' +
        'Examples:\n  $ splade-bridge explain "my car won\'t start" en-001\n' +
        '  $ splade-bridge explain --words --index ko "자동차가 시동이 안 걸려요" ko-006',
    )
    .action((query: string, id: string, flags: ExplainFlags) =>
      explain(context, query, id, flags, command.optsWithGlobals()),
    )
}

async function explain(
  context: CliContext,
  query: string,
  id: string,
  flags: ExplainFlags,
  all: Record<string, unknown>,
): Promise<void> {
  const settings = await readSettings(context, all)
  await withSearcher(context, settings, async ({ searcher, encoder, index }) => {
    const { hits, queryVector } = await searcher.search({
      query,
      ids: [id],
      explain: true,
      ...(flags.prune !== undefined && { prune: flags.prune }),
    })
    const [hit] = hits
    if (hit === undefined) throw new EngineError(`there is no document "${id}" in index "${index}"`, 404)
    const explained = { index, model: encoder.identity.name, query, queryTokens: queryVector.size, hit }
    if (flags.json === true) print(context.terminal, JSON.stringify(toJson(explained, flags)))
    else printExplained(context.terminal, explained, flags)
  })
}

function explanationOf({ hit }: Explained): HitExplanation {
  return (
    hit.explanation ?? {
      sparseScore: 0,
      tokens: [],
      words: [],
      missed: [],
      missedWords: [],
      highlights: [],
    }
  )
}

function toJson(explained: Explained, { words }: ExplainFlags): object {
  const { id, score, chunk } = explained.hit
  const { sparseScore, words: byWord, missedWords, ...rest } = explanationOf(explained)
  return {
    id,
    score,
    sum: sparseScore,
    rest: score - sparseScore,
    ...(chunk && { chunk: { start: chunk.span[0], end: chunk.span[1], text: chunk.text } }),
    ...rest,
    ...(words === true && { words: byWord, missedWords }),
  }
}

function printExplained(terminal: Terminal, explained: Explained, { words }: ExplainFlags): void {
  const { index, model, hit } = explained
  const { sparseScore } = explanationOf(explained)
  const { paint } = terminal
  const place = placeOf(hit.text, hit.chunk?.span)
  print(
    terminal,
    `${paint.bold(hit.title || '(no title)')}  ${paint.dim(`${hit.id} of ${index}${place}, ${model}`)}`,
  )
  if (hit.tokens.length === 0) print(terminal, noMatch(explained))
  else {
    const rows = words === true ? wordRows(terminal, explained) : tokenRows(terminal, explained)
    for (const line of formatTable(rows, [1, 2])) print(terminal, `  ${line}`)
    print(terminal, `  sum ${sparseScore.toFixed(4)}, score of the engine ${hit.score.toFixed(4)}`)
  }
  const missing = words === true ? missingWords(explained) : missingTokens(explained)
  for (const line of missedLines(missing, place === '' ? 'document' : 'chunk'))
    print(terminal, paint.dim(`  ${line}`))
  if (hit.text !== '') print(terminal, `  ${highlighted(terminal, hit.text, hit.tokens, hit.chunk?.span)}`)
}

function noMatch({ query, queryTokens }: Explained): string {
  return queryTokens === 0 ? unknownQueryMessage(query) : `No match: the document has no token of "${query}".`
}

/** @param whole what the explanation speaks of: another chunk of the document may have what this one lacks */
function missedLines(missing: readonly string[], whole: 'document' | 'chunk'): readonly string[] {
  if (missing.length === 0) return []
  const shown = missing.slice(0, MISSED_SHOWN)
  const more = missing.length > shown.length ? ` and ${missing.length - shown.length} lighter` : ''
  return [`not in ${whole === 'chunk' ? 'this' : 'the'} ${whole}: ${shown.join(', ')}${more}`]
}

function missingTokens(explained: Explained): readonly string[] {
  return explanationOf(explained).missed.map(
    ({ readable, queryWeight }) => `${readable} ${queryWeight.toFixed(2)}`,
  )
}

function missingWords(explained: Explained): readonly string[] {
  return explanationOf(explained).missedWords.map(({ word, partial, queryWeight, tokens }) => {
    const weight = queryWeight.toFixed(2)
    if (!partial) return `${word} ${weight}`
    return `part of ${word} ${weight} (${tokens.map(({ readable }) => readable).join(', ')})`
  })
}

function tokenRows({ paint }: Terminal, { hit }: Explained): readonly (readonly string[])[] {
  return hit.tokens.map(
    ({ readable, queryWeight, documentWeight, contribution, share, expansion, spans }) => [
      expansion === true ? paint.magenta(`+${readable}`) : paint.yellow(readable),
      `${queryWeight.toFixed(4)} × ${documentWeight.toFixed(4)} = ${contribution.toFixed(4)}`,
      paint.dim(percent(share)),
      paint.dim(originOf(expansion) ?? `${countOf(spans.length, 'place')} in the text`),
    ],
  )
}

/** @returns undefined for what stands in the text, which says more of itself */
function originOf(expansion: boolean | undefined): string | undefined {
  if (expansion === undefined) return 'the text is not in _source'
  return expansion ? 'added by the model' : undefined
}

function wordRows({ paint }: Terminal, explained: Explained): readonly (readonly string[])[] {
  return explanationOf(explained).words.map(({ word, expansion, contribution, share, tokens }) => [
    expansion === true ? paint.magenta(`+${word}`) : paint.yellow(word),
    contribution.toFixed(4),
    paint.dim(percent(share)),
    paint.dim(originOf(expansion) ?? tokens.map(({ readable }) => readable).join(', ')),
  ])
}
