import type { CorpusStatistics } from '../../../encoder/lexical/corpus-statistics.js'
import type { IndexMeta } from '../../../engine/index-meta.js'
import type { ObservedRequest } from '../../../telemetry/request-observer.js'
import type { JsonSource } from '../json/json-source.js'
import type { SourceEdits } from '../json/source-edits.js'
import type { QueryEncoding } from '../encoding/query-encoding.js'
import type { NormalizedOptions } from '../rewriter-options.js'
import type { ShadowedClause } from '../rules/apply-rules.js'
import type { IndexEncoders } from '../upstream/index-encoders.js'
import type { IndexTarget } from '../upstream/index-targets.js'

/** The indices that a body is for, as far as its queries need to know them. */
export interface SearchScope {
  /** How messages name the indices. */
  readonly index: string
  /** Looked up when the first query of interest is met. */
  target(): Promise<IndexTarget>
  /** Counts of terms in the vector field that `meta` is seen from. */
  statisticsOf(meta: IndexMeta): CorpusStatistics
  readonly encoders: IndexEncoders
  readonly encoding: QueryEncoding
  readonly options: Pick<
    NormalizedOptions,
    'modelNames' | 'rules' | 'twoPhase' | 'onEncoderFailure' | 'onEvent'
  >
  readonly shadow: ShadowObserver
  /** Ids of the hits that a search with this body finds in the indices, for whoever asks. */
  idsOf(body: object): Promise<readonly string[]>
  /** Told of each query that has its weights. */
  readonly observed?: ObservedRequest
}

/** A search that rules in the shadow are for. */
export interface ShadowedSearch {
  readonly shadowed: readonly ShadowedClause[]
  readonly source: JsonSource
  /** The body as it is sent on; left as it is. */
  readonly edits: SourceEdits
  /** What the index knows, seen from its first field. */
  readonly meta: IndexMeta
  readonly scope: SearchScope
}

/** Finds out what rules in the shadow would have changed, and tells it. */
export interface ShadowObserver {
  /** Nobody waits for it. */
  observe(search: ShadowedSearch): void
}
