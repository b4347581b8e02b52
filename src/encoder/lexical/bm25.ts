import { toSparseVector, type SparseVector } from '../../sparse-vector.js'
import type { CorpusCounts } from './corpus-statistics.js'
import { sortTerms } from './sort-terms.js'

/** Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009). */
export interface Bm25Parameters {
  /** Saturation of repeated terms. */
  readonly k1: number
  /** How much a document's length counts, 0-1. */
  readonly b: number
  /** Distinct terms of an average document. */
  readonly averageLength: number
}

/**
 * The saturated term frequency of each term. A document's length is the number of its distinct terms: it
 * varies less than the number of all terms, so that one average serves short and long texts (docs/lexical.md).
 *
 * @param counts term -> occurrences in the document
 */
export function documentVector(
  counts: ReadonlyMap<string, number>,
  { k1, b, averageLength }: Bm25Parameters,
): SparseVector {
  const saturation = k1 * (1 - b + (b * counts.size) / averageLength)
  const weigh = (count: number): number => (count * (k1 + 1)) / (count + saturation)
  const groups = Array.from(groupByCount(counts), ([count, terms]) => ({ weight: weigh(count), terms }))
  // Where two counts weigh the same, as without saturation, their terms have to be merged.
  if (new Set(groups.map(({ weight }) => weight)).size < groups.length) {
    return toSparseVector(Array.from(counts, ([term, count]) => [term, weigh(count)] as const))
  }
  // What `toSparseVector` does, but a document has few different weights: within one only terms have to be sorted.
  groups.sort((one, other) => other.weight - one.weight)
  const vector = new Map<string, number>()
  for (const { weight, terms } of groups) for (const term of sortTerms(terms)) vector.set(term, weight)
  return vector
}

function groupByCount(counts: ReadonlyMap<string, number>): ReadonlyMap<number, readonly string[]> {
  const groups = new Map<number, string[]>()
  for (const [term, count] of counts) {
    const group = groups.get(count)
    if (group === undefined) groups.set(count, [term])
    else group.push(term)
  }
  return groups
}

/**
 * Terms up to which a query keeps those that no document has. As the rarest they are the heaviest, and would take the
 * place of terms that can match, where a query has room for so many.
 */
const UNFOUND_UP_TO = 512

/**
 * Inverse document frequency times occurrences in the query. Unless there are very many, a term that no document has
 * keeps its weight: it matches nothing, and the explanation of a hit can say that it was missed.
 *
 * @param counts term -> occurrences in the query
 * @param corpus undefined gives every term the frequency weight 1
 */
export function queryVector(
  counts: ReadonlyMap<string, number>,
  corpus: CorpusCounts | undefined,
): SparseVector {
  if (corpus === undefined) return toSparseVector(counts)
  const { documentCount, documentFrequencies } = corpus
  const frequencyOf = (term: string): number => documentFrequencies.get(term) ?? 0
  const terms = [...counts]
  const found = terms.filter(([term]) => frequencyOf(term) > 0)
  const kept = terms.length > UNFOUND_UP_TO && found.length > 0 ? found : terms
  return toSparseVector(
    kept.map(
      ([term, count]) => [term, count * inverseDocumentFrequency(documentCount, frequencyOf(term))] as const,
    ),
  )
}

/**
 * Lucene's `ln(1 + (N - n + 0.5) / (n + 0.5))`, positive for every n <= N.
 *
 * @param documentCount N; taken as n where it is smaller, as counters of a changing index may be
 * @param documentFrequency n, documents that have the term
 */
export function inverseDocumentFrequency(documentCount: number, documentFrequency: number): number {
  const absent = Math.max(0, documentCount - documentFrequency)
  return Math.log(1 + (absent + 0.5) / (documentFrequency + 0.5))
}
