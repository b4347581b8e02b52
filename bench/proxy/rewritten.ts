/**
 * What the proxy adds to a sparse query, beside BM25 on the same index: one request at a time, all ways in turns; time by
 * the clock, and processor time of the proxy.
 *
 *   splade-bridge index --model splade-tiny-en --url URL --index NAME FOLDER/corpus.jsonl
 *   node --import ./bench/typescript.cjs bench/proxy/rewritten.ts --engine URL --index NAME
 *     [--queries FOLDER/queries.jsonl] [--model models/splade-tiny-en] [--rounds 5]
 */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { parseArgs } from 'node:util'
import type { Encoder } from '../../src/encoder/encoder.js'
import { loadEncoder } from '../../src/encoder/load.js'
import { loadModel } from '../../src/model/load-model.js'
import { toRankFeatureQuery } from '../../src/rank-features/query.js'
import { describeMachine } from '../machine.js'
import { processorMs } from './processor-time.js'
import { BenchServers } from './servers.js'

const { values: flags } = parseArgs({
  options: {
    engine: { type: 'string', default: 'http://127.0.0.1:9200' },
    index: { type: 'string', default: 'splade' },
    queries: { type: 'string', default: 'examples/en/queries.jsonl' },
    model: { type: 'string', default: 'models/splade-tiny-en' },
    rounds: { type: 'string', default: '5' },
  },
})

/** One way to ask, and the times that it took, in milliseconds. */
interface Way {
  readonly name: string
  readonly ask: (text: string, round: number) => Promise<unknown>
  readonly times: number[]
  /** Processor time of the proxy for each, in milliseconds. */
  readonly processor: number[]
}

/** Text of a query -> its clauses for the engine, and its tokens for the proxy. */
type Bodies = ReadonlyMap<string, { readonly features: object; readonly tokens: object }>

const agent = new Agent({ keepAlive: true })
const texts = readFileSync(flags.queries, 'utf8')
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as { text: string }).text)
const servers = await BenchServers.open()
const encoder = await loadEncoder(await loadModel(flags.model))
try {
  const { url: proxy, pid } = await servers.proxyBefore(flags.engine, ['--model', flags.model])
  const ways = waysTo(flags.engine, proxy, encoder, await encodeAll(encoder, Number(flags.rounds)))
  for (const text of texts) for (const { ask } of ways) await ask(text, -1)
  for (let round = 0; round < Number(flags.rounds); round++)
    for (const text of texts)
      for (const { ask, times, processor } of ways) {
        const began = processorMs(pid)
        times.push(await timed(() => ask(text, round)))
        processor.push(processorMs(pid) - began)
      }
  console.log(JSON.stringify({ ...describeMachine(), ...flags, queries: texts.length }))
  for (const way of ways) print(way)
  printAdded(ways)
} finally {
  agent.destroy()
  await encoder.close()
  await servers.close()
}

/** A text that nobody has asked before, with the same tokens but for a number. */
function fresh(text: string, round: number): string {
  return `${text} ${round + 2}`
}

function waysTo(engine: string, proxy: string, model: Encoder, bodies: Bodies): readonly Way[] {
  const way = (name: string, ask: Way['ask']): Way => ({ name, ask, times: [], processor: [] })
  return [
    way('BM25, direct', (text) => search(engine, { match: { text } })),
    way('BM25, through the proxy', (text) => search(proxy, { match: { text } })),
    way('sparse clauses, direct', (text) => search(engine, bodies.get(text)?.features ?? {})),
    way('tokens, through the proxy', (text) => search(proxy, bodies.get(text)?.tokens ?? {})),
    way('text, encoded before', (text) => search(proxy, { splade: { field: 'splade', text } })),
    way('clauses of a new text, direct', (text, round) =>
      search(engine, bodies.get(fresh(text, round))?.features ?? {}),
    ),
    way('text, new', (text, round) =>
      search(proxy, { splade: { field: 'splade', text: fresh(text, round) } }),
    ),
    way('encoding alone', (text, round) => model.encodeQueries([fresh(text, round)])),
  ]
}

/** The queries of all rounds with their vectors, made beforehand; round -1 warms up. */
async function encodeAll(model: Encoder, rounds: number): Promise<Bodies> {
  const numbers = Array.from({ length: rounds + 1 }, (_, number) => number - 1)
  const asked = texts.flatMap((text) => [text, ...numbers.map((round) => fresh(text, round))])
  const encodings = await model.encodeQueries(asked)
  return new Map(
    encodings.map(({ vector }, position) => [
      asked[position] ?? '',
      {
        features: toRankFeatureQuery(vector, { field: 'splade' }),
        tokens: { splade: { field: 'splade', tokens: Object.fromEntries(vector) } },
      },
    ]),
  )
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

function search(url: string, query: object): Promise<void> {
  const body = JSON.stringify({ size: 10, track_total_hits: false, _source: false, query })
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/${flags.index}/_search`, { method: 'POST', headers, agent })
    outgoing.on('error', reject).on('response', (incoming) => {
      if (incoming.statusCode !== 200) reject(new Error(`status ${String(incoming.statusCode)}`))
      incoming.resume().on('end', resolve)
    })
    outgoing.end(body)
  })
}

/** What a text costs more than its encoding and the same clauses sent direct. */
function printAdded(ways: readonly Way[]): void {
  const p50 = (name: string): number => at(ways.find((way) => way.name === name)?.times ?? [], 0.5)
  const known = p50('text, encoded before') - p50('sparse clauses, direct')
  const added = p50('text, new') - p50('encoding alone') - p50('clauses of a new text, direct')
  console.log(
    `added by the proxy beyond encoding at p50: ${added.toFixed(2)} ms, ${known.toFixed(2)} ms to a text encoded before`,
  )
}

/** The value that `part` of all times do not exceed. */
function at(times: readonly number[], part: number): number {
  return [...times].sort((a, b) => a - b)[Math.floor(part * times.length)] ?? NaN
}

function print({ name, times, processor }: Way): void {
  const shown = (part: number): string => at(times, part).toFixed(2).padStart(7)
  const mean = processor.reduce((sum, ms) => sum + ms, 0) / processor.length
  const clock = `p50 ${shown(0.5)} ms   p90 ${shown(0.9)} ms   p99 ${shown(0.99)} ms`
  console.log(`${name.padEnd(30)} ${clock}   proxy ${mean.toFixed(2).padStart(6)} ms of a processor`)
}
