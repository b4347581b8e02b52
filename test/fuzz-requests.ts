import { deflateSync, gzipSync } from 'node:zlib'

/** Bytes for one connection, in the pieces in which they are sent. */
export interface FuzzCase {
  readonly kind: string
  readonly pieces: readonly Buffer[]
  /** True: the client cuts the connection at the end; else it waits for whatever comes. */
  readonly isCut: boolean
}

type Random = () => number

const KINDS: readonly (readonly [name: string, make: (random: Random) => Buffer])[] = [
  ['mutated request', (random) => mutate(validRequest(random), random)],
  ['mutated head', (random) => withBody(random, mutate(head(random), random), Buffer.from('{}'))],
  ['hostile header', (random) => withHeader(random, pick(HOSTILE_HEADERS, random))],
  ['broken chunks', brokenChunks],
  ['broken JSON', (random) => whole(random, mutate(Buffer.from(pick(BODIES, random)), random))],
  ['hostile JSON', (random) => whole(random, Buffer.from(pick(HOSTILE_JSON, random)(random)))],
  ['broken encoding', brokenEncoding],
  ['random bytes', (random) => randomBytes(random, 1 + Math.floor(random() * 400))],
  ['another protocol', (random) => Buffer.from(pick(OTHER_PROTOCOLS, random), 'latin1')],
]

/** The next malformed input of a row that a seed decides. */
export function nextFuzzCase(random: Random): FuzzCase {
  const [kind, make] = pick(KINDS, random)
  const bytes = make(random)
  return { kind, pieces: cutUp(bytes, random), isCut: random() < 0.1 }
}

const TARGETS = [
  ...[
    '/a/_search',
    '/_msearch',
    '/_bulk',
    '/a/_bulk',
    '/a/_doc/1',
    '/a/_count',
    '/_search/template',
    '/a/_explain/1',
  ],
  ...[
    '/a/_validate/query',
    '/_async_search',
    '/a/_update/1',
    '/',
    '/_cat/indices?v',
    '/%zz/_search',
    '/a,b/_search',
  ],
  ...['/_splade/metrics', '/_splade/ready', '/a/_search?splade_explain=true', '/a/_search?pretty&pretty=1'],
]

const BODIES = [
  '{"query":{"match":{"title":"stone bridge"}},"size":10}',
  '{"query":{"bool":{"must":[{"sparse_vector":{"field":"v","inference_id":"m","query":"돌다리"}}]}}}',
  '{"query":{"neural_sparse":{"v":{"query_tokens":{"stone":1.5,"bridge":0.25}}}}}',
  '{"query":{"splade":{"field":"v","text":"stone","boost":2.0}},"rescore":{"window_size":5}}',
  '{"index":"a"}\n{"query":{"text_expansion":{"v":{"model_id":"m","model_text":"x"}}}}\n',
  '{"index":{"_index":"a","_id":"1"}}\n{"title":"stone","n":12345678901234567890,"f":1.10}\n{"delete":{"_id":"2"}}\n',
  '{"source":"{\\"query\\":{\\"match\\":{\\"t\\":\\"{{q}}\\"}}}","params":{"q":"x"}}',
]

const HOSTILE_JSON: readonly ((random: Random) => string)[] = [
  () => '['.repeat(20_000),
  () => '{"query":'.repeat(5_000) + '1' + '}'.repeat(5_000),
  () => `{"query":{"bool":{"should":[${Array(2_000).fill('{"splade":{"field":"v","text":"a"}}').join()}]}}}`,
  () => '{"query":{"match_all":{}},"query":{"match_none":{}}}',
  () => '{"__proto__":{"a":1},"constructor":{"prototype":{"b":2}},"query":{"match_all":{}}}',
  () => `{"size":${'9'.repeat(5_000)}}`,
  () => '{"size":1e999999999}',
  () => `{"query":{"splade":{"field":"v","text":"${'가'.repeat(20_000)}"}}}`,
  () => '{"query":{"splade":{"field":"v","text":"\\ud800\\udfff\\ud800"}}}',
  () => '{"query":{"splade":{"field":{"a":[]},"tokens":{"":NaN,"b":-1,"c":null}}}}',
  () => `${'\u0000'.repeat(100)}{}`,
  () => `\ufeff{"query":{"match_all":{}}}`,
  () => `{${' '.repeat(50_000)}}`,
  (random) => JSON.stringify(randomValue(random, 6)),
]

