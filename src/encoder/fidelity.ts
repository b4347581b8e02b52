import type { SparseVector } from '../sparse-vector.js'
import { dotProduct } from '../sparse-vector.js'
import type { Encoder } from './encoder.js'

/** How close the vectors of one encoder are to those of another, over a set of texts. */
export interface Fidelity {
  readonly texts: number
  /** Cosine of the two vectors of a text. */
  readonly meanCosine: number
  readonly worstCosine: number
  /** Share (0-1) of the reference's 64 heaviest tokens that are among the other's 64 heaviest. */
  readonly meanOverlap: number
  readonly worstOverlap: number
  /** The text of the worst cosine. */
  readonly worstText: string
}

const HEAVIEST = 64

/**
 * Encodes texts with two encoders, for example a model in 32 bits and in 8, and compares the vectors.
 *
 * @param reference whose vectors count as right
 * @param texts at least one
 * @throws RangeError without texts
 */
export async function compareEncoders(
  reference: Encoder,
  candidate: Encoder,
  texts: readonly string[],
): Promise<Fidelity> {
  const [expected, received] = [
    await reference.encodeDocuments(texts),
    await candidate.encodeDocuments(texts),
  ]
  return summarize(
    texts.map((text, index) => ({
      text,
      expected: expected[index]?.vector ?? new Map<string, number>(),
      received: received[index]?.vector ?? new Map<string, number>(),
    })),
  )
}

interface Pair {
  readonly text: string
  readonly expected: SparseVector
  readonly received: SparseVector
}

function summarize(pairs: readonly Pair[]): Fidelity {
  if (pairs.length === 0) throw new RangeError('a comparison needs at least one text')
  const cosines = pairs.map(({ expected, received }) => cosine(expected, received))
  const overlaps = pairs.map(({ expected, received }) => overlap(expected, received))
  const worstCosine = Math.min(...cosines)
  return {
    texts: pairs.length,
    meanCosine: mean(cosines),
    worstCosine,
    meanOverlap: mean(overlaps),
    worstOverlap: Math.min(...overlaps),
    worstText: pairs[cosines.indexOf(worstCosine)]?.text ?? '',
  }
}

/** 1 for two empty vectors, 0 for an empty and a filled one. */
export function cosine(a: SparseVector, b: SparseVector): number {
  if (a.size === 0 && b.size === 0) return 1
  const norms = Math.sqrt(dotProduct(a, a) * dotProduct(b, b))
  return norms === 0 ? 0 : dotProduct(a, b) / norms
}

/** Share of the heaviest tokens of `expected` that are among the heaviest of `received`; 1 if it is empty. */
export function overlap(expected: SparseVector, received: SparseVector, count = HEAVIEST): number {
  const heaviest = [...expected.keys()].slice(0, count)
  if (heaviest.length === 0) return received.size === 0 ? 1 : 0
  const candidates = new Set([...received.keys()].slice(0, count))
  return heaviest.filter((token) => candidates.has(token)).length / heaviest.length
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
