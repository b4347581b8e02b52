import type { WholeAnswer } from '../../rewriter.js'
import type { Endpoint } from '../endpoint.js'
import type { JsonObjectNode, JsonSource } from '../json/json-source.js'
import { itemsOf, memberOf, numberOf, stringOf } from '../json/read-node.js'
import { SourceEdits } from '../json/source-edits.js'
import { readAnswer } from '../json/splice-items.js'
import { pageOf, type SearchPage } from '../query/search-page.js'
import { jsonHeaders } from '../upstream/upstream-client.js'
import type { RequestLookups } from '../lookups.js'
import { badRequest } from '../refuse.js'
import { fuse, type FusedHit, type RankedList } from './fuse.js'
import { type FusedAnswer, hitKey } from './fused-answer.js'
import type { HybridPart, HybridSearch } from './hybrid-search.js'

/** Members of a body that speak of one list of hits, which here is made of several. */
const REFUSED = [
  'aggregations',
  'aggs',
  'collapse',
  'explain',
  'min_score',
  'profile',
  'rank',
  'rescore',
  'search_after',
  'search_pipeline',
  'slice',
  'sort',
  'sub_searches',
  'suggest',
]
const REFUSED_PARAMETERS = [
  'explain',
  'filter_path',
  'rest_total_hits_as_int',
  'scroll',
  'search_pipeline',
  'sort',
]
/** Members that each part has its own of. */
const REPLACED: ReadonlySet<string> = new Set(['from', 'knn', 'query', 'retriever', 'size'])

/**
 * Carries out each part as a search of its own, with the client's parameters, and answers with one page of the fused
 * list.
 *
 * @throws RefusedRequest naming what cannot be combined with fusing
 */
export async function runHybrid(
  endpoint: Endpoint,
  source: JsonSource,
  search: HybridSearch,
  lookups: RequestLookups,
): Promise<FusedAnswer> {
  lookups.requireJsonAnswer('a fused search')
  refuseOthers(endpoint, source, search)
  const page = checkedPage(endpoint, source, search)
  const answers = await Promise.all(
    search.parts.map((part) => askPart(endpoint, source, part, search, lookups)),
  )
  const failed = answers.find(({ status }) => status >= 300)
  if (failed !== undefined) return { kind: 'answer', ...failed, fusion: new Map() }
  const lists = answers.flatMap((answer) => readAnswer(answer) ?? []).map(toPartAnswer)
  requireWithinWindow(lists, search, page)
  return compose(lists, answers[0]?.headers ?? {}, search, page)
}

/** Beyond the window there may be hits that nobody has looked for; where all have been found, there is nothing. */
function requireWithinWindow(
  lists: readonly PartAnswer[],
  { windowSize, isCut }: HybridSearch,
  { from, size }: SearchPage,
): void {
  const isWithin =
    isCut === true ? size <= windowSize : from + size <= windowSize || isWhole(lists, windowSize)
  if (isWithin) return
  throw badRequest(
    `hits ${from} to ${from + size} are beyond the window of ${windowSize} that is fused: ` +
      'ask for earlier ones, or for a larger window',
  )
}

function isWhole(lists: readonly PartAnswer[], windowSize: number): boolean {
  return lists.every(({ hits }) => hits.length < windowSize)
}

function refuseOthers({ parameters }: Endpoint, { root }: JsonSource, { advice }: HybridSearch): void {
  const refused =
    REFUSED.find((name) => memberOf(root, name) !== undefined) ??
    REFUSED_PARAMETERS.find((name) => parameters.has(name))
  if (refused === undefined) return
  const way = advice === undefined ? '' : `: ${advice}`
  throw badRequest(`[${refused}] cannot be combined with hits that the proxy fuses${way}`)
}

/** @throws RefusedRequest for a page that the engine would refuse, which is not told of it here */
function checkedPage(
  { parameters }: Endpoint,
  { root }: JsonSource,
  { isCut, windowSize }: HybridSearch,
): SearchPage {
  const page = pageOf(root, parameters, isCut === true ? windowSize : undefined)
  for (const [name, value] of Object.entries(page))
    if (Number.isNaN(value)) throw badRequest(`[${name}] must be an integer >= 0`)
  return page
}

