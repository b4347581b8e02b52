import { type IndexMeta } from '../../../engine/index-meta.js'
import { isNested, toDocumentQuery } from '../../../search/document-query.js'
import type { SparseVector } from '../../../sparse-vector.js'
import { valueOf } from '../json/read-node.js'
import { badQuery } from '../refuse.js'
import type { EnginePruning, SparseClause } from './sparse-clause.js'

/**
 * The query that an index with this mapping understands, scored as `search` scores it, under the clause's name.
 *
 * @param vector query weights, without the clause's boost
 * @param meta seen from the clause's field
 * @returns JSON
 * @throws RefusedRequest for pruning that only Elasticsearch's own fields know
 */
export function renderClause(clause: SparseClause, vector: SparseVector, meta: IndexMeta): string {
  const query = toQuery(clause, vector, meta)
  return JSON.stringify(clause.name === undefined ? query : withOption(query, '_name', clause.name))
}

/** As {@link renderClause}, without the name: a hit is to be named once. */
export function renderUnnamed(clause: SparseClause, vector: SparseVector, meta: IndexMeta): string {
  return JSON.stringify(toQuery(clause, vector, meta))
}

/**
 * The boost is an option of the whole: multiplied into the weights here it would be rounded at another place than in
 * the engine's own sparse queries, and scores would differ from theirs in the last digit.
 */
function toQuery(clause: SparseClause, vector: SparseVector, meta: IndexMeta): object {
  const { boost, enginePruning } = clause
  const plain = toDocumentQuery(vector, meta)
  const query = boost === 1 ? plain : withOption(plain, 'boost', boost)
  return enginePruning === undefined ? query : withPruning(query, clause, enginePruning, meta)
}

function withPruning(query: object, clause: SparseClause, pruning: EnginePruning, meta: IndexMeta): object {
  if (meta.fieldType !== 'sparse_vector' || isNested(meta)) {
    throw badQuery(
      `[${clause.form}] query: [pruning_config] and [prune] need a field of type sparse_vector, and ` +
        `"${meta.field}" is ${isNested(meta) ? 'nested' : meta.fieldType}; use a [splade] query with [prune]`,
    )
  }
  const { prune, config } = pruning
  const asked = withOption(query, 'prune', prune === undefined ? true : valueOf(prune))
  return config === undefined ? asked : withOption(asked, 'pruning_config', valueOf(config))
}

/** Sets an option of a query, `{"bool": {…}}`, whatever its type. */
function withOption(query: object, name: string, value: unknown): object {
  const entries = Object.entries(query) as [string, object][]
  return Object.fromEntries(entries.map(([type, body]) => [type, { ...body, [name]: value }]))
}
