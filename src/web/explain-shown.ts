import type { EngineRequester } from '../engine/client.js'
import { hitTitle } from '../search/hit-title.js'
import type { SearchHit } from '../search/search-hit.js'
import type { Searcher } from '../search/search.js'
import type { SparseVector } from '../sparse-vector.js'
import type { FusedPart, ShownDocument } from './api.js'
import { explainLexically, type LexicalExplanation, type LexicalSearch } from './lexical-search.js'
import { lexicalExplanation, sparseExplanation } from './shown-document.js'

/** Methods that the engine itself answers, and can explain. */
export type EngineMethod = FusedPart['method']

/** Who explains. */
export interface Explainers {
  readonly client: EngineRequester
  readonly searcher: Searcher
}

/** What is shown, and what found it. */
export interface Shown {
  readonly ids: readonly string[]
  readonly lexical: LexicalSearch
  readonly vector: SparseVector
  /** Methods whose searches failed: they are not asked again. */
  readonly failed: ReadonlySet<EngineMethod>
}

export interface ShownDocuments {
  /** By id; none for a document that is gone. */
  readonly documents: Readonly<Record<string, ShownDocument>>
  /** Why hits of a method are not explained, where its explanation failed although its search did not. */
  readonly unexplained: Readonly<Partial<Record<EngineMethod, string>>>
}

/**
 * Says of each document what it is called and why it matches, by every method that can be asked: one is enough to show it.
 *
 * @throws SpladeBridgeError where none can
 */
export async function explainShown(explainers: Explainers, shown: Shown): Promise<ShownDocuments> {
  if (shown.ids.length === 0) return { documents: {}, unexplained: {} }
  const [bm25, sparse] = await Promise.allSettled([
    shown.failed.has('bm25') ? undefined : explainLexically(explainers.client, shown.lexical, shown.ids),
    shown.failed.has('sparse') ? undefined : askSparsely(explainers, shown),
  ])
  const [byTerm, byToken] = [valueOf(bm25), valueOf(sparse)]
  const [failure] = [sparse, bm25].filter(({ status }) => status === 'rejected')
  if (byTerm === undefined && byToken === undefined && failure?.status === 'rejected') throw failure.reason
  const documents = shown.ids.flatMap((id) => {
    const document = toShownDocument(explainers.searcher, byTerm?.get(id), byToken?.get(id))
    return document === undefined ? [] : [[id, document] as const]
  })
  const [lexicalFailure, sparseFailure] = [reasonOf(bm25), reasonOf(sparse)]
  return {
    documents: Object.fromEntries(documents),
    unexplained: {
      ...(lexicalFailure && { bm25: lexicalFailure.message }),
      ...(sparseFailure && { sparse: sparseFailure.message }),
    },
  }
}

async function askSparsely(
  { searcher }: Explainers,
  { lexical: { query }, vector, ids }: Shown,
): Promise<ReadonlyMap<string, SearchHit>> {
  const { hits } = await searcher.search({
    query,
    queryVector: vector,
    ids,
    size: ids.length,
    explain: true,
  })
  return new Map(hits.map((hit) => [hit.id, hit]))
}

function toShownDocument(
  { meta }: Searcher,
  byTerm: LexicalExplanation | undefined,
  byToken: SearchHit | undefined,
): ShownDocument | undefined {
  const title = byToken?.title ?? (byTerm && hitTitle(byTerm.source, meta))
  if (title === undefined) return undefined
  const bm25 = byTerm && lexicalExplanation(byTerm)
  const sparse = byToken && sparseExplanation(byToken)
  return { title, ...(bm25 && { bm25 }), ...(sparse && { sparse }) }
}

function valueOf<Value>(outcome: PromiseSettledResult<Value>): Value | undefined {
  return outcome.status === 'fulfilled' ? outcome.value : undefined
}

function reasonOf(outcome: PromiseSettledResult<unknown>): Error | undefined {
  return outcome.status === 'rejected' ? (outcome.reason as Error) : undefined
}
