import { storedWeight } from '../rank-features/stored-weight.js'
import type { SparseVector } from '../sparse-vector.js'

/** One document of a ranking. */
export interface RankedDocument {
  readonly id: string
  readonly score: number
}

export interface ExactScorerOptions {
  /** Truncate document weights to 9 significant bits, as the engine stores them. Default true. */
  readonly quantized?: boolean
}

interface Posting {
  readonly document: number
  readonly weight: number
}

/**
 * An inverted index in memory that scores every document: the yardstick for encoders and engines. Equal scores
 * are ordered by document id, where an engine orders them as it pleases.
 */
export class ExactScorer {
  private readonly ids: string[] = []
  private readonly postings = new Map<string, Posting[]>()
  private readonly quantized: boolean

  constructor({ quantized = true }: ExactScorerOptions = {}) {
    this.quantized = quantized
  }

  /** Documents added so far. */
  get documentCount(): number {
    return this.ids.length
  }

  /** @param id added once; a second document of the same id is another document */
  add(id: string, vector: SparseVector): void {
    const document = this.ids.push(id) - 1
    for (const [token, weight] of vector) {
      const posting = { document, weight: this.quantized ? storedWeight(weight) : weight }
      const known = this.postings.get(token)
      if (known === undefined) this.postings.set(token, [posting])
      else known.push(posting)
    }
  }

  /** Documents that have `token`. */
  documentFrequency(token: string): number {
    return this.postings.get(token)?.length ?? 0
  }

  /**
   * Documents with at least one token of the query, by dot product.
   *
   * @param limit documents returned at most
   */
  rank(query: SparseVector, limit: number): readonly RankedDocument[] {
    const scores = new Map<number, number>()
    for (const [token, queryWeight] of query) {
      for (const { document, weight } of this.postings.get(token) ?? []) {
        scores.set(document, (scores.get(document) ?? 0) + queryWeight * weight)
      }
    }
    return Array.from(scores, ([document, score]) => ({ id: this.ids[document] ?? '', score }))
      .sort(byScoreThenId)
      .slice(0, limit)
  }
}

function byScoreThenId(a: RankedDocument, b: RankedDocument): number {
  return b.score - a.score || (a.id < b.id ? -1 : 1)
}
