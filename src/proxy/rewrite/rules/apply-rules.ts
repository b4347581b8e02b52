import type { IndexMeta } from '../../../engine/index-meta.js'
import { globMatches } from '../../http/glob.js'
import type { JsonNode } from '../json/json-source.js'
import { mainQueries, type FoundQuery } from '../query/find-queries.js'
import type { SparseClause } from '../query/sparse-clause.js'
import { type FullTextQuery, readFullText } from './full-text.js'
import type { NormalizedRule } from './rewrite-rule.js'

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
}

/** The indices of a request, as rules look at them. */
export interface RuleScope {
  /** As the request named them. */
  readonly index: string
  /** The indices themselves. */
  readonly names: readonly string[]
  readonly meta: IndexMeta
  readonly rules: readonly NormalizedRule[]
  readonly onEvent: (event: RuleEvent) => void
}

/**
 * The sparse clauses that rules give to a search's full-text queries. Only to those whose score counts in the search
 * itself: a filter is to let through what it lets through.
 */
export function applyRules(body: JsonNode, scope: RuleScope): readonly SparseClause[] {
  const rules = scope.rules.filter((rule) => isForIndices(rule, scope))
  if (rules.length === 0) return []
  const queries = [...mainQueries(body)].filter(({ scored }) => scored)
  return queries.flatMap((query) => {
    const fullText = readFullText(query)
    if (fullText === undefined || fullText.text.trim() === '') return []
    const rule = rules.find((candidate) => isForFields(candidate, fullText.fields))
    return rule === undefined ? [] : applyRule(rule, query, fullText, scope)
  })
}

function applyRule(
  rule: NormalizedRule,
  query: FoundQuery,
  { text, boost, name, options }: FullTextQuery,
  { index, onEvent }: RuleScope,
): readonly SparseClause[] {
  const event = { kind: 'rule', rule: rule.name, index } as const
  const isReplaced = rule.mode === 'replace'
  const clause = {
    node: query.node,
    form: `rule ${rule.name}`,
    wanted: { text },
    prune: {},
    isFromRule: true,
    ...fieldOf(rule),
  }
  if (isReplaced && options.length > 0) {
    onEvent({
      ...event,
      outcome: 'left',
      reason: `its options ${options.join(', ')} have no sparse counterpart`,
    })
    return []
  }
  if (rule.shadow) {
    onEvent({ ...event, outcome: 'shadowed' })
    return []
  }
  onEvent({ ...event, outcome: isReplaced ? 'replaced' : 'added' })
  if (!isReplaced) return [{ ...clause, boost: rule.boost, isBeside: true }]
  return [{ ...clause, boost: rule.boost * boost, ...(name !== undefined && { name }) }]
}

function fieldOf({ vectorField }: NormalizedRule): Pick<SparseClause, 'field'> {
  return vectorField === undefined ? {} : { field: vectorField }
}

/** By the name that the client used, or by the names of all indices behind it. */
function isForIndices({ indices }: NormalizedRule, { index, names }: RuleScope): boolean {
  const isMeant = (name: string): boolean => indices.some((pattern) => globMatches(pattern, name))
  return index.split(',').every(isMeant) || names.every(isMeant)
}

function isForFields({ fields: patterns }: NormalizedRule, fields: readonly string[]): boolean {
  return fields.some((field) => patterns.some((pattern) => globMatches(pattern, field)))
}
