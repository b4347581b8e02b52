import type { JsonNode, JsonSource } from '../json/json-source.js'
import { itemsOf, memberOf, membersOf } from '../json/read-node.js'
import { badQuery } from '../refuse.js'
import type { Fusion, Normalization } from './fuse.js'

/** A search that is several searches, and one list of hits. */
export interface HybridSearch {
  readonly parts: readonly HybridPart[]
  readonly fusion: Fusion
  /** Hits of each part that are fused; pages are cut from what comes out. */
  readonly windowSize: number
  /** Whether the fused list is no longer than the window, and all of it the page of who names no size. Default false. */
  readonly isCut?: boolean
  /** Said to who asks for what cannot be combined with it: how to have the engine fuse instead. */
  readonly advice?: string
}

/** Forms of the engines themselves, which some carry out and some do not. */
export type NativeForm = 'hybrid' | 'rrf' | 'linear'

/** One of the searches. */
export interface HybridPart {
  /** Members of its body in the place of the whole's, `"query":{…}` or `"knn":{…}`. */
  readonly member: string
  /** > 0. */
  readonly weight: number
  readonly normalization: Normalization
}

/** The proxy's own form, which stands for the whole query. */
export const HYBRID_FORM = 'splade_hybrid'

/** Hits of each part that are fused if nobody says otherwise. */
export const DEFAULT_WINDOW = 100
export const DEFAULT_RANK_CONSTANT = 60

/** A query, within what the filters let through. */
export function queryMember(
  { text }: JsonSource,
  query: JsonNode,
  ...filters: readonly (JsonNode | undefined)[]
): string {
  const [own, ...within] = [query, ...filters.flatMap(itemsOf)].map(({ start, end }) =>
    text.slice(start, end),
  )
  if (own === undefined || within.length === 0) return `"query":${own ?? ''}`
  return `"query":{"bool":{"must":[${own}],"filter":[${within.join(',')}]}}`
}

/** A `knn` search of Elasticsearch's, within what the filters let through. */
export function knnMember(
  { text }: JsonSource,
  knn: JsonNode,
  ...filters: readonly (JsonNode | undefined)[]
): string {
  if (knn.kind !== 'object') throw badQuery('[knn] must be an object')
  const all = [memberOf(knn, 'filter'), ...filters]
    .flatMap(itemsOf)
    .map(({ start, end }) => text.slice(start, end))
  const kept = [...membersOf(knn).values()]
    .filter(({ name }) => name !== 'filter')
    .map(({ start, value }) => text.slice(start, value.end))
  const filter = all.length === 0 ? [] : [`"filter":[${all.join(',')}]`]
  return `"knn":{${[...kept, ...filter].join(',')}}`
}