function askPart(
  { path, parameters }: Endpoint,
  { text, root }: JsonSource,
  { member }: HybridPart,
  { windowSize }: HybridSearch,
  { context }: RequestLookups,
): Promise<WholeAnswer> {
  const members = root.kind === 'object' ? [...root.members.values()] : []
  const kept = members
    .filter(({ name }) => !REPLACED.has(name))
    .map(({ start, value }) => text.slice(start, value.end))
  const own = new URLSearchParams([...parameters].filter(([name]) => !REPLACED.has(name)))
  return context.ask({
    method: 'POST',
    target: own.size === 0 ? path : `${path}?${own.toString()}`,
    headers: jsonHeaders(),
    body: Buffer.from(`{${[member, `"from":0,"size":${windowSize}`, ...kept].join(',')}}`),
  })
}

/** One hit of a part, with its place in the part's answer. */
interface PartHit {
  readonly key: string
  readonly score: number
  readonly source: JsonSource
  readonly node: JsonObjectNode
}

/** The answer to one part. */
interface PartAnswer {
  readonly source: JsonSource
  readonly hits: readonly PartHit[]
}

function toPartAnswer(source: JsonSource): PartAnswer {
  return { source, hits: hitsOf(source) }
}

function compose(
  lists: readonly PartAnswer[],
  headers: WholeAnswer['headers'],
  search: HybridSearch,
  { from, size }: SearchPage,
): FusedAnswer {
  const first = new Map(
    lists
      .flatMap(({ hits }) => hits)
      .reverse()
      .map((hit) => [hit.key, hit]),
  )
  const fused = fuse(
    lists.map(({ hits }, place) => toRankedList(hits, search.parts[place])),
    search.fusion,
  )
  const end = Math.min(from + size, search.isCut === true ? search.windowSize : Infinity)
  const hits = fused.slice(from, end).flatMap((hit) => renderHit(hit, first.get(hit.key)))
  const total = `{"value":${fused.length},"relation":"${isWhole(lists, search.windowSize) ? 'eq' : 'gte'}"}`
  const best = fused[0]?.score ?? null
  const body = `{${headOf(lists)},"hits":{"total":${total},"max_score":${String(best)},"hits":[${hits.join(',')}]}}`
  const fusion = new Map(fused.map(({ key, shares }) => [key, shares]))
  return { kind: 'answer', status: 200, headers, body: Buffer.from(body), fusion }
}

/** What an answer says beside its hits: the longest time, and the shards of the first part. */
function headOf(lists: readonly PartAnswer[]): string {
  const sources = lists.map(({ source }) => source)
  const took = Math.max(0, ...sources.map(({ root }) => numberOf(memberOf(root, 'took')) ?? 0))
  const timedOut = sources.some(({ root, text }) => rawOf(text, root, 'timed_out') === 'true')
  const shards = sources[0] === undefined ? '{}' : rawOf(sources[0].text, sources[0].root, '_shards')
  return `"took":${took},"timed_out":${String(timedOut)},"_shards":${shards}`
}

function hitsOf(source: JsonSource): readonly PartHit[] {
  return itemsOf(memberOf(source.root, 'hits', 'hits')).flatMap((node) => {
    if (node.kind !== 'object') return []
    const key = hitKey(stringOf(memberOf(node, '_index')), stringOf(memberOf(node, '_id')))
    return [{ key, score: numberOf(memberOf(node, '_score')) ?? 0, source, node }]
  })
}

function toRankedList(hits: readonly PartHit[], part: HybridPart | undefined): RankedList {
  return { hits, weight: part?.weight ?? 1, normalization: part?.normalization ?? 'min_max' }
}

/** The hit as the first part that found it shows it, but for the score. */
function renderHit({ score }: FusedHit, hit: PartHit | undefined): readonly string[] {
  if (hit === undefined) return []
  const edits = new SourceEdits(hit.source.text)
  edits.setMember(hit.node, '_score', String(score))
  return [edits.render(hit.node)]
}

function rawOf(text: string, root: JsonSource['root'], name: string): string {
  const node = memberOf(root, name)
  return node === undefined ? '{}' : text.slice(node.start, node.end)
}
