import type { Encoder } from '../../../encoder/encoder.js'
import { prune } from '../../../encoder/pruning.js'
import type { EngineRequester } from '../../../engine/client.js'
import { fromField, type IndexMeta } from '../../../engine/index-meta.js'
import { sparseFields } from '../../../engine/index-sparse-fields.js'
import { EngineError } from '../../../errors.js'
import type { SparseVector } from '../../../sparse-vector.js'
import { RefusedRequest } from '../../rewriter.js'
import type { JsonSource } from '../json/json-source.js'
import type { SourceEdits } from '../json/source-edits.js'
import { badQuery, badRequest } from '../refuse.js'
import type { IndexEncoders } from '../upstream/index-encoders.js'
import type { IndexTarget } from '../upstream/index-targets.js'
import { clausesOf, shareClauses } from './clause-budget.js'
import { findQueries, type FoundQuery } from './find-queries.js'
import { renderClause } from './render-clause.js'
import type { SparseClause } from './sparse-clause.js'
import { fieldAsked, isSparse, OWN_FORM, readSparseClause } from './sparse-forms.js'

/** The indices that a body is for, as far as its queries need to know them. */
export interface SearchScope {
  /** How messages name the indices. */
  readonly index: string
  /** Looked up when the first sparse query is met. */
  target(): Promise<IndexTarget>
  readonly client: EngineRequester
  readonly encoders: IndexEncoders
  /** Names of the model beside its own, by which clients may call it. */
  readonly modelNames: readonly string[]
}

/** A sparse query with its weights. */
export interface WeighedClause {
  readonly clause: SparseClause
  /** The index, seen from the clause's field. */
  readonly meta: IndexMeta
  readonly encoder: Encoder
  /** As it was sent but for the clause's boost: pruned, heaviest token first. */
  readonly vector: SparseVector
}

/**
 * Puts weighted clauses into the place of every sparse query of a search's body that is for a field of ours.
 *
 * @returns those queries; none where nothing changed
 * @throws RefusedRequest naming the query, the option or the index at fault
 */
export async function rewriteQueries(
  { root }: JsonSource,
  edits: SourceEdits,
  scope: SearchScope,
): Promise<readonly WeighedClause[]> {
  const queries = [...findQueries(root)]
  const sparse = queries.filter(isSparse)
  if (sparse.length === 0) return []
  const target = await scope.target()
  const ours = sparse.filter((query) => isForUs(query, target, scope.index))
  const clauses = ours.map(readSparseClause)
  if (target.kind !== 'ours') {
    for (const { node } of clauses) edits.replace(node, '{"match_none":{}}')
    return []
  }
  const weighed = await Promise.all(clauses.map((clause) => weigh(clause, target.meta, scope)))
  const own = queries
    .filter((query) => !ours.includes(query))
    .reduce((sum, query) => sum + clausesOf(query), 0)
  const kept = withinBudget(weighed, own)
  for (const { clause, vector, meta } of kept) edits.replace(clause.node, renderClause(clause, vector, meta))
  return kept
}

/**
 * Whether a sparse query is to be rewritten. One of the engine's own on a field that the index has from elsewhere is
 * the engine's.
 *
 * @throws RefusedRequest where it is ours and cannot be answered
 */
function isForUs(query: FoundQuery, target: IndexTarget, index: string): boolean {
  const isOwn = query.type === OWN_FORM
  const field = fieldAsked(query)
  switch (target.kind) {
    case 'ours':
      return isOwn || sparseFields(target.meta).some((known) => known.field === field)
    case 'mixed':
      if (isOwn || (field !== undefined && target.fields.has(field))) throw badRequest(target.reason)
      return false
    case 'foreign':
      if (isOwn) throw notOurs(index)
      return false
    case 'unknown':
      if (isOwn) throw new RefusedRequest(target.status, target.type, target.reason)
      return false
    case 'none':
      // There is nothing to find, but the engine would not know the query.
      return isOwn
  }
}

function notOurs(index: string): RefusedRequest {
  return badRequest(
    `[splade] query: index "${index}" was not set up by splade-bridge: its mapping has no _meta.splade_bridge; ` +
      'create one with "splade-bridge init"',
  )
}

async function weigh(clause: SparseClause, whole: IndexMeta, scope: SearchScope): Promise<WeighedClause> {
  const meta = clause.field === undefined ? whole : fieldOf(clause, clause.field, whole, scope)
  requireModel(clause, meta, scope)
  const encoder = scope.encoders.encoderOf(scope.index, meta, meta.field, scope.client)
  return { clause, meta, encoder, vector: prune(await vectorOf(clause, encoder), clause.prune) }
}

function fieldOf({ form }: SparseClause, field: string, whole: IndexMeta, { index }: SearchScope): IndexMeta {
  try {
    return fromField(index, whole, field)
  } catch (error) {
    if (error instanceof EngineError) throw badQuery(`[${form}] query: [field] ${error.message}`)
    throw error
  }
}

function requireModel(
  { form, model }: SparseClause,
  { encoder }: IndexMeta,
  { index, modelNames }: SearchScope,
): void {
  if (model === undefined || model.name === encoder.name || modelNames.includes(model.name)) return
  throw badQuery(
    `[${form}] query: [${model.option}] is "${model.name}", but index "${index}" was written by model ` +
      `"${encoder.name}"; leave it out, or tell the proxy that this is another name of the model`,
  )
}

async function vectorOf({ wanted }: SparseClause, encoder: Encoder): Promise<SparseVector> {
  if ('tokens' in wanted) return wanted.tokens
  const [encoding] = await encoder.encodeQueries([wanted.text])
  return encoding?.vector ?? new Map()
}

function withinBudget(weighed: readonly WeighedClause[], ownClauses: number): readonly WeighedClause[] {
  const shares = shareClauses(
    weighed.map(({ vector }) => vector.size),
    ownClauses,
  )
  return weighed.map((one, place) => ({
    ...one,
    vector: prune(one.vector, { topK: Math.max(1, shares[place] ?? 1) }),
  }))
}
