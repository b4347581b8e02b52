import { COMPARED_HITS, type NdcgComparison, type RankChange } from '../evaluate/compare-runs.js'
import type { ComparedDocument, ComparedQuery, ModelComparison } from '../evaluate/compare-models.js'
import type { TokenChange, VectorChanges } from '../evaluate/compare-vectors.js'
import { RANDOMISATION_ROUNDS } from '../evaluate/significance.js'
import type { TokenUsage, UsageChange } from '../evaluate/token-usage.js'
import { countOf } from './plural.js'
import { percent } from './render-hits.js'
import { formatTable } from './table.js'
import { print, type Terminal } from './terminal.js'

/** How the two sides are called. */
export interface ComparedNames {
  readonly a: string
  readonly b: string
}

/** Prints what changed in ranks and tokens from one model to another. */
export function printComparison(terminal: Terminal, names: ComparedNames, comparison: ModelComparison): void {
  const { queries, ndcg, corpus, changed } = comparison
  const { paint } = terminal
  print(terminal, `${paint.bold(`${names.a} → ${names.b}`)}: ${countOf(queries, 'query', 'queries')}\n`)
  print(terminal, overlapOf(comparison))
  if (ndcg !== undefined) printNdcg(terminal, names, ndcg)
  if (corpus !== undefined) {
    const { a, b } = corpus.activeTokens
    const active = `${a.toFixed(1)} → ${b.toFixed(1)} tokens each`
    print(terminal, `\n${paint.bold(countOf(corpus.documents, 'document'))}: ${active}`)
    printUsage(terminal, 'in more documents', corpus.more)
    printUsage(terminal, 'in fewer documents', corpus.fewer)
  }
  changed.forEach((query, place) => {
    printQuery(terminal, place + 1, query)
  })
}

/** Where neither finds anything, there is nothing that could be the same. */
function overlapOf({ queries, unchanged, meanOverlap, foundNothing }: ModelComparison): string {
  const nothing = `neither finds anything for ${foundNothing} of ${queries}`
  if (meanOverlap === undefined) return nothing
  const same = `same hits in the same order for ${unchanged} of ${queries}`
  const overlap = `overlap@${COMPARED_HITS} ${percent(meanOverlap)}, ${same}`
  return foundNothing === 0 ? overlap : `${overlap}, ${nothing}`
}

function printNdcg(terminal: Terminal, { a, b }: ComparedNames, ndcg: NdcgComparison): void {
  const rows = [
    ['', a, b, 'change'],
    [`ndcg@${COMPARED_HITS}`, ndcg.a.toFixed(4), ndcg.b.toFixed(4), signed(ndcg.b - ndcg.a, 4)],
  ]
  for (const line of formatTable(rows, [1, 2, 3])) print(terminal, line)
  const rounds = RANDOMISATION_ROUNDS.toLocaleString('en')
  const counts = `better for ${ndcg.better}, worse for ${ndcg.worse}, equal for ${ndcg.equal}`
  print(
    terminal,
    `${counts}; p = ${ndcg.p.toPrecision(2)} (paired randomisation test, at most ${rounds} rounds)`,
  )
}

function printUsage(terminal: Terminal, title: string, changes: readonly UsageChange[]): void {
  if (changes.length === 0) return
  print(terminal, `  ${terminal.paint.dim(title)}`)
  const rows = changes.map(({ token, a, b }) => [
    terminal.paint.yellow(token),
    `${a?.documents ?? 0} → ${b?.documents ?? 0}`,
    terminal.paint.dim(`mean weight ${meanOf(a)} → ${meanOf(b)}`),
  ])
  for (const line of formatTable(rows, [1])) print(terminal, `    ${line}`)
}

function meanOf(usage: TokenUsage | undefined): string {
  return usage === undefined ? '–' : usage.meanWeight.toFixed(2)
}

function printQuery(terminal: Terminal, place: number, query: ComparedQuery): void {
  const { id, text, ndcg, won, lost, moved, queryTokens, documents = [] } = query
  const { paint } = terminal
  print(terminal, `\n${`${place}.`.padStart(3)} ${paint.bold(text)}  ${paint.dim(id)}`)
  const figures = ndcg && `ndcg@${COMPARED_HITS} ${ndcg.a.toFixed(4)} → ${ndcg.b.toFixed(4)}, `
  print(terminal, `    ${figures ?? ''}${queryOverlap(query)}`)
  const rows = [
    ...rankRow('won', won),
    ...rankRow('lost', lost),
    ...rankRow('moved', moved),
    ...tokenRows(terminal, queryTokens, 'query '),
    ...documents.flatMap((document) => documentRows(terminal, document)),
  ]
  for (const line of formatTable(rows)) print(terminal, `    ${line}`)
}

function queryOverlap({ overlap, activeTokens: { a, b } }: ComparedQuery): string {
  if (overlap !== undefined) return `overlap@${COMPARED_HITS} ${percent(overlap)}`
  return a + b === 0
    ? 'no token that either model knows, so neither can find anything'
    : 'neither finds anything'
}

function rankRow(title: string, changes: readonly RankChange[]): readonly (readonly string[])[] {
  if (changes.length === 0) return []
  const shown = changes.map(({ id, rankA, rankB, grade = 0 }) => {
    return `${grade > 0 ? '*' : ''}${id} ${rankA ?? '–'}→${rankB ?? '–'}`
  })
  return [[title, shown.join('  ')]]
}

function documentRows(
  terminal: Terminal,
  { id, title, tokens }: ComparedDocument,
): readonly (readonly string[])[] {
  return [[terminal.paint.dim(id), terminal.paint.dim(title)], ...tokenRows(terminal, tokens, '  ')]
}

function tokenRows(
  { paint }: Terminal,
  { appeared, disappeared, changed }: VectorChanges,
  prefix: string,
): readonly (readonly string[])[] {
  const lists: readonly (readonly [string, readonly TokenChange[]])[] = [
    ['new', appeared],
    ['gone', disappeared],
    ['weights', changed],
  ]
  return lists
    .filter(([, tokens]) => tokens.length > 0)
    .map(([kind, tokens]) => [
      `${prefix}${kind}`,
      tokens.map((token) => shownChange(paint, token)).join(', '),
    ])
}

function shownChange(paint: Terminal['paint'], { token, a, b }: TokenChange): string {
  const weights = [a, b].flatMap((weight) => (weight === undefined ? [] : [weight.toFixed(2)]))
  return `${paint.yellow(token)} ${paint.dim(weights.join('→'))}`
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(digits)}`
}
