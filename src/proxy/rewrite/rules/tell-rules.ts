import type { SparseClause } from '../query/sparse-clause.js'
import type { UnweighedClause, WeighedClause } from '../query/weighed-clause.js'
import type { RuledClause, RuleEvent } from './apply-rules.js'

/** Why a query was left that its rule would have changed: the client's other clauses come first. */
const NO_ROOM = 'the search has no room for further clauses'
const NO_TOKENS = 'its text has no tokens'

/** A rule's clause that says nothing: in place of the client's query it would find nothing at all. */
export function isEmptyRule({ clause, vector }: WeighedClause): boolean {
  return clause.isFromRule === true && vector.size === 0
}

/**
 * Tells what became of the queries that rules gave a clause to.
 *
 * @param outcomes of all clauses that there was room for
 */
export function tellRules(
  ruled: readonly RuledClause[],
  outcomes: readonly (WeighedClause | UnweighedClause)[],
  onEvent: (event: RuleEvent) => void,
): void {
  const byClause = new Map<SparseClause, WeighedClause | UnweighedClause>(
    outcomes.map((outcome) => [outcome.clause, outcome]),
  )
  for (const { clause, event } of ruled) {
    const reason = reasonOf(byClause.get(clause))
    onEvent(reason === undefined ? event : { ...event, outcome: 'left', reason })
  }
}

/** @returns undefined for a clause that was sent */
function reasonOf(outcome: WeighedClause | UnweighedClause | undefined): string | undefined {
  if (outcome === undefined) return NO_ROOM
  if ('failure' in outcome) return outcome.failure.message
  return isEmptyRule(outcome) ? NO_TOKENS : undefined
}
