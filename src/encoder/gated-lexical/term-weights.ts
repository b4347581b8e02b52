import type { WindowReading } from '../../inference/gated-lexical-session.js'
import type { IdfTable } from '../../model/gated-lexical/idf-table.js'
import type { SaturationSettings, SideSettings } from '../../model/gated-lexical/head-settings.js'
import type { Occurrence } from './align-occurrences.js'
import type { PieceGates } from './term-gates.js'
import { startsWithHangul } from './term-kind.js'

/**
 * How much a number of occurrences counts: BM25's saturation, with an exponent on the length, because the linear
 * one breaks on long documents where no average length is known.
 *
 * @param length term occurrences of the whole text
 */
export function saturate(
  frequency: number,
  length: number,
  { k1, lengthExponent, typicalLength, shortestShare }: SaturationSettings,
): number {
  const norm = Math.max(length / typicalLength, shortestShare) ** lengthExponent
  return ((k1 + 1) * frequency) / (frequency + k1 * norm)
}

/** Rarity of a term. */
export function idfOf(term: string, { known, unknownHangul, unknownOther }: IdfTable): number {
  return known.get(term) ?? (startsWithHangul(term) ? unknownHangul : unknownOther)
}

/**
 * Weight of a term that stands in its text, before saturation: its rarity, doubled at most by its context or
 * brought down to nothing.
 */
export function weighPresent(
  term: string,
  occurrences: readonly Occurrence[],
  gates: PieceGates,
  idf: IdfTable,
  { idfExponent }: SideSettings,
): number {
  return (idfOf(term, idf) ** idfExponent * 2) / (1 + Math.exp(-gates.ofTerm(occurrences)))
}

/**
 * Weights of the terms that the windows of a text expand it to, before saturation: of each term the strongest
 * window counts.
 *
 * @returns weight by number of the term, strongest first, `expansionLimit` at most
 */
export function weighExpansion(
  windows: readonly WindowReading[],
  { expansionStrength, expansionLimit }: SideSettings,
): readonly (readonly [term: number, weight: number])[] {
  const strongest = new Map<number, number>()
  for (const { terms, logits } of windows)
    terms.forEach((term, index) => {
      const logit = logits[index] ?? 0
      if (logit > (strongest.get(term) ?? 0)) strongest.set(term, logit)
    })
  return [...strongest]
    .sort(([, a], [, b]) => b - a)
    .slice(0, expansionLimit)
    .map(([term, logit]) => [term, expansionStrength * Math.log1p(logit)] as const)
}
