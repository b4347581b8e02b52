import { prune } from '../../../encoder/pruning.js'
import { ConfigurationError } from '../../../errors.js'
import { isNested } from '../../../search/document-query.js'
import type { SparseVector } from '../../../sparse-vector.js'
import type { JsonNode } from '../json/json-source.js'
import { itemsOf, memberOf, membersOf, onlyMember } from '../json/read-node.js'
import type { SourceEdits } from '../json/source-edits.js'
import { badQuery } from '../refuse.js'
import { renderClause, renderUnnamed } from './render-clause.js'
import { pageOf } from './search-page.js'
import type { WeighedClause } from './weighed-clause.js'

/** Heavy tokens find the candidates, the light ones only reorder the best of them. Names and defaults are OpenSearch's. */
export interface TwoPhaseOptions {
  /** Tokens of at least this share of the heaviest weight are heavy. 0-1, default 0.4. */
  readonly ratio?: number
  /** Candidates that are rescored for each hit of the page, > 0. Default 5. */
  readonly expansion?: number
  /** Most candidates of a shard, an integer >= 1. Default 10,000, the engines' own limit. */
  readonly maxWindow?: number
}

/** @throws ConfigurationError naming the option */
export function normalizeTwoPhaseOptions(options: TwoPhaseOptions): Readonly<Required<TwoPhaseOptions>> {
  const { ratio = 0.4, expansion = 5, maxWindow = 10_000 } = options
  if (!(ratio >= 0 && ratio <= 1))
    throw new ConfigurationError('twoPhase.ratio', 'must be a number from 0 to 1', ratio)
  if (!(expansion > 0 && Number.isFinite(expansion)))
    throw new ConfigurationError('twoPhase.expansion', 'must be a finite number > 0', expansion)
  if (!(Number.isInteger(maxWindow) && maxWindow >= 1))
    throw new ConfigurationError('twoPhase.maxWindow', 'must be an integer >= 1', maxWindow)
  return Object.freeze({ ratio, expansion, maxWindow })
}

/** Members of a body by which its hits are ordered, counted or found otherwise than by the sum of all tokens. */
const EXCLUDED = [
  'aggregations',
  'aggs',
  'collapse',
  'knn',
  'min_score',
  'rank',
  'rescore',
  'retriever',
  'search_after',
  'slice',
  'sort',
  'sub_searches',
]
const EXCLUDED_PARAMETERS = ['scroll', 'sort']
/** Documents without a heavy token are not found, so that a count is not that of all that match. */
const COUNTING = 'track_total_hits'

/** A search as two-phase looks at it. */
export interface TwoPhaseScope {
  readonly root: JsonNode
  readonly parameters: URLSearchParams
  /** False for a count and the like. */
  readonly hasHits: boolean
  /** What the proxy does unless a query says otherwise. */
  readonly byDefault: boolean
  readonly options: Readonly<Required<TwoPhaseOptions>>
}

/**
 * Splits the clauses that may be, and adds the rescore.
 *
 * @returns JSON of each clause's query, in order
 * @throws RefusedRequest where a query asks for two phases and cannot have them
 */
export function renderInPhases(
  clauses: readonly WeighedClause[],
  edits: SourceEdits,
  scope: TwoPhaseScope,
): readonly string[] {
  const additive = additiveQueries(memberOf(scope.root, 'query'))
  const light: string[] = []
  const rendered = clauses.map((weighed) => {
    const { clause, vector, meta } = weighed
    if (!isSplit(weighed, additive, scope)) return renderClause(clause, vector, meta)
    const { heavy, rest } = split(vector, scope.options.ratio)
    if (rest.size > 0) light.push(renderUnnamed(clause, rest, meta))
    return renderClause(clause, heavy, meta)
  })
  if (light.length > 0 && scope.root.kind === 'object') edits.append(scope.root, rescoreMember(light, scope))
  return rendered
}

function isSplit(
  { clause, meta }: WeighedClause,
  additive: ReadonlySet<JsonNode>,
  { root, parameters, hasHits, byDefault }: TwoPhaseScope,
): boolean {
  if (!(clause.twoPhase ?? byDefault)) return false
  const obstacle = isNested(meta)
    ? 'an index that keeps chunks'
    : !hasHits
      ? 'a request that orders no hits'
      : additive.has(clause.node)
        ? obstacleIn(root, parameters)
        : 'a place where its score is not simply added'
  if (obstacle !== undefined && clause.twoPhase === true)
    throw badQuery(`[${clause.form}] query: [two_phase] cannot be combined with ${obstacle}`)
  return obstacle === undefined
}

function obstacleIn(root: JsonNode, parameters: URLSearchParams): string | undefined {
  const member = EXCLUDED.find((name) => membersOf(root).has(name))
  const parameter = EXCLUDED_PARAMETERS.find((name) => parameters.has(name))
  const counting = memberOf(root, COUNTING)
  const counts =
    (counting !== undefined && !(counting.kind === 'scalar' && counting.value === false)) ||
    (parameters.get(COUNTING) ?? 'false') !== 'false'
  const found = member ?? parameter ?? (counts ? COUNTING : undefined)
  return found === undefined ? undefined : `[${found}]`
}

/** Queries whose scores are summed up to that of the hit: the query itself, and what a plain `bool` adds up. */
function additiveQueries(query: JsonNode | undefined): ReadonlySet<JsonNode> {
  const additive = new Set<JsonNode>()
  const visit = (node: JsonNode): void => {
    additive.add(node)
    const only = onlyMember(node)
    if (only?.[0] !== 'bool' || membersOf(only[1]).has('boost')) return
    for (const name of ['must', 'should']) itemsOf(memberOf(only[1], name)).forEach(visit)
  }
  if (query !== undefined) visit(query)
  return additive
}

function split(
  vector: SparseVector,
  ratio: number,
): { readonly heavy: SparseVector; readonly rest: SparseVector } {
  const heavy = prune(vector, { maxRatio: ratio })
  return { heavy, rest: new Map([...vector].filter(([token]) => !heavy.has(token))) }
}

function rescoreMember(light: readonly string[], { root, parameters, options }: TwoPhaseScope): string {
  const { from, size } = pageOf(root, parameters)
  // The engine refuses a page that is none; the window then does not matter, but has to be a number.
  const wanted = Math.ceil((from + size) * options.expansion) || 1
  const window = Math.max(1, Math.min(options.maxWindow, wanted))
  const query = `{"bool":{"should":[${light.join(',')}]}}`
  return `"rescore":{"window_size":${window},"query":{"rescore_query":${query}}}`
}
