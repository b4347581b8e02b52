/**
 * Throughput and latency of what only passes through: direct, nginx, this proxy and fastify-reply-from, in turns, in
 * front of a trivial upstream (nginx with a fixed answer) or of a real engine.
 *
 *   node --import ./bench/typescript.cjs bench/proxy/pass-through.ts [--engine URL --target /index/_search?…]
 *     [--modules FOLDER] [--seconds 5] [--rounds 3] [--connections 32] [--rate 0]
 *
 * Needs `nginx` and `wrk` on the path. FOLDER is one where `npm install fastify @fastify/reply-from` was run; without
 * it that proxy is left out. Every server has one process.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine, median } from '../machine.js'

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

interface Figures {
  readonly requestsPerSecond: number
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

const started: ChildProcess[] = []
const scratch = await mkdtemp(join(tmpdir(), 'splade-bridge-bench-'))

try {
  const upstream =
    flags.engine ??
    (await startNginx('upstream', `location / { default_type application/json; return 200 '${ANSWER}'; }`))
  const targets = await startTargets(upstream)
  console.log(
    JSON.stringify({ ...describeMachine(), upstream: flags.engine === undefined ? 'trivial' : 'engine' }),
  )
  const figures = new Map(targets.map(({ name }) => [name, [] as Figures[]]))
  for (let round = 0; round < Number(flags.rounds); round++)
    for (const { name, url } of targets) figures.get(name)?.push(load(url))
  for (const [name, rounds] of figures) print(name, rounds)
} finally {
  for (const child of started) child.kill()
  await rm(scratch, { recursive: true, force: true })
}

async function startTargets(upstream: string): Promise<readonly { name: string; url: string }[]> {
  const nginx = await startNginx(
    'proxy',
    `location / { proxy_pass http://upstream; proxy_http_version 1.1; proxy_set_header Connection ""; }`,
    upstream,
  )
  const ours = await startNode(
    ['--import', './bench/typescript.cjs', 'src/cli/main.ts', 'proxy', '--no-rewrite'],
    (port) => ['--upstream', upstream, '--listen', `127.0.0.1:${port}`],
  )
  const targets = [
    { name: 'direct', url: upstream },
    { name: 'nginx', url: nginx },
    { name: 'splade-bridge', url: ours },
  ]
  if (flags.modules !== undefined)
    targets.push({ name: 'fastify-reply-from', url: await startReplyFrom(flags.modules, upstream) })
  return targets
}

async function startNginx(name: string, location: string, upstream?: string): Promise<string> {
  const folder = join(scratch, name)
  const port = await freePort()
  await mkdir(folder)
  const pool =
    upstream === undefined ? '' : `upstream upstream { server ${new URL(upstream).host}; keepalive 128; }`
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder};`)
    .join(' ')
  const config = `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; ${paths} ${pool} server { listen 127.0.0.1:${port}; ${location} } }`
  await writeFile(join(folder, 'nginx.conf'), config)
  started.push(spawn('nginx', ['-p', folder, '-c', 'nginx.conf'], { stdio: 'inherit' }))
  return answering(port)
}

async function startNode(
  script: readonly string[],
  options: (port: number) => readonly string[],
): Promise<string> {
  const port = await freePort()
  started.push(
    spawn(process.execPath, [...script, ...options(port)], { stdio: ['ignore', 'ignore', 'inherit'] }),
  )
  return answering(port)
}

async function startReplyFrom(modules: string, upstream: string): Promise<string> {
  const file = join(resolve(modules), 'reply-from-server.mjs')
  await writeFile(
    file,
    `import Fastify from 'fastify'
import replyFrom from '@fastify/reply-from'
const server = Fastify()
await server.register(replyFrom, { base: process.argv[2], undici: { connections: 128, pipelining: 1 } })
server.all('/*', (request, reply) => reply.from(request.url))
await server.listen({ port: Number(process.argv[3]) })
`,
  )
  return startNode([file], (port) => [upstream, String(port)])
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        done(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
  })
}

async function answering(port: number): Promise<string> {
  const url = `http://127.0.0.1:${port}`
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer !== undefined) return url
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error(`nothing answers at ${url}`)
}

function load(url: string): Figures {
  const { seconds, connections, target } = flags
  const wrk = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url + target]
  const report = execFileSync('wrk', wrk, { encoding: 'utf8' })
  if (/Non-2xx|Socket errors/.test(report)) console.log(report)
  return {
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(report)?.[1]),
    p50Ms: toMs(/50%\s+(\S+)/.exec(report)?.[1]),
    p99Ms: toMs(/99%\s+(\S+)/.exec(report)?.[1]),
  }
}

function toMs(text = ''): number {
  const factor = text.endsWith('us') ? 0.001 : text.endsWith('ms') ? 1 : 1_000
  return parseFloat(text) * factor
}

function print(name: string, rounds: readonly Figures[]): void {
  const of = (pick: (figures: Figures) => number): number => median(rounds.map(pick))
  const rate = of(({ requestsPerSecond }) => requestsPerSecond).toFixed(0)
  const [p50, p99] = [of(({ p50Ms }) => p50Ms), of(({ p99Ms }) => p99Ms)].map((ms) => ms.toFixed(2))
  console.log(`${name.padEnd(20)} ${rate.padStart(8)} requests/s   p50 ${p50 ?? ''} ms   p99 ${p99 ?? ''} ms`)
}
