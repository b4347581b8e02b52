import type { JsonNode, JsonSource } from '../json/json-source.js'
import { itemsOf, memberOf, numberOf, onlyMember, stringOf } from '../json/read-node.js'
import { OptionReader } from '../query/option-reader.js'
import { badQuery } from '../refuse.js'
import type { Normalization } from './fuse.js'
import {
  DEFAULT_RANK_CONSTANT,
  type HybridPart,
  type HybridSearch,
  knnMember,
  queryMember,
} from './hybrid-search.js'

/** Elasticsearch's names of normalizations. */
const NORMALIZERS: Readonly<Record<string, Normalization>> = {
  minmax: 'minmax',
  l2_norm: 'l2',
  none: 'none',
}

/** Elasticsearch's default `rank_window_size`. */
const DEFAULT_RANK_WINDOW = 10

/** How much a child retriever counts. */
type Share = Omit<HybridPart, 'member'>

/**
 * Reads `rrf` and `linear` retrievers of Elasticsearch's over `standard` and `knn` ones.
 *
 * @returns undefined for a search without a retriever, or with one that fuses nothing
 * @throws RefusedRequest for what only the engine can do
 */
export function readRetriever(source: JsonSource): HybridSearch | undefined {
  const retriever = memberOf(source.root, 'retriever')
  const only = retriever && onlyMember(retriever)
  if (only?.[0] === 'rrf') return readRrf(source, only[1])
  return only?.[0] === 'linear' ? readLinear(source, only[1]) : undefined
}

function readRrf(source: JsonSource, body: JsonNode): HybridSearch {
  const options = new OptionReader(body, 'rrf')
  const children = itemsOf(options.any('retrievers'))
  const filter = options.any('filter')
  const rankConstant = options.positive('rank_constant') ?? DEFAULT_RANK_CONSTANT
  const windowSize = options.positive('rank_window_size') ?? DEFAULT_RANK_WINDOW
  options.end()
  const parts = children.map((child) => {
    const weight = numberOf(memberOf(child, 'weight')) ?? 1
    return toPart(source, memberOf(child, 'retriever') ?? child, filter, { weight, normalization: 'none' })
  })
  return { parts, fusion: { kind: 'rrf', rankConstant }, windowSize, isCut: true }
}

function readLinear(source: JsonSource, body: JsonNode): HybridSearch {
  const options = new OptionReader(body, 'linear')
  const children = itemsOf(options.any('retrievers'))
  const filter = options.any('filter')
  const shared = options.string('normalizer') ?? 'none'
  const windowSize = options.positive('rank_window_size') ?? DEFAULT_RANK_WINDOW
  options.end()
  const parts = children.map((child) => {
    const asked = stringOf(memberOf(child, 'normalizer')) ?? shared
    const normalization = NORMALIZERS[asked]
    if (normalization === undefined)
      throw badQuery(`[linear] [normalizer] must be minmax, l2_norm or none, received "${asked}"`)
    const weight = numberOf(memberOf(child, 'weight')) ?? 1
    return toPart(source, memberOf(child, 'retriever') ?? child, filter, { weight, normalization })
  })
  return { parts, fusion: { kind: 'weighted', isMean: false }, windowSize, isCut: true }
}

function toPart(source: JsonSource, child: JsonNode, filter: JsonNode | undefined, share: Share): HybridPart {
  const [type, body] = onlyMember(child) ?? ['', child]
  switch (type) {
    case 'standard': {
      const options = new OptionReader(body, 'standard')
      const query = options.any('query')
      const own = options.any('filter')
      options.end()
      if (query === undefined) throw badQuery('[standard] retriever: [query] is required')
      return { ...share, member: queryMember(source, query, own, filter) }
    }
    case 'knn':
      return { ...share, member: knnMember(source, body, filter) }
    default:
      throw badQuery(
        `[${type}] retrievers are fused by Elasticsearch only, under a licence that this one has not`,
      )
  }
}
