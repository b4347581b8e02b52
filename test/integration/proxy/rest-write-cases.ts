import { gzipSync } from 'node:zlib'
import { JSON_TYPE, NDJSON_TYPE, type RestCase } from './rest-case.js'

const DOCUMENTS = [
  {
    title: 'The old stone bridge',
    text: 'It has carried carts for six hundred years.',
    year: 1420,
    tag: ['a', 'b'],
  },
  { title: '오래된 돌다리', text: '육백 년 동안 수레를 건네준 다리.', year: 1420, tag: ['b'] },
  { title: 'A ferry at dawn', text: 'Before the bridge there was a ferry.', year: 1390, tag: [] },
  {
    title: 'Iron and rivets',
    text: 'The railway came "late"; its viaduct \\ was loud.',
    year: 1871,
    tag: ['c'],
  },
  { title: 'Nothing 🌉', text: '', year: 9007199254740993n, tag: ['a'] },
].map((document) =>
  JSON.stringify(document, (_, value: unknown) => (typeof value === 'bigint' ? '#' : value)).replace(
    '"#"',
    '9007199254740993',
  ),
)

/** Makes the index, and changes it in every way. */
export const WRITE_CASES: readonly RestCase[] = [
  {
    name: 'create an index',
    method: 'PUT',
    target: '/$INDEX',
    headers: JSON_TYPE,
    body: '{"settings":{"number_of_shards":1,"number_of_replicas":0,"refresh_interval":-1},"mappings":{"properties":{"title":{"type":"text"},"text":{"type":"text"},"year":{"type":"long"},"tag":{"type":"keyword"}}}}',
  },
  { name: 'create it again', method: 'PUT', target: '/$INDEX' },
  ...DOCUMENTS.map((body, id): RestCase => ({
    name: `index document ${id}`,
    method: 'PUT',
    target: `/$INDEX/_doc/${id}`,
    headers: JSON_TYPE,
    body,
  })),
  {
    name: 'index a document twice',
    method: 'PUT',
    target: '/$INDEX/_create/0',
    headers: JSON_TYPE,
    body: DOCUMENTS[0]!,
  },
  { name: 'index no JSON', method: 'PUT', target: '/$INDEX/_doc/9', headers: JSON_TYPE, body: '{"title":' },
  {
    name: 'index duplicate keys',
    method: 'PUT',
    target: '/$INDEX/_doc/9',
    headers: JSON_TYPE,
    body: '{"title":"a","title":"b"}',
  },
  {
    name: 'bulk',
    method: 'POST',
    target: '/_bulk',
    headers: NDJSON_TYPE,
    body: DOCUMENTS.map((text, id) => `{"index":{"_index":"$INDEX","_id":"b${id}"}}\n${text}\n`).join(''),
  },
  {
    name: 'bulk with carriage returns',
    method: 'POST',
    target: '/$INDEX/_bulk',
    headers: NDJSON_TYPE,
    body: `{"index":{"_id":"c0"}}\r\n${DOCUMENTS[0]!}\r\n`,
  },
  {
    name: 'bulk, gzipped',
    method: 'POST',
    target: '/$INDEX/_bulk',
    headers: [...NDJSON_TYPE, 'Content-Encoding', 'gzip'],
    body: gzipSync(
      `{"delete":{"_id":"b0"}}\n{"update":{"_id":"b1"}}\n{"doc":{"year":1}}\n{"create":{"_id":"b2"}}\n{}\n`,
    ),
  },
  {
    name: 'bulk without its last newline',
    method: 'POST',
    target: '/$INDEX/_bulk',
    headers: NDJSON_TYPE,
    body: '{"index":{"_id":"d0"}}\n{"title":"x"}',
  },
  {
    name: 'bulk with an unknown action',
    method: 'POST',
    target: '/$INDEX/_bulk',
    headers: NDJSON_TYPE,
    body: '{"frobnicate":{"_id":"d0"}}\n{"title":"x"}\n',
  },
  { name: 'empty bulk', method: 'POST', target: '/_bulk', headers: NDJSON_TYPE, body: '\n' },
  {
    name: 'update',
    method: 'POST',
    target: '/$INDEX/_update/2',
    headers: JSON_TYPE,
    body: '{"doc":{"year":1391}}',
  },
  {
    name: 'update nothing',
    method: 'POST',
    target: '/$INDEX/_update/2',
    headers: JSON_TYPE,
    body: '{"doc":{"year":1391}}',
  },
  {
    name: 'update what is not there',
    method: 'POST',
    target: '/$INDEX/_update/none',
    headers: JSON_TYPE,
    body: '{"doc":{"year":1}}',
  },
  { name: 'delete', method: 'DELETE', target: '/$INDEX/_doc/b3' },
  { name: 'delete what is not there', method: 'DELETE', target: '/$INDEX/_doc/none' },
  {
    name: 'version conflict',
    method: 'PUT',
    target: '/$INDEX/_doc/0?if_seq_no=99&if_primary_term=1',
    headers: JSON_TYPE,
    body: '{}',
  },
  { name: 'refresh', method: 'POST', target: '/$INDEX/_refresh' },
  { name: 'one segment', method: 'POST', target: '/$INDEX/_forcemerge?max_num_segments=1' },
  {
    name: 'alias',
    method: 'POST',
    target: '/_aliases',
    headers: JSON_TYPE,
    body: '{"actions":[{"add":{"index":"$INDEX","alias":"$INDEX-alias"}}]}',
  },
  {
    name: 'mapping',
    method: 'PUT',
    target: '/$INDEX/_mapping',
    headers: JSON_TYPE,
    body: '{"properties":{"added":{"type":"keyword"}}}',
  },
  {
    name: 'conflicting mapping',
    method: 'PUT',
    target: '/$INDEX/_mapping',
    headers: JSON_TYPE,
    body: '{"properties":{"year":{"type":"keyword"}}}',
  },
  {
    name: 'settings',
    method: 'PUT',
    target: '/$INDEX/_settings',
    headers: JSON_TYPE,
    body: '{"index":{"refresh_interval":"30s"}}',
  },
]
