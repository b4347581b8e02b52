/**
 * Keeps a proxy under load while connections are cut at random, and prints its memory and file descriptors; fails if
 * they grow, or anything stays behind.
 *
 *   node --import ./bench/typescript.cjs bench/proxy/soak.ts [--minutes 10] [--workers 8] [--upstream URL]
 *     [--model splade-tiny-en]
 *
 * Without --upstream a local server stands for the engine: it answers at once, late, slowly, or not to the end.
 */
import type { ServerResponse } from 'node:http'
import { type IncomingMessage, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { askServer, startFakeEngine } from '../../test/proxy-harness.js'
import { seededRandom } from '../../test/random.js'
import { describeMachine } from '../machine.js'
import { BenchServers } from './servers.js'

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    workers: { type: 'string', default: '8' },
    upstream: { type: 'string' },
    model: { type: 'string', default: 'splade-tiny-en' },
    seed: { type: 'string', default: '1' },
  },
})

interface Sample {
  readonly residentMiB: number
  readonly heapMiB: number
  readonly openFiles: number
  readonly inFlight: number
  readonly bufferedBytes: number
}

const SAMPLE_EVERY_MS = 15_000
/** The rest of a minute, in which caches fill and code is compiled, is not compared. */
const WARM_UP_SAMPLES = 4
/** Growth that a collection at another moment explains. */
const GROWTH_MIB = 40

const TARGETS = ['/a/_search', '/a/_count', '/_bulk', '/a/_doc/1', '/_msearch', '/_cluster/health']

const random = seededRandom(Number(flags.seed))
const counts = { whole: 0, cut: 0, broken: 0, refused: 0 }
const deadline = performance.now() + Number(flags.minutes) * 60_000
const engine = await startFakeEngine(misbehave)
const servers = await BenchServers.open()
try {
  const { url } = await servers.proxyBefore(flags.upstream ?? engine.url, [
    '--model',
    flags.model,
    '--log-level',
    'error',
  ])
  console.log(JSON.stringify({ ...describeMachine(), ...flags }))
  const samples: Sample[] = []
  const workers = Array.from({ length: Number(flags.workers) }, () => work(url))
  while (performance.now() < deadline) {
    await wait(SAMPLE_EVERY_MS)
    samples.push(await sample(url))
    console.log(JSON.stringify({ ...samples.at(-1), ...counts }))
  }
  await Promise.all(workers)
  await wait(1_000)
  judge(samples, await sample(url))
} finally {
  await servers.close()
  await engine.close()
}

/** One engine with all the moods of a cluster. */
function misbehave(incoming: IncomingMessage, response: ServerResponse): void {
  const mood = random()
  incoming.on('error', () => undefined).resume()
  incoming.on('end', () => {
    if (mood < 0.05) incoming.socket.destroy()
    else if (mood < 0.1) response.writeHead(429, { 'retry-after': '0' }).end('{}')
    else if (mood < 0.2) setTimeout(() => response.end('{"late":true}'), 200 * random())
    else if (mood < 0.3)
      response
        .writeHead(200, { 'content-length': 1_000_000 })
        .write(Buffer.alloc(500_000), () => response.destroy())
    else if (mood < 0.5) response.end(Buffer.alloc(Math.floor(random() * 2_000_000)))
    else response.setHeader('content-type', 'application/json').end('{"took":1,"hits":{"hits":[]}}')
  })
}

async function work(url: string): Promise<void> {
  while (performance.now() < deadline) {
    await send(url, random() < 0.3 ? 50 * random() : undefined)
    await wait(20 * random())
  }
}

/** @param cutAfterMs when the client goes away; undefined: it stays */
function send(url: string, cutAfterMs: number | undefined): Promise<void> {
  const target = TARGETS[Math.floor(random() * TARGETS.length)] ?? '/'
  const body =
    random() < 0.1
      ? Buffer.alloc(Math.floor(random() * 3_000_000), 'x')
      : '{"query":{"match":{"title":"stone"}}}\n'
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', ...(random() < 0.5 && { connection: 'close' }) }
    const outgoing = request(url + target, { method: 'POST', headers })
    let isCut = false
    const timer =
      cutAfterMs === undefined
        ? undefined
        : setTimeout(() => {
            isCut = true
            outgoing.destroy()
          }, cutAfterMs)
    let answer: IncomingMessage | undefined
    outgoing.on('response', (incoming) => {
      answer = incoming
      if ((incoming.statusCode ?? 0) >= 400) counts.refused++
      incoming.on('error', () => undefined).resume()
    })
    outgoing.on('error', () => undefined)
    outgoing.on('close', () => {
      clearTimeout(timer)
      if (isCut) counts.cut++
      else if (answer?.complete === true) counts.whole++
      else counts.broken++
      resolve()
    })
    outgoing.end(body)
  })
}

async function sample(url: string): Promise<Sample> {
  const text = (await askServer(url, { target: '/_splade/metrics' })).body.toString()
  const value = (name: string): number => Number(new RegExp(`^${name} ([\\d.e+]+)`, 'm').exec(text)?.[1])
  const mebibytes = (name: string): number => Math.round(value(name) / 2 ** 20)
  return {
    residentMiB: mebibytes('process_resident_memory_bytes'),
    heapMiB: mebibytes('nodejs_heap_size_used_bytes'),
    openFiles: value('process_open_fds'),
    inFlight: value('splade_bridge_proxy_requests_in_flight') - 1,
    bufferedBytes: value('splade_bridge_proxy_buffered_bytes'),
  }
}

function judge(samples: readonly Sample[], last: Sample): void {
  const settled = samples.slice(WARM_UP_SAMPLES)
  const half = settled.length >> 1
  const mean = (part: readonly Sample[]): number =>
    part.reduce((sum, { residentMiB }) => sum + residentMiB, 0) / part.length
  const growthMiB = mean(settled.slice(half)) - mean(settled.slice(0, half))
  console.log(JSON.stringify({ last, ...counts, growthMiB: Math.round(growthMiB) }))
  if (growthMiB > GROWTH_MIB || last.inFlight + last.bufferedBytes > 0) process.exitCode = 1
}
