import type { Distribution, IndexProfile } from '../search/index-profile.js'
import type { QueryCoverage } from '../search/query-coverage.js'
import type { TokenGroup, TokenProfile } from '../search/sample-tokens.js'
import { MAX_TOKENS_OF_A_QUERY } from '../telemetry/event-documents.js'
import { countOf } from './plural.js'
import { percent } from './render-hits.js'
import { formatTable } from './table.js'
import { print, type Terminal } from './terminal.js'

const BAR_CELLS = 30

/** Prints what an index holds. */
export function printProfile(terminal: Terminal, index: string, profile: IndexProfile): void {
  const { meta, documents, withVectors, models, truncated, chunked, activeTokens, tokenCount, sample } =
    profile
  const { paint } = terminal
  const { name, fingerprint } = meta.encoder
  print(
    terminal,
    `${paint.bold(index)}: ${countOf(documents, 'document')}, ${withVectors} with vectors in ${meta.fieldType} field ${meta.field}`,
  )
  print(
    terminal,
    `model ${name} (fingerprint ${fingerprint}); ${truncated} truncated, ${chunked} in several chunks`,
  )
  const foreign = models.filter((model) => model.fingerprint !== fingerprint)
  for (const model of foreign)
    print(
      terminal,
      paint.yellow(
        `${countOf(model.documents, 'document')} by another model, fingerprint ${model.fingerprint}: their scores mean nothing`,
      ),
    )
  if (activeTokens) printDistribution(terminal, 'active tokens of a document', activeTokens)
  if (tokenCount) printDistribution(terminal, 'tokens of a text', tokenCount)
  if (sample.documents === 0) return
  printSample(terminal, profile)
  printQueries(terminal, profile.queries, sample.tokens)
}

function printSample(terminal: Terminal, { sample }: IndexProfile): void {
  const { documents, tokens, rare, frequent, heavy, weak, common } = sample
  const { paint } = terminal
  print(
    terminal,
    `\n${countOf(tokens, 'token')} in ${countOf(documents, 'sampled document')}, ${percent(rare / Math.max(1, tokens))} of them in one only`,
  )
  printTokens(terminal, 'in most documents', frequent, documents)
  printTokens(terminal, 'heaviest of those in several documents', heavy, documents)
  print(
    terminal,
    `\n${paint.bold('common')}, in ${percent(common.share)} of the documents or more: ${sizeOf(common, tokens)}`,
  )
  const title = `${paint.bold('weak')}, nowhere ${percent(weak.ratio)} of a document's heaviest token: ${sizeOf(weak, tokens)}`
  print(terminal, `\n${title}`)
  printRows(terminal, weak.top, documents)
}

function printQueries(terminal: Terminal, coverage: QueryCoverage, tokens: number): void {
  const { paint } = terminal
  const title = paint.bold('never queried')
  const { searches, first, cut, never } = coverage
  if (never === undefined) {
    print(terminal, `\n${title}: not known, ${whyNotKnown(coverage)}`)
    return
  }
  const since = first === undefined ? '' : ` since ${dateOf(first)}`
  print(
    terminal,
    `\n${title} by ${countOf(searches, 'recorded search', 'recorded searches')}${since}: ${sizeOf(never, tokens)}`,
  )
  if (cut > 0)
    print(
      terminal,
      paint.dim(`  ${cut} of them had more tokens than the ${MAX_TOKENS_OF_A_QUERY} that are recorded`),
    )
  const rows = never.top.map(({ readable, documentFrequency, meanWeight }) => [
    paint.yellow(readable),
    countOf(documentFrequency, 'document'),
    paint.dim(`mean weight ${meanWeight.toFixed(2)}`),
  ])
  for (const line of formatTable(rows, [1])) print(terminal, `  ${line}`)
}

function whyNotKnown({ unknown, since }: QueryCoverage): string {
  if (unknown !== undefined) return unknown
  const counting = since === undefined ? '' : ` since ${dateOf(since)}`
  return (
    `as telemetry has no search of this index${counting}; ` +
    '"splade-bridge search --telemetry hashed" and "splade-bridge proxy --telemetry hashed" record them'
  )
}

function dateOf(time: string): string {
  return time.slice(0, 'yyyy-mm-dd'.length)
}

/** `12 of 80 tokens, 3 % of the postings`. */
function sizeOf({ tokens, postingShare }: Pick<TokenGroup, 'tokens' | 'postingShare'>, all: number): string {
  return `${tokens} of ${countOf(all, 'token')}, ${percent(postingShare)} of the postings`
}

function printDistribution(terminal: Terminal, title: string, distribution: Distribution): void {
  const { min, max, mean, median, p95, histogram } = distribution
  const { paint } = terminal
  print(
    terminal,
    `\n${paint.bold(title)}: mean ${mean.toFixed(1)}, median ${median.toFixed(0)}, 95 % below ${p95.toFixed(0)}, from ${min} to ${max}`,
  )
  const most = Math.max(...histogram.map(({ documents }) => documents), 1)
  const rows = histogram.map(({ from, documents }) => [
    String(from),
    String(documents),
    '█'.repeat(Math.ceil((documents / most) * BAR_CELLS)),
  ])
  for (const line of formatTable(rows, [0, 1])) print(terminal, `  ${line}`)
}

function printTokens(
  terminal: Terminal,
  title: string,
  tokens: readonly TokenProfile[],
  documents: number,
): void {
  print(terminal, `\n${terminal.paint.bold(title)}${tokens.length === 0 ? ': none' : ''}`)
  printRows(terminal, tokens, documents)
}

function printRows(terminal: Terminal, tokens: readonly TokenProfile[], documents: number): void {
  const { paint } = terminal
  const rows = tokens.map(({ readable, documents: having, meanWeight }) => [
    paint.yellow(readable),
    percent(having / documents),
    paint.dim(`mean weight ${meanWeight.toFixed(2)}`),
  ])
  for (const line of formatTable(rows, [1])) print(terminal, `  ${line}`)
}
