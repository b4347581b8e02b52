import { describe, expect, it } from '@jest/globals'
import { parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'
import { findQueries } from '../../../../../src/proxy/rewrite/query/find-queries.js'
import { isSparse } from '../../../../../src/proxy/rewrite/query/sparse-forms.js'

const S = { splade: { text: 'x' } }
const found = (body: unknown) => [...findQueries(parseJsonSource(JSON.stringify(body)).root)].filter(isSparse)

describe('a sparse query', () => {
  it.each<[string, unknown]>([
    ['the query', { query: S }],
    ['bool, one', { query: { bool: { must: S } } }],
    ['bool, several', { query: { bool: { should: [{ match_all: {} }, S] } } }],
    ['bool.filter', { query: { bool: { filter: [S] } } }],
    ['bool.must_not', { query: { bool: { must_not: S } } }],
    ['dis_max', { query: { dis_max: { queries: [S] } } }],
    ['nested', { query: { nested: { path: 'p', query: S } } }],
    ['has_child', { query: { has_child: { type: 't', query: S } } }],
    ['has_parent', { query: { has_parent: { parent_type: 't', query: S } } }],
    ['function_score', { query: { function_score: { query: S } } }],
    ['a function', { query: { function_score: { functions: [{ filter: S, weight: 2 }] } } }],
    ['constant_score', { query: { constant_score: { filter: S } } }],
    ['boosting', { query: { boosting: { positive: S, negative: { match_all: {} } } } }],
    ['script_score', { query: { script_score: { query: S, script: {} } } }],
    ['a knn query', { query: { knn: { field: 'v', query_vector: [1], filter: S } } }],
    ["OpenSearch's knn query", { query: { knn: { v: { vector: [1], k: 1, filter: S } } } }],
    ['a knn search', { knn: { field: 'v', query_vector: [1], filter: [S] } }],
    ['several knn searches', { knn: [{ field: 'v' }, { field: 'w', filter: S }] }],
    ['rescore', { rescore: { query: { rescore_query: S } } }],
    [
      'several rescores',
      { rescore: [{ query: { rescore_query: { match_all: {} } } }, { query: { rescore_query: S } }] },
    ],
    ['post_filter', { post_filter: S }],
    ['hybrid', { query: { hybrid: { queries: [{ match_all: {} }, S] } } }],
    ['sub_searches', { sub_searches: [{ query: S }] }],
    ['a standard retriever', { retriever: { standard: { query: S } } }],
    ['a retriever of retrievers', { retriever: { rrf: { retrievers: [{ standard: { query: S } }] } } }],
    [
      'a weighted retriever',
      { retriever: { linear: { retrievers: [{ retriever: { standard: { query: S } }, weight: 2 }] } } },
    ],
    [
      'a reranked retriever',
      { retriever: { text_similarity_reranker: { retriever: { standard: { query: S } } } } },
    ],
    ["a retriever's filter", { retriever: { knn: { field: 'v', filter: S } } }],
    ['a highlight', { highlight: { highlight_query: S, fields: {} } }],
    ['the highlight of a field', { highlight: { fields: { f: { highlight_query: S } } } }],
    ['the highlight of listed fields', { highlight: { fields: [{ f: { highlight_query: S } }] } }],
    ['an aggregation', { aggs: { a: { filter: S } } }],
    ['filters by name', { aggregations: { a: { filters: { filters: { one: S } } } } }],
    [
      'listed filters below an aggregation',
      { aggs: { a: { terms: {}, aggs: { b: { filters: { filters: [S] } } } } } },
    ],
    ['a background', { aggs: { a: { significant_terms: { field: 'f', background_filter: S } } } }],
    ['the background of a text', { aggs: { a: { significant_text: { background_filter: S } } } }],
    ['the filter of a sort', { sort: { 'p.n': { order: 'asc', nested: { path: 'p', filter: S } } } }],
    [
      'the filter of a sort below another',
      { sort: ['_score', { 'p.q.n': { nested: { path: 'p', nested: { path: 'p.q', filter: S } } } }] },
    ],
    ['the sort of top hits', { aggs: { a: { top_hits: { sort: [{ f: { nested: { filter: S } } }] } } } }],
    ['the sort of a retriever', { retriever: { standard: { sort: [{ f: { nested: { filter: S } } }] } } }],
    [
      'the sort of inner hits',
      { query: { nested: { inner_hits: { sort: { f: { nested: { filter: S } } } } } } },
    ],
    ['collapsed hits', { collapse: { inner_hits: [{ sort: { f: { nested: { filter: S } } } }] } }],
    ['ten levels', { query: Array.from({ length: 10 }).reduce((query) => ({ bool: { must: [query] } }), S) }],
  ])('is found in %s', (_, body) => {
    expect(found(body)).toHaveLength(1)
  })

  it.each<[string, unknown]>([
    ['a field of that name', { query: { term: { splade: 'x' } } }],
    ['a field of a match', { query: { match: { semantic: 'x' } } }],
    ['script parameters', { query: { script_score: { query: { match_all: {} }, script: { params: S } } } }],
    ['a document to percolate', { query: { percolate: { field: 'q', document: S } } }],
    ['_source', { query: { match_all: {} }, _source: S }],
    ['a query with two types', { query: { ...S, match_all: {} } }],
    ['runtime mappings', { runtime_mappings: S }],
    ['a sort by a field of that name', { sort: [{ splade: 'asc' }, 'splade'] }],
    ['a text of a retriever', { retriever: { rrf: { query: 'splade', fields: ['a'] } } }],
    ['no object at all', []],
  ])('is not seen in %s', (_, body) => {
    expect(found(body)).toEqual([])
  })

  it('counts for the score or not', () => {
    const scored = (body: unknown) => found(body).map((query) => query.scored)
    expect(scored({ query: { bool: { must: S, filter: S, must_not: S } } })).toEqual([true, false, false])
    expect(scored({ query: { bool: { filter: { bool: { must: S } } } } })).toEqual([false])
    expect(scored({ post_filter: S })).toEqual([false])
  })
})
