import type { SearchHit } from '../../../search/search-hit.js'
import { chunkWeightsField } from '../../../rank-features/chunks.js'
import type { JsonObjectNode } from '../json/json-source.js'
import { memberOf, numberOf, valueOf } from '../json/read-node.js'
import { hybridFormOf } from '../hybrid/read-hybrid.js'
import { type FusedAnswer, hitKey } from '../hybrid/fused-answer.js'
import { SourceEdits } from '../json/source-edits.js'
import { renderClause } from '../query/render-clause.js'
import { pageOf } from '../query/search-page.js'
import type { WeighedClause } from '../query/weighed-clause.js'
import { readJson } from '../rewrite-body.js'
import { ENGINE_EXPLANATION, readScoreParts, ROUNDING } from './score-parts.js'

/** Hits of a page that are explained; the engine scores every clause for each of them once more. */
export const MAX_EXPLAINED_HITS = 100

/** A search whose hits are to be explained. */
export interface ExplainedSearch {
  readonly clauses: readonly WeighedClause[]
  /** Whether the engine's own explanations were asked for here, and are not for the client. */
  readonly ownsTree: boolean
  /** For hits that several searches found. */
  readonly fusion?: FusedAnswer['fusion']
}

/** A hit of an answer. */
export interface PageHit {
  readonly node: JsonObjectNode
  readonly index: string
  readonly id: string
}

/** What the engine adds to a hit that it explains. */
export const ENGINE_MEMBERS: ReadonlySet<string> = new Set([ENGINE_EXPLANATION, '_shard', '_node'])

/**
 * Has the engine explain scores that are more than one sparse query's. Not for large pages: its explanations are long.
 *
 * @param text a search's body, sparse queries rewritten
 * @returns the body to send
 */
export function withEngineExplanation(
  text: string,
  clauses: readonly WeighedClause[],
  parameters: URLSearchParams,
): ExplainedSearch & { readonly text: string } {
  const unchanged = { text, clauses, ownsTree: false }
  const source = readJson(text)
  if (source?.root.kind !== 'object' || clauses.length === 0) return unchanged
  if (hybridFormOf(source) !== undefined) return { ...unchanged, fusion: 'engine' }
  const { root } = source
  const { size } = pageOf(root, parameters)
  const isAsked = root.members.has('explain') || parameters.has('explain')
  if (isAsked || size > MAX_EXPLAINED_HITS || isOneClause(text, root, clauses)) return unchanged
  const edits = new SourceEdits(text)
  edits.append(root, '"explain":true')
  return { text: edits.render(), clauses, ownsTree: true }
}

/** Members of a body that give hits a score beside their query's. */
const SCORING = ['knn', 'rescore', 'retriever', 'sub_searches']

function isOneClause(text: string, root: JsonObjectNode, clauses: readonly WeighedClause[]): boolean {
  const [one, ...others] = clauses
  const query = memberOf(root, 'query')
  if (one === undefined || query === undefined || others.length > 0) return false
  if (SCORING.some((name) => root.members.has(name))) return false
  return text.slice(query.start, query.end) === renderClause(one.clause, one.vector, one.meta)
}

/**
 * The parts of a hit's whole score, as the hit's member `splade_score`.
 *
 * @param explained the hit as each clause alone finds it
 * @returns undefined for a hit without a score, as in a sorted search
 */
export function toScoreJson(
  { node, index, id }: PageHit,
  { clauses, fusion }: ExplainedSearch,
  explained: readonly (SearchHit | undefined)[],
): object | undefined {
  const score = numberOf(memberOf(node, '_score'))
  if (score === undefined) return undefined
  // A fused score is made of ranks or of scores on another scale: no sparse score is a part of it.
  if (fusion === 'engine') return { score }
  if (fusion !== undefined) return { score, fused: fusion.get(hitKey(index, id)) ?? [] }
  const sparse = explained.reduce((sum, one) => sum + (one?.explanation?.sparseScore ?? 0), 0)
  const tree = memberOf(node, ENGINE_EXPLANATION)
  const fields = new Set(clauses.flatMap(({ meta: { field } }) => [field, chunkWeightsField(field)]))
  const rest = tree && readScoreParts(valueOf(tree), fields, sparse)
  return { score, sparse, rest: restOf(score, sparse), ...(rest && { rest_parts: rest }) }
}

/** Clauses are added up as 32-bit floats there, one after the other: what is below that is not a score. */
function restOf(score: number, sparse: number): number {
  const rest = score - sparse
  return Math.abs(rest) <= ROUNDING * Math.max(Math.abs(score), Math.abs(sparse)) ? 0 : rest
}
