import { MAX_CLAUSES } from '../../../rank-features/query.js'
import type { JsonNode } from '../json/json-source.js'
import { itemsOf, memberOf, stringOf } from '../json/read-node.js'
import { badRequest } from '../refuse.js'
import { type FoundQuery } from './find-queries.js'

/** Full-text queries, which the engine makes a clause a word and field of. */
const BY_WORD: ReadonlySet<string> = new Set([
  'combined_fields',
  'match',
  'match_bool_prefix',
  'multi_match',
  'query_string',
  'simple_query_string',
])

/** Clauses that a query adds to the engine's count by itself; an estimate for full text, which only the engine analyzes. */
export function clausesOf({ type, body }: FoundQuery): number {
  if (!BY_WORD.has(type)) return 1
  const fields = Math.max(1, itemsOf(memberOf(body, 'fields')).length)
  return fields * Math.max(1, wordsIn(body))
}

/** Whether a query's own clauses leave at least one for each sparse query. */
export function hasRoom(sparseQueries: number, ownClauses: number): boolean {
  return sparseQueries === 0 || ownClauses + sparseQueries <= MAX_CLAUSES
}

/** @throws RefusedRequest where a query's own clauses leave less than one for each sparse query */
export function requireRoom(sparseQueries: number, ownClauses: number): void {
  if (hasRoom(sparseQueries, ownClauses)) return
  throw badRequest(
    `the query has ${ownClauses} clauses of its own and ${sparseQueries} sparse ones; a query with sparse clauses may ` +
      `have ${MAX_CLAUSES} in all`,
  )
}

/**
 * Shares out what is left of {@link MAX_CLAUSES} beside the client's own clauses: as many as each sparse query has
 * tokens, or else as much as the others leave.
 *
 * @param sizes tokens of each sparse query
 * @param ownClauses such that {@link requireRoom} lets them pass
 * @returns tokens that each may keep
 */
export function shareClauses(sizes: readonly number[], ownClauses: number): readonly number[] {
  let left = MAX_CLAUSES - ownClauses
  const shares = new Map<number, number>()
  const smallestFirst = sizes.map((_, place) => place).sort((a, b) => (sizes[a] ?? 0) - (sizes[b] ?? 0))
  for (const [done, place] of smallestFirst.entries()) {
    const share = Math.min(sizes[place] ?? 0, Math.floor(left / (sizes.length - done)))
    shares.set(place, share)
    left -= share
  }
  return sizes.map((_, place) => shares.get(place) ?? 0)
}

/** Words of the query string, wherever the form has it: `{"title": "a b"}`, `{"title": {"query": "a b"}}`, `{"query": "a b"}`. */
function wordsIn(body: JsonNode): number {
  const texts = [stringOf(memberOf(body, 'query'))]
  if (body.kind === 'object')
    for (const { value } of body.members.values())
      texts.push(stringOf(value), stringOf(memberOf(value, 'query')))
  const longest = texts.reduce((most, text) => Math.max(most, text?.trim().split(/\s+/).length ?? 0), 0)
  return longest
}
