import type { JsonNode, JsonObjectNode } from '../json/json-source.js'
import { itemsOf, memberOf, membersOf, onlyMember, stringOf } from '../json/read-node.js'

/** One query of a tree: `{"match": {…}}`. */
export interface FoundQuery {
  /** The object around it, which a rewrite replaces. */
  readonly node: JsonObjectNode
  /** `match`, `bool`, `splade`. */
  readonly type: string
  readonly body: JsonNode
  /** False where only matching counts: filters, and what must not match. */
  readonly scored: boolean
}

type Found = Generator<FoundQuery, void, undefined>

/** Where a compound query has queries: member -> whether their scores count. */
const CHILDREN: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  bool: { must: true, should: true, filter: false, must_not: false },
  boosting: { positive: true, negative: false },
  constant_score: { filter: false },
  dis_max: { queries: true },
  function_score: { query: true },
  has_child: { query: true },
  has_parent: { query: true },
  hybrid: { queries: true, filter: false },
  knn: { filter: false },
  nested: { query: true },
  pinned: { organic: true },
  rule: { organic: true },
  rule_query: { organic: true },
  script_score: { query: true },
  splade_hybrid: { queries: true, filter: false },
}

/** Queries by field whose options hold a filter, as OpenSearch writes them: `{"knn": {"vector": {"filter": …}}}`. */
const FILTERED_BY_FIELD = ['knn', 'neural']

/** Aggregations that compare with the documents of a filter. */
const WITH_BACKGROUND = ['significant_terms', 'significant_text']

const RETRIEVER_CHILDREN = ['retriever', 'retrievers'] as const

/**
 * Every query in the body of a search, wherever queries may stand; what merely looks like one (a field named
 * `semantic`, the parameters of a script) is none. Outer queries come before those inside them.
 */
export function* findQueries(body: JsonNode): Found {
  yield* mainQueries(body)
  yield* queriesAt(memberOf(body, 'post_filter'), false)
  for (const rescore of itemsOf(memberOf(body, 'rescore')))
    yield* queriesAt(memberOf(rescore, 'query', 'rescore_query'), true)
  for (const knn of itemsOf(memberOf(body, 'knn'))) yield* queriesAt(memberOf(knn, 'filter'), false)
  yield* presentationQueries(body)
  for (const hits of itemsOf(memberOf(body, 'collapse', 'inner_hits'))) yield* presentationQueries(hits)
  yield* aggregationQueries(memberOf(body, 'aggs'))
  yield* aggregationQueries(memberOf(body, 'aggregations'))
}

/** The queries that find a search's hits. */
export function* mainQueries(body: JsonNode): Found {
  yield* queriesAt(memberOf(body, 'query'), true)
  for (const search of itemsOf(memberOf(body, 'sub_searches')))
    yield* queriesAt(memberOf(search, 'query'), true)
  yield* retrieverQueries(memberOf(body, 'retriever'))
}

/** @param node a query, or an array of queries */
export function* queriesAt(node: JsonNode | undefined, scored: boolean): Found {
  for (const query of itemsOf(node)) {
    const only = onlyMember(query)
    if (only === undefined || query.kind !== 'object') continue
    const [type, body] = only
    yield { node: query, type, body, scored }
    yield* childQueries(type, body, scored)
  }
}

function* childQueries(type: string, body: JsonNode, scored: boolean): Found {
  for (const [name, counts] of Object.entries(CHILDREN[type] ?? {}))
    yield* queriesAt(memberOf(body, name), scored && counts)
  if (type === 'function_score')
    for (const scoring of itemsOf(memberOf(body, 'functions')))
      yield* queriesAt(memberOf(scoring, 'filter'), false)
  if (FILTERED_BY_FIELD.includes(type))
    for (const { value } of membersOf(body).values()) yield* queriesAt(memberOf(value, 'filter'), false)
  yield* presentationQueries(memberOf(body, 'inner_hits'))
}

/** Retrievers hold retrievers: `{"rrf": {"retrievers": [{"standard": {"query": …}}]}}`. */
function* retrieverQueries(node: JsonNode | undefined): Found {
  const body = node && onlyMember(node)?.[1]
  if (body === undefined) return
  if (stringOf(memberOf(body, 'query')) === undefined) yield* queriesAt(memberOf(body, 'query'), true)
  yield* queriesAt(memberOf(body, 'filter'), false)
  for (const rescore of itemsOf(memberOf(body, 'rescore')))
    yield* queriesAt(memberOf(rescore, 'query', 'rescore_query'), true)
  yield* sortQueries(memberOf(body, 'sort'))
  for (const name of RETRIEVER_CHILDREN)
    for (const child of itemsOf(memberOf(body, name)))
      yield* retrieverQueries(memberOf(child, 'retriever') ?? child)
}

/** How hits are ordered and shown, of a search or of hits inside its hits. */
function* presentationQueries(hits: JsonNode | undefined): Found {
  yield* highlightQueries(memberOf(hits, 'highlight'))
  yield* sortQueries(memberOf(hits, 'sort'))
}

/** `{"chapters.pages": {"nested": {"path": "chapters", "filter": …, "nested": {…}}}}`, one or several. */
function* sortQueries(sort: JsonNode | undefined): Found {
  for (const key of itemsOf(sort))
    for (const { value } of membersOf(key).values()) {
      let nested = memberOf(value, 'nested')
      for (; nested !== undefined; nested = memberOf(nested, 'nested'))
        yield* queriesAt(memberOf(nested, 'filter'), false)
    }
}

function* highlightQueries(highlight: JsonNode | undefined): Found {
  yield* queriesAt(memberOf(highlight, 'highlight_query'), true)
  for (const fields of itemsOf(memberOf(highlight, 'fields')))
    for (const { value } of membersOf(fields).values())
      yield* queriesAt(memberOf(value, 'highlight_query'), true)
}

function* aggregationQueries(aggregations: JsonNode | undefined): Found {
  for (const { value } of membersOf(aggregations).values()) {
    yield* queriesAt(memberOf(value, 'filter'), false)
    for (const type of ['filters', 'adjacency_matrix']) yield* namedFilters(memberOf(value, type, 'filters'))
    for (const type of WITH_BACKGROUND) yield* queriesAt(memberOf(value, type, 'background_filter'), false)
    yield* presentationQueries(memberOf(value, 'top_hits'))
    yield* aggregationQueries(memberOf(value, 'aggs'))
    yield* aggregationQueries(memberOf(value, 'aggregations'))
  }
}

/** A list of filters, or an object of them by name. */
function* namedFilters(filters: JsonNode | undefined): Found {
  if (filters?.kind === 'array') yield* queriesAt(filters, false)
  for (const { value } of membersOf(filters).values()) yield* queriesAt(value, false)
}
