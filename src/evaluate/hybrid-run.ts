import type { EngineClient } from '../engine/client.js'
import type { SparseFields } from '../engine/text-rule.js'
import { fuseByRank } from '../proxy/rewrite/hybrid/fuse.js'
import { DEFAULT_RANK_CONSTANT } from '../proxy/rewrite/hybrid/hybrid-search.js'
import { searchLexically } from '../web/lexical-search.js'
import type { BeirQuery } from './beir.js'
import type { Run } from './engine-run.js'
import type { RankedDocument } from './exact-scorer.js'

export interface HybridRunOptions {
  readonly index: string
  /** Vector fields of the index: what they are made of is what BM25 searches. */
  readonly fields: SparseFields
  readonly queries: readonly BeirQuery[]
  /** What sparse search has found, as `runOnEngine` gives it. */
  readonly sparse: Run
  /** Documents a query. Default 100. */
  readonly size?: number
}

/** Searches that are sent together. */
const AT_A_TIME = 4

/**
 * Ranks documents by the engine's own BM25 over the text fields, and by that fused with sparse search by reciprocal
 * ranks, as the page and `splade_hybrid` do.
 *
 * @throws EngineError if a search fails
 */
export async function runHybrid(
  client: EngineClient,
  { index, fields, queries, sparse, size = 100 }: HybridRunOptions,
): Promise<{ readonly text: Run; readonly hybrid: Run }> {
  const text = new Map<string, readonly RankedDocument[]>()
  const hybrid = new Map<string, readonly RankedDocument[]>()
  for (let first = 0; first < queries.length; first += AT_A_TIME) {
    const batch = queries.slice(first, first + AT_A_TIME)
    const found = await Promise.all(
      batch.map((query) => searchLexically(client, { index, fields, query: query.text }, size)),
    )
    for (const [place, { id }] of batch.entries()) {
      const hits = found[place]?.hits ?? []
      text.set(id, hits)
      const fused = fuseByRank([hits, sparse.get(id) ?? []], DEFAULT_RANK_CONSTANT)
      hybrid.set(id, fused.slice(0, size))
    }
  }
  return { text, hybrid }
}