const HOSTILE_HEADERS = [
  ...[
    'Content-Length: 5\r\nContent-Length: 6',
    'Transfer-Encoding: chunked\r\nContent-Length: 3',
    'Content-Length: -1',
  ],
  ...[
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding : chunked',
  ],
  ...[
    'Content-Length: 99999999999999999999',
    'Content-Length: 1e3',
    'X: \x00',
    'X\x7f: y',
    ': empty',
    ' folded: yes',
  ],
  ...['Expect: 100-continue', 'Expect: 200-maybe', 'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings'],
  ...['Connection: close, content-length, host', 'Connection: ,,,;', `Cookie: ${'a'.repeat(70_000)}`],
  ...[
    `${'X: y\r\n'.repeat(3_000)}Z: z`,
    'Content-Encoding: gzip',
    'Content-Encoding: br, gzip',
    'Content-Type: \xff/\xfe',
  ],
  ...[
    'Host: b',
    'Host: a\r\nHost: b',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
    '__proto__: 1',
  ],
]

const OTHER_PROTOCOLS = [
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'SSH-2.0-OpenSSH_9.6\r\n',
  '*1\r\n$4\r\nPING\r\n',
  'GET http://169.254.169.254/ HTTP/1.1\r\nHost: a\r\n\r\n',
  'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /\r\n',
  '\r\n\r\n\r\n\r\n',
  'ES\x00\x00\x00\x1a',
]

/** Bytes that parsers stumble over. */
const NASTY = Buffer.from('\0\r\n\t :;,{}[]"\\\'%/?#\x7f\x80\xff\x0b+-0')

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)]!
}

function head(random: Random): Buffer {
  const method = pick(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'SEARCH'], random)
  return Buffer.from(
    `${method} ${pick(TARGETS, random)} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`,
  )
}

function withBody(random: Random, start: Buffer, body: Buffer): Buffer {
  const last = random() < 0.5 ? 'Connection: close\r\n' : ''
  return Buffer.concat([start, Buffer.from(`${last}Content-Length: ${body.length}\r\n\r\n`), body])
}

function whole(random: Random, body: Buffer): Buffer {
  return withBody(random, head(random), body)
}

function validRequest(random: Random): Buffer {
  return whole(random, Buffer.from(pick(BODIES, random)))
}

function withHeader(random: Random, header: string): Buffer {
  const start = Buffer.concat([head(random), Buffer.from(`${header}\r\n`, 'latin1')])
  return withBody(random, start, Buffer.from(pick(BODIES, random)))
}

function brokenChunks(random: Random): Buffer {
  const body = pick(BODIES, random)
  const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  const start = Buffer.concat([head(random), Buffer.from('Transfer-Encoding: chunked\r\n\r\n')])
  return Buffer.concat([start, mutate(Buffer.from(chunks), random)])
}

function brokenEncoding(random: Random): Buffer {
  const body = Buffer.from(pick(BODIES, random))
  const coding = pick(['gzip', 'deflate', 'br', 'zstd', 'snappy', ''], random)
  const coded = pick([gzipSync(body), deflateSync(body), body, gzipSync(Buffer.alloc(3_000_000))], random)
  const start = Buffer.concat([head(random), Buffer.from(`Content-Encoding: ${coding}\r\n`)])
  return withBody(random, start, random() < 0.3 ? coded : mutate(coded, random))
}

/** One to eight small wounds. */
function mutate(bytes: Buffer, random: Random): Buffer {
  let wounded = bytes
  for (let count = 1 + Math.floor(random() * 8); count > 0 && wounded.length > 0; count--) {
    const at = Math.floor(random() * wounded.length)
    const before = wounded.subarray(0, at)
    const length = Math.floor(random() * 12)
    wounded = Buffer.concat(
      pick(
        [
          [before, Buffer.from([pick([...NASTY], random)]), wounded.subarray(at)],
          [before, wounded.subarray(at + 1)],
          [before, Buffer.from([Math.floor(random() * 256)]), wounded.subarray(at + 1)],
          [before],
          [before, wounded.subarray(at, at + length), wounded.subarray(at)],
          [before, wounded.subarray(at + length)],
        ],
        random,
      ),
    )
  }
  return wounded
}

function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))
}

function randomValue(random: Random, depth: number): unknown {
  const names = [
    'query',
    'splade',
    'bool',
    'must',
    'field',
    'text',
    'tokens',
    'sparse_vector',
    'neural_sparse',
    'knn',
    '',
  ]
  const value = (): unknown => randomValue(random, depth - 1)
  if (depth === 0 || random() < 0.2) return pick([null, true, 0, -1.5, '', 'x', '\u0000', [], {}], random)
  if (random() < 0.3) return Array.from({ length: Math.floor(random() * 4) }, value)
  return Object.fromEntries(
    Array.from({ length: 1 + Math.floor(random() * 3) }, () => [pick(names, random), value()]),
  )
}

/** One piece mostly, else up to four. */
function cutUp(bytes: Buffer, random: Random): readonly Buffer[] {
  if (random() < 0.6) return [bytes]
  const cuts = Array.from({ length: 1 + Math.floor(random() * 3) }, () => Math.floor(random() * bytes.length))
  const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length]
  return edges.slice(1).map((edge, at) => bytes.subarray(edges[at], edge))
}
