/**
 * OpenSearch's own `neural_sparse` beside the clauses that the proxy makes of one: the same tokens on the same index,
 * both sent direct, over all tokens and in two phases; one request at a time, all ways in turns.
 *
 *   splade-bridge engine start --engine opensearch-3-neural
 *   splade-bridge index --model splade-tiny-en --url URL --index NAME FOLDER/corpus.jsonl
 *   node --import ./bench/typescript.cjs bench/proxy/neural-sparse.ts --engine URL --index NAME
 *     [--queries FOLDER/queries.jsonl] [--model models/splade-tiny-en] [--rounds 5]
 */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { parseArgs } from 'node:util'
import { prune } from '../../src/encoder/pruning.js'
import { loadEncoder } from '../../src/encoder/load.js'
import { loadModel } from '../../src/model/load-model.js'
import { toRankFeatures } from '../../src/rank-features/document-field.js'
import { toRankFeatureQuery } from '../../src/rank-features/query.js'
import type { SparseVector } from '../../src/sparse-vector.js'
import { describeMachine, median } from '../machine.js'

const { values: flags } = parseArgs({
  options: {
    engine: { type: 'string', default: 'http://127.0.0.1:9200' },
    index: { type: 'string', default: 'splade' },
    queries: { type: 'string', default: 'examples/en/queries.jsonl' },
    model: { type: 'string', default: 'models/splade-tiny-en' },
    rounds: { type: 'string', default: '5' },
  },
})

const FIELD = 'splade'
/** What `pipelines/search/two-phase.json` and the proxy's `twoPhase` have in common. */
const [RATIO, SIZE, EXPANSION] = [0.4, 10, 5]
const TWO_PHASE = { request_processors: [{ neural_sparse_two_phase_processor: {} }] }

/** One way to ask, and a body for each query. */
interface Way {
  readonly name: string
  readonly bodies: readonly string[]
  /** Of all requests, in milliseconds. */
  readonly times: number[]
}

const agent = new Agent({ keepAlive: true })
const vectors = await encodeQueries()
const native = (vector: SparseVector) => ({
  query: { neural_sparse: { [FIELD]: { query_tokens: toRankFeatures(vector) } } },
})
const ways = [
  way('neural_sparse', native),
  way('clauses', (vector) => ({ query: clauses(vector) })),
  way('neural_sparse, two phases', (vector) => ({ ...native(vector), search_pipeline: TWO_PHASE })),
  way('clauses, two phases', inPhases),
]
try {
  await requireEqual(ways[0], ways[1])
  await requireEqual(ways[2], ways[3])
  for (let round = 0; round < Number(flags.rounds); round++)
    for (const place of vectors.keys())
      for (const { bodies, times } of ways) times.push(await timed(bodies[place] ?? ''))
  const tokens = median(vectors.map(({ size }) => size))
  console.log(JSON.stringify({ ...describeMachine(), ...flags, queries: vectors.length, tokens }))
  for (const one of ways) print(one)
  printRatio('clauses', 'neural_sparse')
  printRatio('clauses, two phases', 'neural_sparse, two phases')
} finally {
  agent.destroy()
}

async function encodeQueries(): Promise<readonly SparseVector[]> {
  const texts = readFileSync(flags.queries, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text)
  const encoder = await loadEncoder(await loadModel(flags.model))
  const encodings = await encoder.encodeQueries(texts)
  await encoder.close()
  return encodings.map(({ vector }) => vector)
}

function way(name: string, bodyOf: (vector: SparseVector) => object): Way {
  const shape = { size: SIZE, track_total_hits: false, _source: false }
  return { name, bodies: vectors.map((vector) => JSON.stringify({ ...shape, ...bodyOf(vector) })), times: [] }
}

function clauses(vector: SparseVector): object {
  return toRankFeatureQuery(vector, { field: FIELD })
}

/** As the proxy splits them. */
function inPhases(vector: SparseVector): object {
  const heavy = prune(vector, { maxRatio: RATIO })
  const light = new Map([...vector].filter(([token]) => !heavy.has(token)))
  if (light.size === 0) return { query: clauses(vector) }
  return {
    query: clauses(heavy),
    rescore: { window_size: SIZE * EXPANSION, query: { rescore_query: clauses(light) } },
  }
}

/** Warms both up, and makes sure that they find the same: else their times say nothing. */
async function requireEqual(one: Way | undefined, other: Way | undefined): Promise<void> {
  for (const place of vectors.keys()) {
    const [ours, theirs] = [
      hitsOf(await search(one?.bodies[place])),
      hitsOf(await search(other?.bodies[place])),
    ]
    if (ours !== theirs)
      throw new Error(`query ${place}: ${String(one?.name)} and ${String(other?.name)} differ`)
  }
}

function hitsOf(answer: string): string {
  return JSON.stringify((JSON.parse(answer) as { readonly hits: unknown }).hits)
}

async function timed(body: string): Promise<number> {
  const began = performance.now()
  await search(body)
  return performance.now() - began
}

function search(body = ''): Promise<string> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const outgoing = request(`${flags.engine}/${flags.index}/_search`, { method: 'POST', headers, agent })
    outgoing.on('error', reject).on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        if (incoming.statusCode === 200) resolve(text)
        else reject(new Error(`status ${String(incoming.statusCode)}: ${text.slice(0, 300)}`))
      })
    })
    outgoing.end(body)
  })
}

function print({ name, times }: Way): void {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (part: number): string =>
    (sorted[Math.floor(part * sorted.length)] ?? NaN).toFixed(2).padStart(7)
  console.log(
    `${name.padEnd(26)} p50 ${median(times).toFixed(2).padStart(7)} ms   p90 ${at(0.9)} ms   p99 ${at(0.99)} ms`,
  )
}

function printRatio(ours: string, theirs: string): void {
  const p50 = (name: string): number => median(ways.find((one) => one.name === name)?.times ?? [])
  console.log(`${ours} : ${theirs} = ${(p50(ours) / p50(theirs)).toFixed(2)} at p50`)
}
