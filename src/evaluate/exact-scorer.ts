import type { CorpusCounts } from '../encoder/lexical/corpus-statistics.js'
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
  /** Position of the vector. */
  readonly row: number
  readonly weight: number
}

/**
 * An inverted index in memory that scores every document: the yardstick for encoders and engines. Equal scores
 * are ordered by document id, where an engine orders them as it pleases.
 */
export class ExactScorer {
  private readonly ids: string[] = []
  /** The document of each vector. */
  private readonly owners: number[] = []
  private readonly postings = new Map<string, Posting[]>()
  private readonly quantized: boolean

  constructor({ quantized = true }: ExactScorerOptions = {}) {
    this.quantized = quantized
  }

  /** Documents added so far. */
  get documentCount(): number {
    return this.ids.length
  }

  /**
   * @param id added once; a second document of the same id is another document
   * @param vectors one, or one a chunk: a document then scores what its best chunk scores
   */
  add(id: string, ...vectors: readonly SparseVector[]): void {
    const document = this.ids.push(id) - 1
    for (const vector of vectors) this.addRow(this.owners.push(document) - 1, vector)
  }

  /** Documents that have `token`. */
  documentFrequency(token: string): number {
    return new Set(this.postings.get(token)?.map(({ row }) => this.owners[row])).size
  }

  /** What query weights that follow a corpus need to know of this one. */
  count(tokens: readonly string[]): CorpusCounts {
    const documentFrequencies = new Map(tokens.map((token) => [token, this.documentFrequency(token)]))
    return { documentCount: this.documentCount, documentFrequencies }
  }

  /**
   * Documents with at least one token of the query, by dot product.
   *
   * @param limit documents returned at most
   */
  rank(query: SparseVector, limit: number): readonly RankedDocument[] {
    const scores = new Map<number, number>()
    for (const [row, score] of this.scoreRows(query)) {
      const document = this.owners[row] ?? 0
      if (score > (scores.get(document) ?? -Infinity)) scores.set(document, score)
    }
    return Array.from(scores, ([document, score]) => ({ id: this.ids[document] ?? '', score }))
      .sort(byScoreThenId)
      .slice(0, limit)
  }

  private addRow(row: number, vector: SparseVector): void {
    for (const [token, weight] of vector) {
      const posting = { row, weight: this.quantized ? storedWeight(weight) : weight }
      const known = this.postings.get(token)
      if (known === undefined) this.postings.set(token, [posting])
      else known.push(posting)
    }
  }

  private scoreRows(query: SparseVector): ReadonlyMap<number, number> {
    const scores = new Map<number, number>()
    for (const [token, queryWeight] of query) {
      for (const { row, weight } of this.postings.get(token) ?? []) {
        scores.set(row, (scores.get(row) ?? 0) + queryWeight * weight)
      }
    }
    return scores
  }
}

function byScoreThenId(a: RankedDocument, b: RankedDocument): number {
  return b.score - a.score || (a.id < b.id ? -1 : 1)
}
