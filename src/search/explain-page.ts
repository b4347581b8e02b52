import type { Encoder } from '../encoder/encoder.js'
import type { EngineInfo, EngineRequester } from '../engine/client.js'
import type { IndexMeta } from '../engine/index-meta.js'
import { indexPath } from '../engine/index-path.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import { sparseFields } from '../engine/index-sparse-fields.js'
import { readHits } from '../engine/ranking.js'
import { pastSearchPipelines } from '../engine/search-pipelines.js'
import type { LocatedText } from '../encoder/located-text.js'
import type { SparseVector } from '../sparse-vector.js'
import { namesClauses } from './clause-scores.js'
import { isNested, toDocumentQuery } from './document-query.js'
import { type SearchHit, toSearchHit } from './search-hit.js'

export interface ExplainPageOptions {
  /** The concrete index that the documents are in. */
  readonly index: string
  readonly ids: readonly string[]
  /** Query weights, the boost included. */
  readonly queryVector: SparseVector
  /** The query's text; absent where only its weights are known. */
  readonly asked?: LocatedText | undefined
  /** Seen from the vector field that was asked. */
  readonly meta: IndexMeta
  readonly encoder: Encoder
  /** Undefined where nobody could find out: the documents' vectors are read instead of clause scores. */
  readonly info: EngineInfo | undefined
}

/**
 * Explains documents that some search has found already, whatever else was in its query: they are asked for again,
 * by their ids, with the sparse query alone.
 *
 * @returns id -> explained hit, whose score is that of the sparse query; none for a document that is gone
 */
export async function explainPage(
  client: EngineRequester,
  { index, ids, queryVector, asked, meta, encoder, info }: ExplainPageOptions,
): Promise<ReadonlyMap<string, SearchHit>> {
  const named = !isNested(meta) && info !== undefined && namesClauses(info)
  const { body } = await client.request({
    method: 'POST',
    path: indexPath(index, '_search'),
    query: {
      allow_partial_search_results: false,
      ...pastSearchPipelines(info),
      ...(named && { include_named_queries_score: true }),
    },
    body: {
      size: ids.length,
      query: {
        bool: {
          filter: { ids: { values: ids } },
          should: toDocumentQuery(queryVector, meta, { named, bestChunk: 'vector' }),
        },
      },
      track_total_hits: false,
      _source: { excludes: excludedFields(meta, named) },
    },
  })
  const context = { queryVector, asked, meta, encoder, explain: true }
  const hits = readHits(body).map((hit) => toSearchHit(hit, context))
  return new Map(hits.map((hit) => [hit.id, hit]))
}

/** Without clause scores the vector itself is needed; of chunks only the best one's, which comes by itself. */
function excludedFields(meta: IndexMeta, named: boolean): readonly string[] {
  const others = sparseFields(meta).map(({ field }) => field)
  const needsVector = !named && !isNested(meta)
  return [SIDE_FIELD, ...others.filter((field) => !(needsVector && field === meta.field))]
}
