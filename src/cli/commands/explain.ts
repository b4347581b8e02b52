import type { Command } from 'commander'
import type { PruneOptions } from '../../encoder/pruning.js'
import { EngineError } from '../../errors.js'
import { contributionsByWord } from '../../explain/by-word.js'
import type { TokenContribution } from '../../explain/contributions.js'
import type { SearchHit } from '../../search/search-hit.js'
import type { SparseVector } from '../../sparse-vector.js'
import { type CliContext, readSettings } from '../context.js'
import { countOf } from '../plural.js'
import { addPruneFlag } from '../prune-flags.js'
import { highlighted, percent } from '../render-hits.js'
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
  readonly queryVector: SparseVector
  readonly hit: SearchHit
  readonly readable: (token: string) => string
}

/** Query tokens that a person is shown of those that the document lacks. */
const MISSED_SHOWN = 10

/** `splade-bridge explain QUERY DOC_ID`. */
export function defineExplain(command: Command, context: CliContext): void {
  command.argument('<query>', 'the query').argument('<id>', 'id of the document')
  addSettings(command, [...ENGINE_SETTINGS, 'field'])
  addPruneFlag(command, 'query')
    .option('--words', 'put the tokens of a word together')
    .option('--json', 'print {"id","score","sum","tokens","missed"}, with --words also "words"')
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
    const readable = encoder.readable ?? ((token: string) => token)
    const explained = { index, model: encoder.identity.name, query, queryVector, hit, readable }
    if (flags.json === true) print(context.terminal, JSON.stringify(toJson(explained, flags)))
    else printExplained(context.terminal, explained, flags)
  })
}

function missedTokens({
  queryVector,
  hit,
}: Explained): readonly (readonly [token: string, weight: number])[] {
  const found = new Set(hit.tokens.map(({ token }) => token))
  return [...queryVector].filter(([token]) => !found.has(token))
}

function sumOf(tokens: readonly TokenContribution[]): number {
  return tokens.reduce((sum, { contribution }) => sum + contribution, 0)
}

function toJson(explained: Explained, { words }: ExplainFlags): object {
  const { hit } = explained
  const { id, score, tokens, text, chunk } = hit
  return {
    id,
    score,
    sum: sumOf(tokens),
    ...(chunk && { chunk: { start: chunk.span[0], end: chunk.span[1], text: chunk.text } }),
    tokens,
    ...(words === true && { words: contributionsByWord(text, tokens) }),
    missed: missedTokens(explained).map(([token, queryWeight]) => ({ token, queryWeight })),
  }
}

function printExplained(terminal: Terminal, explained: Explained, { words }: ExplainFlags): void {
  const { index, model, query, hit, readable } = explained
  const { paint } = terminal
  const title = typeof hit.source.title === 'string' ? hit.source.title : '(no title)'
  print(terminal, `${paint.bold(title)}  ${paint.dim(`${hit.id} of ${index}, ${model}`)}`)
  if (hit.tokens.length === 0) print(terminal, `No match: the document has no token of "${query}".`)
  else {
    const rows = words === true ? wordRows(terminal, explained) : tokenRows(terminal, explained)
    for (const line of formatTable(rows, [1, 2])) print(terminal, `  ${line}`)
    print(terminal, `  sum ${sumOf(hit.tokens).toFixed(4)}, score of the engine ${hit.score.toFixed(4)}`)
  }
  const missed = missedTokens(explained)
  if (missed.length > 0) {
    const shown = missed
      .slice(0, MISSED_SHOWN)
      .map(([token, weight]) => `${readable(token)} ${weight.toFixed(2)}`)
    const more = missed.length > shown.length ? ` and ${missed.length - shown.length} lighter` : ''
    print(terminal, paint.dim(`  not in the document: ${shown.join(', ')}${more}`))
  }
  print(terminal, `  ${highlighted(terminal, hit.text, hit.tokens, hit.chunk?.span)}`)
}

function tokenRows({ paint }: Terminal, { hit, readable }: Explained): readonly (readonly string[])[] {
  return hit.tokens.map(({ token, queryWeight, documentWeight, contribution, share, spans }) => [
    spans.length > 0 ? paint.yellow(readable(token)) : paint.magenta(`+${readable(token)}`),
    `${queryWeight.toFixed(4)} × ${documentWeight.toFixed(4)} = ${contribution.toFixed(4)}`,
    paint.dim(percent(share)),
    paint.dim(spans.length > 0 ? `${countOf(spans.length, 'place')} in the text` : 'added by the model'),
  ])
}

function wordRows({ paint }: Terminal, { hit, readable }: Explained): readonly (readonly string[])[] {
  return contributionsByWord(hit.text, hit.tokens).map(({ word, expansion, contribution, share, tokens }) => [
    expansion ? paint.magenta(`+${readable(word)}`) : paint.yellow(word),
    contribution.toFixed(4),
    paint.dim(percent(share)),
    paint.dim(expansion ? 'added by the model' : tokens.map(({ token }) => readable(token)).join(', ')),
  ])
}
