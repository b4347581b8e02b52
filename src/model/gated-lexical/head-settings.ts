import type { ModelConfig } from '../config.js'

/** What is done with a text of one kind, document or query. */
export interface SideSettings {
  /** Pieces before those of each window. */
  readonly prefixIds: readonly number[]
  /** Pieces of the text in a window at most. */
  readonly windowPieces: number
  /** Windows of a text at most; terms behind the last one are weighted without context. */
  readonly maxWindows: number
  readonly idfExponent: number
  /** Length of the vector that the expansion terms are compared with. */
  readonly directionScale: number
  readonly expansionStrength: number
  /** Expansion terms of a text at most, before pruning. */
  readonly expansionLimit: number
}

/** How a term's weight grows with its occurrences, and shrinks with the length of the text. */
export interface SaturationSettings {
  readonly k1: number
  readonly lengthExponent: number
  /** Term occurrences of a text that is neither long nor short. */
  readonly typicalLength: number
  /** Shorter texts count as having this share of the typical length. */
  readonly shortestShare: number
}

/** How many terms of a vector are kept. */
export interface TermBudget {
  readonly queryTerms: number
  /** Of a document of at most `documentLength` term occurrences. */
  readonly documentTerms: number
  readonly documentLength: number
  /** How the number grows with the length of longer documents. */
  readonly limitExponent: number
  /** Factor on the weight of a term that does not stand in the text, when terms are ordered. */
  readonly expansionHandicap: number
  /** Terms of at most this share of the heaviest weight are dropped. */
  readonly smallestShare: number
}

/** `sparse_head.json`: the numbers of a gated lexical model. */
export interface HeadSettings {
  /** Version of the analysis of text that the model was trained with. */
  readonly analysisVersion: number
  readonly layerNormEpsilon: number
  readonly saturation: SaturationSettings
  readonly document: SideSettings
  readonly query: SideSettings
  readonly pruning: TermBudget
}

/** The two kinds of text, which have heads of their own. */
export const SIDES = ['document', 'query'] as const
export type Side = (typeof SIDES)[number]

/** Kinds of term occurrences, in the order of the gates: the context of each is weighed by a gate of its own. */
export const GATE_KINDS = ['hangul', 'hangul-part', 'letters', 'digits', 'other', 'hangul-word'] as const
export type GateKind = (typeof GATE_KINDS)[number]

const FORMAT = 'splade-bridge-gated-lexical'
const FORMAT_VERSION = 1

/** @throws ModelError naming the field that is missing or wrong, or a format that is not read */
export function readHeadSettings(file: ModelConfig): HeadSettings {
  file.oneOf('format', [FORMAT])
  if (file.count('formatVersion') !== FORMAT_VERSION)
    throw file.wrong('formatVersion', String(FORMAT_VERSION), file.raw('formatVersion'))
  file.oneOf('analysis', ['word-and-bigrams'])
  requireGateKinds(file)
  return {
    analysisVersion: file.count('analysisVersion'),
    layerNormEpsilon: file.number('layerNormEpsilon'),
    saturation: readSaturation(file.section('saturation')),
    document: readSide(file.section('document')),
    query: readSide(file.section('query')),
    pruning: readBudget(file.section('pruning')),
  }
}

function requireGateKinds(file: ModelConfig): void {
  const kinds = file.raw('gateKinds')
  if (JSON.stringify(kinds) !== JSON.stringify(GATE_KINDS))
    throw file.wrong('gateKinds', JSON.stringify(GATE_KINDS), kinds)
}

function readSaturation(section: ModelConfig): SaturationSettings {
  return {
    k1: section.number('k1'),
    lengthExponent: section.number('lengthExponent'),
    typicalLength: section.number('typicalLength'),
    shortestShare: section.number('shortestShare'),
  }
}

function readSide(section: ModelConfig): SideSettings {
  return {
    prefixIds: readIds(section, 'prefixIds'),
    windowPieces: section.count('windowPieces'),
    maxWindows: section.count('maxWindows'),
    idfExponent: section.number('idfExponent'),
    directionScale: section.number('directionScale'),
    expansionStrength: section.number('expansionStrength'),
    expansionLimit: section.count('expansionLimit'),
  }
}

function readIds(section: ModelConfig, name: string): readonly number[] {
  const ids = section.raw(name)
  const valid = Array.isArray(ids) && ids.every((id) => Number.isInteger(id) && id >= 0)
  if (!valid) throw section.wrong(name, 'an array of token ids', ids)
  return ids as readonly number[]
}

function readBudget(section: ModelConfig): TermBudget {
  return {
    queryTerms: section.count('queryTerms'),
    documentTerms: section.count('documentTerms'),
    documentLength: section.count('documentLength'),
    limitExponent: section.number('limitExponent'),
    expansionHandicap: section.number('expansionHandicap'),
    smallestShare: section.number('smallestShare'),
  }
}
