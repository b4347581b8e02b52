import type { GateKind } from '../../model/gated-lexical/head-settings.js'
import type { Term } from '../lexical/analysis.js'
import { kindOf } from './term-kind.js'

/** One place of a term among the pieces of its text. */
export interface Occurrence {
  readonly kind: GateKind
  readonly firstPiece: number
  /** Behind the last piece; `firstPiece` for an occurrence behind the last piece of the text. */
  readonly endPiece: number
}

/**
 * Finds the pieces that each occurrence of a term touches.
 *
 * @param terms of the whole text, with their places
 * @param spans two numbers a piece, `[start, end)` in the text, in order
 * @returns occurrences by term
 */
export function alignOccurrences(
  terms: readonly Term[],
  spans: Int32Array,
): ReadonlyMap<string, readonly Occurrence[]> {
  const occurrences = new Map<string, Occurrence[]>()
  let outermost: Pick<Term, 'start' | 'end'> = { start: -1, end: -1 }
  for (const place of [...terms].sort(byStartLongestFirst)) {
    const isPart = liesInside(place, outermost)
    if (!isPart) outermost = place
    const occurrence = { kind: kindOf(place.term, isPart), ...touchedPieces(place, spans) }
    const known = occurrences.get(place.term)
    if (known === undefined) occurrences.set(place.term, [occurrence])
    else known.push(occurrence)
  }
  return occurrences
}

function byStartLongestFirst(a: Term, b: Term): number {
  return a.start - b.start || b.end - a.end
}

/** A place is no part of one that is as long. */
function liesInside(place: Term, { start, end }: Pick<Term, 'start' | 'end'>): boolean {
  return start <= place.start && place.end <= end && place.end - place.start < end - start
}

/** From the first piece that ends behind the start, to the last one that starts before the end; at least one. */
function touchedPieces({ start, end }: Term, spans: Int32Array): Pick<Occurrence, 'firstPiece' | 'endPiece'> {
  const pieces = spans.length / 2
  const firstPiece = lowerBound(pieces, (piece) => (spans[2 * piece + 1] ?? 0) > start)
  const endPiece = lowerBound(pieces, (piece) => (spans[2 * piece] ?? 0) >= end)
  return { firstPiece, endPiece: firstPiece === pieces ? pieces : Math.max(endPiece, firstPiece + 1) }
}

/** The first of `count` numbers for which `holds`, which then holds for all after it; `count` if there is none. */
function lowerBound(count: number, holds: (index: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
