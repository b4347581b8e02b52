import type { JsonNode, JsonSource } from '../json/json-source.js'
import { itemsOf, memberOf, numberOf, onlyMember } from '../json/read-node.js'
import { OptionReader } from '../query/option-reader.js'
import type { Normalization } from './fuse.js'
import {
  DEFAULT_RANK_CONSTANT,
  DEFAULT_WINDOW,
  HYBRID_FORM,
  type NativeForm,
  type HybridSearch,
  knnMember,
  queryMember,
} from './hybrid-search.js'
import { readRetriever } from './read-retriever.js'

const NORMALIZATIONS: readonly Normalization[] = ['min_max', 'l2', 'none']

/** False for a body that asks for no fusing, without parsing it. */
export function mayBeHybrid(text: string): boolean {
  return ['hybrid', 'retriever', String.raw`\u`].some((word) => text.includes(word))
}

/** @returns the form in which a search asks for fusing; undefined for a search that is just one */
export function hybridFormOf({ root }: JsonSource): typeof HYBRID_FORM | NativeForm | undefined {
  const names = [memberOf(root, 'query'), memberOf(root, 'retriever')].map(
    (node) => node && onlyMember(node)?.[0],
  )
  const [query, retriever] = names
  if (query === HYBRID_FORM || query === 'hybrid') return query
  return retriever === 'rrf' || retriever === 'linear' ? retriever : undefined
}

/**
 * @param source a search's body, sparse queries rewritten
 * @returns undefined for a search that is just one
 * @throws RefusedRequest naming the option at fault
 */
export function readHybridSearch(source: JsonSource): HybridSearch | undefined {
  const query = memberOf(source.root, 'query')
  const only = query && onlyMember(query)
  if (only?.[0] === HYBRID_FORM) return readOwn(source, only[1])
  return only?.[0] === 'hybrid' ? readNativeHybrid(source, only[1]) : readRetriever(source)
}

/** `{"queries", "filter", "fusion", "rank_constant", "window_size", "weights", "normalization"}`, and `knn` beside it. */
function readOwn(source: JsonSource, body: JsonNode): HybridSearch {
  const options = new OptionReader(body, HYBRID_FORM)
  const queries = itemsOf(options.any('queries'))
  const filter = options.any('filter')
  const kind = options.string('fusion') ?? 'rrf'
  if (kind !== 'rrf' && kind !== 'weighted') throw options.refusal('fusion', 'must be rrf or weighted', kind)
  refuseOption(options, kind, kind === 'rrf' ? 'normalization' : 'rank_constant')
  const rankConstant = options.positive('rank_constant') ?? DEFAULT_RANK_CONSTANT
  const windowSize = options.positive('window_size') ?? DEFAULT_WINDOW
  const normalization = normalizationOf(options)
  const weights = itemsOf(options.any('weights')).map(numberOf)
  options.end()
  const members = [
    ...queries.map((query) => queryMember(source, query, filter)),
    ...itemsOf(memberOf(source.root, 'knn')).map((knn) => knnMember(source, knn, filter)),
  ]
  if (members.length < 2) throw options.refusal('queries', 'must be at least two, or one beside [knn]')
  if (weights.length > 0 && (weights.length !== members.length || !weights.every(isWeight)))
    throw options.refusal('weights', `must be a number > 0 for each of the ${members.length} searches`)
  return {
    parts: members.map((member, place) => ({ member, weight: weights[place] ?? 1, normalization })),
    fusion: kind === 'rrf' ? { kind, rankConstant } : { kind, isMean: true },
    windowSize: Math.ceil(windowSize),
  }
}

/** @throws RefusedRequest for an option of the other way of fusing, which would change nothing */
function refuseOption(options: OptionReader, kind: string, foreign: string): void {
  if (options.has(foreign)) throw options.refusal(foreign, `has no meaning for the fusion ${kind}`)
}

/** OpenSearch's `hybrid` query, with what its normalization processor does unless a pipeline says otherwise. */
function readNativeHybrid(source: JsonSource, body: JsonNode): HybridSearch {
  const filter = memberOf(body, 'filter')
  const parts = itemsOf(memberOf(body, 'queries')).map((query) => ({
    member: queryMember(source, query, filter),
    weight: 1,
    normalization: 'min_max' as const,
  }))
  const windowSize = numberOf(memberOf(body, 'pagination_depth')) ?? DEFAULT_WINDOW
  return { parts, fusion: { kind: 'weighted', isMean: true }, windowSize }
}

function normalizationOf(options: OptionReader): Normalization {
  const asked = options.string('normalization') ?? 'min_max'
  const known = NORMALIZATIONS.find((normalization) => normalization === asked)
  if (known === undefined)
    throw options.refusal('normalization', `must be ${NORMALIZATIONS.join(', ')}`, asked)
  return known
}

function isWeight(weight: number | undefined): boolean {
  return weight !== undefined && weight > 0 && Number.isFinite(weight)
}
