import type { Encoder } from '../../../encoder/encoder.js'
import { prune } from '../../../encoder/pruning.js'
import type { CorpusStatistics } from '../../../encoder/lexical/corpus-statistics.js'
import { EngineResponseError } from '../../../engine/failure.js'
import { fromField, type IndexMeta } from '../../../engine/index-meta.js'
import { sparseFields } from '../../../engine/index-sparse-fields.js'
import { EngineError } from '../../../errors.js'
import type { SparseVector } from '../../../sparse-vector.js'
import { RefusedRequest } from '../../rewriter.js'
import { EncoderUnavailable, type QueryEncoding } from '../encoding/query-encoding.js'
import type { JsonNode, JsonSource } from '../json/json-source.js'
import type { SourceEdits } from '../json/source-edits.js'
import { badQuery, badRequest } from '../refuse.js'
import type { NormalizedOptions } from '../rewriter-options.js'
import { applyRules } from '../rules/apply-rules.js'
import type { IndexEncoders } from '../upstream/index-encoders.js'
import type { IndexTarget } from '../upstream/index-targets.js'
import { clausesOf, requireRoom, shareClauses } from './clause-budget.js'
import { findQueries, type FoundQuery } from './find-queries.js'
import type { SparseClause } from './sparse-clause.js'
import { renderInPhases } from './two-phase.js'
import { fieldAsked, isSparse, OWN_FORM, readSparseClause } from './sparse-forms.js'

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
}

/** What the request around a body says. */
export interface BodyContext {
  readonly parameters: URLSearchParams
  /** False for a count and the like, where no order of hits is asked for. */
  readonly hasHits: boolean
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

/** What became of the queries of a body. */
export interface RewrittenQueries {
  readonly clauses: readonly WeighedClause[]
  /** What the client is told in `Warning` headers. */
  readonly warnings: readonly string[]
}

const NOTHING: RewrittenQueries = { clauses: [], warnings: [] }

/**
 * Puts weighted clauses into the place of every sparse query of a search's body that is for a field of ours, and beside
 * or into the place of the full-text queries that a rule is for.
 *
 * @returns those queries; none where nothing changed
 * @throws RefusedRequest naming the query, the option or the index at fault
 */
export async function rewriteQueries(
  { root }: JsonSource,
  edits: SourceEdits,
  scope: SearchScope,
  context: BodyContext,
): Promise<RewrittenQueries> {
  const queries = [...findQueries(root)]
  const sparse = queries.filter(isSparse)
  const { rules } = scope.options
  if (sparse.length === 0 && (rules.length === 0 || !context.hasHits)) return NOTHING
  const target = await scope.target()
  const asked = sparse.filter((query) => isForUs(query, target, scope.index)).map(readSparseClause)
  if (target.kind !== 'ours') {
    for (const { node } of asked) edits.replace(node, '{"match_none":{}}')
    return NOTHING
  }
  const { index, options } = scope
  const ruleScope = { index, names: target.names, meta: target.meta, rules, onEvent: options.onEvent }
  const clauses = [...asked, ...(context.hasHits ? applyRules(root, ruleScope) : [])]
  const nodes = new Set<JsonNode>(clauses.map(({ node }) => node))
  const own = queries.filter(({ node }) => !nodes.has(node)).reduce((sum, query) => sum + clausesOf(query), 0)
  requireRoom(clauses.length, own)
  const outcomes = await Promise.all(clauses.map((clause) => weigh(clause, target.meta, scope)))
  const weighed = withinBudget(
    outcomes.filter((outcome) => 'vector' in outcome),
    own,
  )
  const phases = {
    root,
    parameters: context.parameters,
    byDefault: options.twoPhase.byDefault && context.hasHits,
  }
  const rendered = renderInPhases(weighed, edits, { ...phases, options: options.twoPhase })
  weighed.forEach(({ clause }, place) => {
    replace(edits, clause, rendered[place] ?? '')
  })
  const failed = outcomes.filter((outcome) => 'failure' in outcome)
  for (const { clause, meta } of failed)
    if (clause.isFromRule !== true) edits.replace(clause.node, asFullText(clause, meta))
  return { clauses: weighed, warnings: [...new Set(failed.map(({ failure }) => toWarning(failure)))] }
}

function replace(edits: SourceEdits, { node, isBeside }: SparseClause, text: string): void {
  edits.replace(node, isBeside === true ? `{"bool":{"should":[${edits.render(node)},${text}]}}` : text)
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

/** A query that is searched as full text, because there is no vector for it now. */
interface Unweighed {
  readonly clause: SparseClause
  readonly meta: IndexMeta
  readonly failure: EncoderUnavailable
}

async function weigh(
  clause: SparseClause,
  whole: IndexMeta,
  scope: SearchScope,
): Promise<WeighedClause | Unweighed> {
  const meta = clause.field === undefined ? whole : fieldOf(clause, clause.field, whole, scope)
  requireModel(clause, meta, scope)
  const encoder = scope.encoders.encoderOf(scope.index, meta, scope.statisticsOf(meta))
  try {
    return { clause, meta, encoder, vector: prune(await vectorOf(clause, encoder, scope), clause.prune) }
  } catch (error) {
    if (error instanceof EngineResponseError)
      throw new RefusedRequest(error.status, error.reasonType, error.message)
    if (!(error instanceof EncoderUnavailable)) throw error
    if (clause.isFromRule === true || scope.options.onEncoderFailure === 'full-text')
      return { clause, meta, failure: error }
    throw new RefusedRequest(429, 'es_rejected_execution_exception', error.message, { cause: error })
  }
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
  { index, options }: SearchScope,
): void {
  if (model === undefined || model.name === encoder.name || options.modelNames.includes(model.name)) return
  throw badQuery(
    `[${form}] query: [${model.option}] is "${model.name}", but index "${index}" was written by model ` +
      `"${encoder.name}"; leave it out, or tell the proxy that this is another name of the model`,
  )
}

async function vectorOf(
  { wanted }: SparseClause,
  encoder: Encoder,
  scope: SearchScope,
): Promise<SparseVector> {
  return 'tokens' in wanted ? wanted.tokens : scope.encoding.encode(encoder, wanted.text)
}

/** The text in the fields that the vector would have been made of. */
function asFullText({ wanted, boost, name }: SparseClause, meta: IndexMeta): string {
  const query = 'text' in wanted ? wanted.text : ''
  return JSON.stringify({
    multi_match: { query, fields: meta.textFields, boost, ...(name !== undefined && { _name: name }) },
  })
}

function toWarning({ message }: EncoderUnavailable): string {
  return `splade-bridge searched full text instead of a sparse vector: ${message}`
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
