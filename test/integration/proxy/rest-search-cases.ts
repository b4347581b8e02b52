import { gzipSync } from 'node:zlib'
import { JSON_TYPE, type RestCase } from './rest-case.js'

/** Search bodies: every family of query, options of the page, aggregations, and much that is wrong. */
const SEARCHES: Readonly<Record<string, string>> = {
  'no body': '',
  'empty object': '{}',
  'match all': '{"query":{"match_all":{}}}',
  match: '{"query":{"match":{"title":"bridge"}}}',
  'match in Korean': '{"query":{"match":{"title":"돌다리"}}}',
  'match, escaped': '{"query":{"match":{"title":"\\ub3cc\\ub2e4\\ub9ac"}}}',
  'match with options':
    '{"query":{"match":{"title":{"query":"stone bridge","operator":"and","boost":1.50}}}}',
  'multi match': '{"query":{"multi_match":{"query":"bridge","fields":["title^2","text"]}}}',
  'match phrase': '{"query":{"match_phrase":{"text":"six hundred years"}}}',
  term: '{"query":{"term":{"tag":"b"}}}',
  terms: '{"query":{"terms":{"tag":["a","c"]}}}',
  'terms lookup': '{"query":{"terms":{"tag":{"index":"$INDEX","id":"0","path":"tag"}}}}',
  range: '{"query":{"range":{"year":{"gte":1400,"lt":1.5e3}}}}',
  'big number': '{"query":{"term":{"year":9007199254740993}}}',
  exists: '{"query":{"exists":{"field":"tag"}}}',
  prefix: '{"query":{"prefix":{"tag":"a"}}}',
  wildcard: '{"query":{"wildcard":{"tag":"*b*"}}}',
  regexp: '{"query":{"regexp":{"tag":"[ab]"}}}',
  fuzzy: '{"query":{"fuzzy":{"title":"brigde"}}}',
  ids: '{"query":{"ids":{"values":["0","1","none"]}}}',
  'query string': '{"query":{"query_string":{"query":"title:(stone OR ferry) AND year:[1 TO 2000]"}}}',
  'simple query string': '{"query":{"simple_query_string":{"query":"stone | ferry","fields":["title"]}}}',
  bool: '{"query":{"bool":{"must":[{"match":{"title":"bridge"}}],"filter":{"term":{"tag":"a"}},"must_not":[],"should":{"match_all":{}}}}}',
  'dis max':
    '{"query":{"dis_max":{"queries":[{"match":{"title":"bridge"}},{"match":{"text":"bridge"}}],"tie_breaker":0.7}}}',
  'constant score': '{"query":{"constant_score":{"filter":{"term":{"tag":"a"}},"boost":1.20}}}',
  'function score':
    '{"query":{"function_score":{"query":{"match_all":{}},"functions":[{"filter":{"term":{"tag":"a"}},"weight":2}],"score_mode":"sum"}}}',
  boosting:
    '{"query":{"boosting":{"positive":{"match":{"text":"bridge"}},"negative":{"term":{"tag":"c"}},"negative_boost":0.5}}}',
  nested: '{"query":{"nested":{"path":"none","query":{"match_all":{}},"ignore_unmapped":true}}}',
  'more like this':
    '{"query":{"more_like_this":{"fields":["text"],"like":"bridge ferry","min_term_freq":1,"min_doc_freq":1}}}',
  'named query': '{"query":{"match":{"title":{"query":"bridge","_name":"first"}}}}',
  sort: '{"sort":[{"year":"desc"},"_doc"],"size":2}',
  'search after': '{"sort":[{"year":"asc"},{"_id":"asc"}],"search_after":[1390,"2"]}',
  'from and size': '{"from":1,"size":2,"sort":["year"]}',
  'source filter': '{"_source":{"includes":["t*"],"excludes":["text"]}}',
  fields: '{"fields":["title","year"],"_source":false}',
  'stored and docvalue fields': '{"docvalue_fields":["year"],"stored_fields":["_none_"]}',
  highlight: '{"query":{"match":{"text":"bridge"}},"highlight":{"fields":{"text":{}}}}',
  explain: '{"query":{"match":{"title":"bridge"}},"explain":true}',
  aggregations: '{"size":0,"aggs":{"tags":{"terms":{"field":"tag"}},"years":{"stats":{"field":"year"}}}}',
  histogram: '{"size":0,"aggs":{"y":{"histogram":{"field":"year","interval":1e2,"min_doc_count":1}}}}',
  rescore:
    '{"query":{"match":{"title":"bridge"}},"rescore":{"window_size":5,"query":{"rescore_query":{"match":{"text":"ferry"}}}}}',
  'post filter': '{"query":{"match_all":{}},"post_filter":{"term":{"tag":"a"}}}',
  collapse: '{"collapse":{"field":"year"},"sort":["year"]}',
  suggest: '{"suggest":{"s":{"text":"brigde","term":{"field":"title"}}}}',
  'min score': '{"min_score":0.5,"query":{"match":{"title":"bridge"}}}',
  'total hits': '{"track_total_hits":true}',
  'no total hits': '{"track_total_hits":false}',
  'terminate after': '{"terminate_after":1}',
  'runtime options': '{"timeout":"1s","version":true,"seq_no_primary_term":true}',
  'odd spacing': '\n\t { "query" :\r\n {"match_all" : { } } }\n\n',
  'broken JSON': '{"query":{"match_all":{}}',
  'JSON with a comment': '{"query":{"match_all":{}}/* why */}',
  'trailing comma': '{"query":{"match_all":{}},}',
  'trailing garbage': '{"query":{"match_all":{}}} x',
  'an array': '[{"query":{"match_all":{}}}]',
  'a number': '42',
  'unknown option': '{"quarry":{}}',
  'unknown query': '{"query":{"matsch":{"title":"x"}}}',
  'two queries in one': '{"query":{"match_all":{},"match_none":{}}}',
  'wrong type': '{"size":"many"}',
  'unknown field': '{"query":{"match":{"nowhere":"x"}}}',
  'window too large': '{"from":10000,"size":1}',
  'not UTF-8': '{"query":{"match":{"title":"\xff\xfe"}}}',
  'a lone surrogate': '{"query":{"match":{"title":"\\ud83d"}}}',
  'a zero byte': '{"query":{"match":{"title":"a\\u0000b"}}}',
  'deep nesting': `${'{"query":{"bool":{"must":'.slice(9).repeat(1)}${'{"bool":{"must":'.repeat(30)}{"match_all":{}}${'}}'.repeat(30)}`,
}

