/**
 * Throughput and latency of what only passes through: direct, nginx, this proxy, fastify-reply-from and the least that
 * Node's HTTP server and undici can do, in turns, in front of a trivial upstream (nginx with a fixed answer) or of a
 * real engine.
 *
 *   node --import ./bench/typescript.cjs bench/proxy/pass-through.ts [--engine URL --target /index/_search?…]
 *     [--modules FOLDER] [--seconds 5] [--rounds 3] [--connections 32]
 *
 * Needs `nginx` and `wrk` on the path. FOLDER is one where `npm install fastify @fastify/reply-from` was run; without
 * it that proxy is left out. Every server has one process.
 */
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { describeMachine, median } from '../machine.js'
import { processorMs } from './processor-time.js'
import { BenchServers, type BenchServer } from './servers.js'

const { values: flags } = parseArgs({
  options: {
    engine: { type: 'string' },
    target: { type: 'string', default: '/_search' },
    modules: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
  },
})

interface Target extends BenchServer {
  readonly name: string
}

interface Figures {
  readonly requestsPerSecond: number
  /** Processor time of the proxy for one request, in microseconds: comparable on a busy machine too. */
  readonly cpuMicros: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** The size of a page of ten short hits. */
const ANSWER = JSON.stringify({
  took: 3,
  hits: {
    hits: Array.from({ length: 10 }, (_, n) => ({
      _id: String(n),
      _score: 1.5,
      _source: { title: 'a stone bridge', text: 'it has carried carts for six hundred years' },
    })),
  },
})

const servers = await BenchServers.open()
try {
  const upstream =
    flags.engine ??
    (await servers.nginx(`location / { default_type application/json; return 200 '${ANSWER}'; }`)).url
  const targets = await startTargets(upstream)
  const kind = flags.engine === undefined ? 'trivial' : 'engine'
  console.log(JSON.stringify({ ...describeMachine(), upstream: kind, connections: flags.connections }))
  const figures = new Map(targets.map(({ name }) => [name, [] as Figures[]]))
  for (let round = 0; round < Number(flags.rounds); round++)
    for (const target of targets) figures.get(target.name)?.push(load(target))
  for (const [name, rounds] of figures) print(name, rounds)
} finally {
  await servers.close()
}

async function startTargets(upstream: string): Promise<readonly Target[]> {
  const targets: Target[] = [
    { name: 'direct', url: upstream },
    { name: 'nginx', ...(await servers.nginxBefore(upstream)) },
    { name: 'node:http + undici', ...(await servers.bareBefore(upstream)) },
    { name: 'splade-bridge', ...(await servers.proxyBefore(upstream, ['--no-rewrite'])) },
  ]
  if (flags.modules === undefined) return targets
  return [
    ...targets,
    { name: 'fastify-reply-from', ...(await servers.replyFromBefore(upstream, flags.modules)) },
  ]
}

function load({ url, pid }: Target): Figures {
  const { seconds, connections, target } = flags
  const wrk = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url + target]
  const before = processorMs(pid)
  const report = execFileSync('wrk', wrk, { encoding: 'utf8' })
  const used = (processorMs(pid) - before) * 1_000
  if (/Non-2xx|Socket errors/.test(report)) console.log(report)
  return {
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(report)?.[1]),
    cpuMicros: used / Number(/(\d+) requests in/.exec(report)?.[1]),
    p50Ms: toMs(/^\s+50%\s+(\S+)/m.exec(report)?.[1]),
    p99Ms: toMs(/^\s+99%\s+(\S+)/m.exec(report)?.[1]),
  }
}

function toMs(text = ''): number {
  const factor = text.endsWith('us') ? 0.001 : text.endsWith('ms') ? 1 : 1_000
  return parseFloat(text) * factor
}

function print(name: string, rounds: readonly Figures[]): void {
  const of = (pick: (figures: Figures) => number, digits: number): string =>
    median(rounds.map(pick)).toFixed(digits).padStart(8)
  const rate = of(({ requestsPerSecond }) => requestsPerSecond, 0)
  const [p50, p99] = [of(({ p50Ms }) => p50Ms, 2), of(({ p99Ms }) => p99Ms, 2)]
  const cpu = of(({ cpuMicros: micros }) => micros, 1)
  console.log(
    `${name.padEnd(20)} ${rate} requests/s   p50 ${p50} ms   p99 ${p99} ms   processor ${cpu} µs a request`,
  )
}
