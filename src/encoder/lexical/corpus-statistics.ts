/** What the query weights need to know of the documents. */
export interface CorpusCounts {
  /** Documents in all. */
  readonly documentCount: number
  /** Documents that have each term; a term left out counts as in none. */
  readonly documentFrequencies: ReadonlyMap<string, number>
}

/**
 * Where the counts come from. The engine answers from the index's own postings, so that they are as current as
 * the index; tests and benchmarks answer from memory.
 */
export interface CorpusStatistics {
  /** @param terms distinct terms of this encoder, not feature names */
  read(terms: readonly string[]): Promise<CorpusCounts>
}