/** Ways in which one search is asked for. */
const SEARCH_WAYS: readonly Omit<RestCase, 'body'>[] = [
  { name: 'POST', method: 'POST', target: '/$INDEX/_search' },
  { name: 'GET with a body', method: 'GET', target: '/$INDEX/_search?pretty' },
  {
    name: 'gzipped both ways',
    method: 'POST',
    target: '/$INDEX/_search?filter_path=-took',
    headers: ['Accept-Encoding', 'gzip'],
  },
]

/** Each search in each of the ways. */
export function searchCases(): readonly RestCase[] {
  return Object.entries(SEARCHES).flatMap(([what, text]) =>
    SEARCH_WAYS.map((way): RestCase => {
      const bytes = Buffer.from(text, what === 'not UTF-8' ? 'latin1' : 'utf8')
      const isGzip = way.name.startsWith('gzip')
      const coding = isGzip ? ['Content-Encoding', 'gzip'] : []
      const headers = [...JSON_TYPE, ...coding, ...(way.headers ?? [])]
      if (text === '') return { ...way, name: `search, ${what}, ${way.name}`, headers: way.headers ?? [] }
      return { ...way, name: `search, ${what}, ${way.name}`, headers, body: isGzip ? gzipSync(bytes) : bytes }
    }),
  )
}
