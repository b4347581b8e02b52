import { prune } from '../../../encoder/pruning.js'
import type { IndexMeta } from '../../../engine/index-meta.js'
import { sparseFields } from '../../../engine/index-sparse-fields.js'
import { RefusedRequest } from '../../rewriter.js'
import { HYBRID_FORM } from '../hybrid/hybrid-search.js'
import type { JsonNode, JsonSource } from '../json/json-source.js'
import { memberOf } from '../json/read-node.js'
import type { SourceEdits } from '../json/source-edits.js'
import { badRequest } from '../refuse.js'
import { applyRules, type RuledClauses } from '../rules/apply-rules.js'
import { isEmptyRule, tellRules } from '../rules/tell-rules.js'
import type { IndexTarget } from '../upstream/index-targets.js'
import { clausesOf, hasRoom, requireRoom, shareClauses } from './clause-budget.js'
import { findQueries, type FoundQuery } from './find-queries.js'
import { placeClause } from './place-clause.js'
import type { SearchScope } from './search-scope.js'
import type { SparseClause } from './sparse-clause.js'
import { fieldAsked, isSparse, OWN_FORM, readSparseClause } from './sparse-forms.js'
import { renderInPhases } from './two-phase.js'
import { weighClause } from './weigh-clause.js'
import type { UnweighedClause, WeighedClause } from './weighed-clause.js'

/** What the request around a body says. */
export interface BodyContext {
  readonly parameters: URLSearchParams
  /** False for a count and the like, where no order of hits is asked for. */
  readonly hasHits: boolean
  /** Whether hits of several searches can be fused for it. */
  readonly canFuse: boolean
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
  source: JsonSource,
  edits: SourceEdits,
  scope: SearchScope,
  context: BodyContext,
): Promise<RewrittenQueries> {
  const { root } = source
  const queries = [...findQueries(root)]
  requireFusible(queries, root, context)
  const sparse = queries.filter(isSparse)
  const hasRules = context.hasHits && scope.options.rules.length > 0
  if (sparse.length === 0 && !hasRules) return NOTHING
  const target = await scope.target()
  const asked = sparse.filter((query) => isForUs(query, target, scope.index)).map(readSparseClause)
  if (target.kind !== 'ours') {
    for (const { node } of asked) edits.replace(node, '{"match_none":{}}')
    if (hasRules) rulesOf(root, target, scope, context)
    return NOTHING
  }
  const { ruled, shadowed } = hasRules ? rulesOf(root, target, scope, context) : NO_RULES
  const byRules = ruled.map(({ clause }) => clause)
  const { clauses, ownClauses } = withinRoom(queries, asked, byRules)
  const outcomes = await Promise.all(clauses.map((clause) => weighClause(clause, target.meta, scope)))
  const weighed = withinBudget(
    outcomes.filter((outcome) => 'vector' in outcome).filter((outcome) => !isEmptyRule(outcome)),
    ownClauses,
  )
  putInPlace(root, edits, weighed, scope, context)
  tellRules(ruled, outcomes, scope.options.onEvent)
  tellQueries(weighed, scope)
  const failed = outcomes.filter((outcome) => 'failure' in outcome)
  const warnings = goWithout(edits, failed)
  if (shadowed.length > 0) scope.shadow.observe({ shadowed, source, edits, meta: target.meta, scope })
  return { clauses: weighed, warnings }
}

/** @throws RefusedRequest for the proxy's own form where it means nothing: the engine has never heard of it */
function requireFusible(queries: readonly FoundQuery[], root: JsonNode, { canFuse }: BodyContext): void {
  const whole = memberOf(root, 'query')
  if (queries.some(({ type, node }) => type === HYBRID_FORM && !(canFuse && node === whole)))
    throw badRequest(`[${HYBRID_FORM}] must be the whole query of a _search, or of a search in an _msearch`)
}

const NO_RULES: RuledClauses = { ruled: [], shadowed: [] }

function rulesOf(
  root: JsonNode,
  target: IndexTarget,
  { index, options: { rules, onEvent } }: SearchScope,
  { parameters }: BodyContext,
): RuledClauses {
  const names = 'names' in target ? target.names : []
  return applyRules(root, { index, names, against: reasonAgainst(target), parameters, rules, onEvent })
}

function reasonAgainst(target: IndexTarget): string | undefined {
  switch (target.kind) {
    case 'ours':
      return undefined
    case 'foreign':
      return 'splade-bridge did not set up the index'
    case 'none':
      return 'there is no such index'
    case 'mixed':
    case 'unknown':
      return target.reason
  }
}

/** The client's sparse queries, those of rules as far as there is room, and the clauses that all others make. */
function withinRoom(
  queries: readonly FoundQuery[],
  asked: readonly SparseClause[],
  ruled: readonly SparseClause[],
) {
  const clausesBeside = (clauses: readonly SparseClause[]): number => {
    const nodes = new Set<JsonNode>(clauses.map(({ node }) => node))
    return queries.filter(({ node }) => !nodes.has(node)).reduce((sum, query) => sum + clausesOf(query), 0)
  }
  const all = [...asked, ...ruled]
  const ownClauses = clausesBeside(asked)
  if (ruled.length > 0 && hasRoom(all.length, ownClauses)) return { clauses: all, ownClauses }
  requireRoom(asked.length, ownClauses)
  return { clauses: asked, ownClauses }
}

function tellQueries(weighed: readonly WeighedClause[], { index, observed }: SearchScope): void {
  if (observed === undefined) return
  for (const { clause, encoder, vector, tokensBefore, encodeMs } of weighed) {
    const { wanted } = clause
    const prunedTokens = tokensBefore - vector.size
    const text = 'text' in wanted ? { text: wanted.text } : {}
    observed.query({ index, encoder, vector, prunedTokens, encodeMs, ...text })
  }
}

function putInPlace(
  root: JsonNode,
  edits: SourceEdits,
  weighed: readonly WeighedClause[],
  { options: { twoPhase } }: SearchScope,
  { parameters, hasHits }: BodyContext,
): void {
  const { byDefault } = twoPhase
  const rendered = renderInPhases(weighed, edits, { root, parameters, hasHits, byDefault, options: twoPhase })
  weighed.forEach(({ clause }, place) => {
    placeClause(edits, clause, rendered[place] ?? '')
  })
}

/** @returns what the client is told */
function goWithout(edits: SourceEdits, failed: readonly UnweighedClause[]): readonly string[] {
  for (const { clause, meta } of failed)
    if (clause.isFromRule !== true) edits.replace(clause.node, asFullText(clause, meta))
  const reasons = new Set(failed.map(({ failure }) => failure.message))
  return [...reasons].map(
    (reason) => `splade-bridge searched full text instead of a sparse vector: ${reason}`,
  )
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

/** The text in the fields that the vector would have been made of. */
function asFullText({ wanted, boost, name }: SparseClause, meta: IndexMeta): string {
  const query = 'text' in wanted ? wanted.text : ''
  return JSON.stringify({
    multi_match: { query, fields: meta.textFields, boost, ...(name !== undefined && { _name: name }) },
  })
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
