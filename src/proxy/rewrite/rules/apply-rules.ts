import { globMatches } from '../../http/glob.js'
import type { JsonNode } from '../json/json-source.js'
import { mainQueries, type FoundQuery } from '../query/find-queries.js'
import type { SparseClause } from '../query/sparse-clause.js'
import { type FullTextQuery, readFullText } from './full-text.js'
import type { NormalizedRule } from './rewrite-rule.js'
import { reasonAgainstRules } from './score-order.js'

/** A rule met a query that it is for. */
export interface RuleEvent {
  readonly kind: 'rule'
  readonly rule: string
  /** As the request named it. */
  readonly index: string
  /** What became of the query: `shadowed` and `left` change nothing. */
  readonly outcome: 'added' | 'replaced' | 'shadowed' | 'left'
  /** Why it was left. */
  readonly reason?: string
  /** What the rule would have changed; absent where another comparison was under way, or none is possible. */
  readonly compared?: ShadowComparison
}

/** The best hits of a search with and without a rule. */
export interface ShadowComparison {
  /** Tokens of the clause that the rule would have sent. */
  readonly tokens: number
  /** Hits without the rule, at most ten. */
  readonly before: number
  /** Hits with it, at most ten. */
  readonly after: number
  /** Hits of both. */
  readonly kept: number
  /** Ids of those that only the rule finds among the best. */
  readonly gained: readonly string[]
}

/** The indices of a request, as rules look at them. */
export interface RuleScope {
  /** As the request named them. */
  readonly index: string
  /** The indices themselves; none where they are not known. */
  readonly names: readonly string[]
  /** Why no rule can be followed here; undefined where they can. */
  readonly against: string | undefined
  readonly parameters: URLSearchParams
  readonly rules: readonly NormalizedRule[]
  readonly onEvent: (event: RuleEvent) => void
}

/** A clause that a rule only would give to a search. */
export interface ShadowedClause {
  readonly clause: SparseClause
  readonly event: Pick<RuleEvent, 'kind' | 'rule' | 'index'> & { readonly outcome: 'shadowed' }
}

/** A clause that a rule gives to a search, and what is to be told if it is sent. */
export interface RuledClause {
  readonly clause: SparseClause
  readonly event: Pick<RuleEvent, 'kind' | 'rule' | 'index'> & { readonly outcome: 'added' | 'replaced' }
}

export interface RuledClauses {
  readonly ruled: readonly RuledClause[]
  readonly shadowed: readonly ShadowedClause[]
}

/**
 * The sparse clauses that rules give to a search's full-text queries. Only to those whose score counts in the search
 * itself: a filter is to let through what it lets through. Of queries that are left alone is told at once, of the others
 * when it is known what became of their clauses.
 */
export function applyRules(body: JsonNode, scope: RuleScope): RuledClauses {
  const given: { ruled: RuledClause[]; shadowed: ShadowedClause[] } = { ruled: [], shadowed: [] }
  const against = scope.against ?? reasonAgainstRules(body, scope.parameters)
  for (const { rule, query, fullText } of queriesOfRules(body, scope)) {
    const event = { kind: 'rule', rule: rule.name, index: scope.index } as const
    const reason = reasonToLeave(rule, fullText, scope) ?? against
    if (reason !== undefined) {
      scope.onEvent({ ...event, outcome: 'left', reason })
      continue
    }
    const clause = clauseOf(rule, query, fullText)
    if (rule.shadow) given.shadowed.push({ clause, event: { ...event, outcome: 'shadowed' } })
    else given.ruled.push({ clause, event: { ...event, outcome: OUTCOMES[rule.mode] } })
  }
  return given
}

const OUTCOMES = { add: 'added', replace: 'replaced' } as const

interface RuledQuery {
  readonly rule: NormalizedRule
  readonly query: FoundQuery
  readonly fullText: FullTextQuery
}

/** Every full-text query whose score counts, with the first rule that is for it. */
function* queriesOfRules(body: JsonNode, scope: RuleScope): Generator<RuledQuery> {
  const rules = scope.rules.filter((rule) => isForSome(rule, scope))
  if (rules.length === 0) return
  for (const query of mainQueries(body)) {
    const fullText = query.scored ? readFullText(query) : undefined
    if (fullText === undefined || fullText.text.trim() === '') continue
    const rule = rules.find((candidate) => isForFields(candidate, fullText.fields))
    if (rule !== undefined) yield { rule, query, fullText }
  }
}

function reasonToLeave(
  rule: NormalizedRule,
  { options }: FullTextQuery,
  scope: RuleScope,
): string | undefined {
  if (!isForAll(rule, scope)) return 'the rule is not for all indices of the search'
  if (rule.mode === 'replace' && options.length > 0)
    return `its options ${options.join(', ')} have no sparse counterpart`
  return undefined
}

function clauseOf(rule: NormalizedRule, query: FoundQuery, fullText: FullTextQuery): SparseClause {
  const { text, boost, name } = fullText
  const clause = {
    node: query.node,
    form: `rule ${rule.name}`,
    wanted: { text },
    prune: {},
    isFromRule: true,
    ...fieldOf(rule),
  }
  if (rule.mode === 'add') return { ...clause, boost: rule.boost, isBeside: true }
  return { ...clause, boost: rule.boost * boost, ...(name !== undefined && { name }) }
}

function fieldOf({ vectorField }: NormalizedRule): Pick<SparseClause, 'field'> {
  return vectorField === undefined ? {} : { field: vectorField }
}

/** By the name that the client used, or by the names of all indices behind it. */
function isForAll(rule: NormalizedRule, { index, names }: RuleScope): boolean {
  const isMeant = meantBy(rule)
  return index.split(',').every(isMeant) || (names.length > 0 && names.every(isMeant))
}

function isForSome(rule: NormalizedRule, { index, names }: RuleScope): boolean {
  return [...index.split(','), ...names].some(meantBy(rule))
}

function meantBy({ indices }: NormalizedRule): (name: string) => boolean {
  return (name) => indices.some((pattern) => globMatches(pattern, name))
}

function isForFields({ fields: patterns }: NormalizedRule, fields: readonly string[]): boolean {
  return fields.some((field) => patterns.some((pattern) => globMatches(pattern, field)))
}
