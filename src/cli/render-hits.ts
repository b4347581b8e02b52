import type { TokenContribution } from '../explain/contributions.js'
import type { MissedToken } from '../explain/missed.js'
import type { Span } from '../sparse-vector.js'
import { makeSnippet } from '../explain/snippet.js'
import { countOf } from './plural.js'
import { formatTable } from './table.js'
import type { Terminal } from './terminal.js'
import { print } from './terminal.js'

/** A hit as it is shown to a person. */
export interface ShownHit {
  readonly id: string
  readonly score: number
  readonly title: string
  /** The text that was encoded, which the spans of `tokens` point into. */
  readonly text: string
  /** The chunk of the text that made the score, where the index keeps chunks. */
  readonly chunk?: Span
  readonly tokens: readonly TokenContribution[]
  /** Tokens of the query that the document lacks, heaviest first; default none. */
  readonly missed?: readonly Pick<MissedToken, 'readable'>[]
}

/** Tokens listed for a hit unless all are asked for. */
const TOP_TOKENS = 5
const SNIPPET_CHARACTERS = 180

/**
 * Prints ranked hits: score and title, what made the score, and where it stands in the text.
 *
 * @param explain all tokens, and what each hit lacks: with a model that adds many tokens, nearly every hit lacks some
 */
export function printHits(terminal: Terminal, hits: readonly ShownHit[], explain: boolean): void {
  hits.forEach((hit, index) => {
    const { paint } = terminal
    const rank = `${index + 1}.`.padStart(3)
    print(
      terminal,
      `${rank} ${paint.bold(hit.score.toFixed(4))}  ${paint.bold(hit.title || '(no title)')}  ${paint.dim(hit.id + placeOf(hit.text, hit.chunk))}`,
    )
    for (const line of tokenLines(terminal, hit.tokens, explain ? Infinity : TOP_TOKENS))
      print(terminal, `    ${line}`)
    if (explain && hit.missed !== undefined && hit.missed.length > 0) {
      const lacking = hit.missed.map(({ readable }) => readable).join(', ')
      print(terminal, `    ${paint.dim(`lacks ${lacking}`)}`)
    }
    print(terminal, `    ${highlighted(terminal, hit.text, hit.tokens, hit.chunk)}`)
  })
}

/** What is said where a query matches nothing; `minScore` where hits may have been left out for it. */
export function noMatchMessage(
  query: string,
  activeTokens: number,
  index: string,
  minScore?: number,
): string {
  if (activeTokens === 0) return unknownQueryMessage(query)
  if (minScore !== undefined) return `No match: no document of index ${index} scores ${minScore} or more.`
  const none = activeTokens === 1 ? 'the only token' : `none of the ${activeTokens} tokens`
  const occurs = activeTokens === 1 ? 'occurs in no document' : 'occurs in any document'
  return `No match: ${none} of "${query}" ${occurs} of index ${index}.`
}

/** What is said of a query that is empty, or foreign to the model. */
export function unknownQueryMessage(query: string): string {
  return `No match: "${query}" has no token that the model knows, so nothing can match.`
}

function tokenLines(
  { paint }: Terminal,
  tokens: readonly TokenContribution[],
  limit: number,
): readonly string[] {
  const rows = tokens
    .slice(0, limit)
    .map(({ readable, queryWeight, documentWeight, contribution, share, expansion }) => [
      expansion === true ? paint.magenta(`+${readable}`) : paint.yellow(readable),
      `${queryWeight.toFixed(2)} × ${documentWeight.toFixed(2)} = ${contribution.toFixed(2)}`,
      paint.dim(percent(share)),
    ])
  const shown = formatTable(rows, [1, 2])
  const rest = tokens.slice(limit)
  if (rest.length === 0) return shown
  const share = rest.reduce((sum, token) => sum + token.share, 0)
  return [...shown, paint.dim(`${countOf(rest.length, 'more token', 'more tokens')}, ${percent(share)}`)]
}

/**
 * Says where the chunk stands: `, characters 0-104 of 292`.
 *
 * @returns an empty text without a chunk, or if the chunk is the whole text
 */
export function placeOf(text: string, chunk: Span | undefined): string {
  if (chunk === undefined || chunk[1] - chunk[0] === text.trim().length) return ''
  return `, characters ${chunk[0]}-${chunk[1]} of ${text.length}`
}

/** `12 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** The stretch of a text that gave most, with its tokens marked. */
export function highlighted(
  { paint }: Terminal,
  whole: string,
  tokens: readonly TokenContribution[],
  within?: Span,
): string {
  const { cutBefore, cutAfter, pieces } = makeSnippet(whole, tokens, SNIPPET_CHARACTERS, within)
  const text = pieces
    .map((piece) => {
      const line = piece.text.replace(/\s+/g, ' ')
      if (!piece.highlighted) return line
      return paint.isColorSupported ? paint.inverse(line) : `[${line}]`
    })
    .join('')
  return `${cutBefore ? '…' : ''}${text}${cutAfter ? '…' : ''}`
}
