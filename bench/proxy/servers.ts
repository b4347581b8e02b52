/** Servers that the benches of the proxy start, each with one process, and stop again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface BenchServer {
  readonly url: string
  /** Undefined for one that was not started here. */
  readonly pid?: number | undefined
}

const REPLY_FROM = `import Fastify from 'fastify'
import replyFrom from '@fastify/reply-from'
const server = Fastify()
await server.register(replyFrom, { base: process.argv[2], undici: { connections: 128, pipelining: 1 } })
server.all('/*', (request, reply) => reply.from(request.url))
await server.listen({ port: Number(process.argv[3]) })
`

/** The least that a proxy of these two libraries can do: no limits, no checks, nothing counted. */
const BARE = `import http from 'node:http'
import { createRequire } from 'node:module'
const { Pool } = createRequire(process.cwd() + '/')('undici')
const pool = new Pool(process.argv[2], { pipelining: 1 })
const server = http.createServer((request, response) => {
  const { method, url, rawHeaders } = request
  pool.dispatch({ path: url, method, headers: rawHeaders.slice(2) }, {
    onConnect() {},
    onHeaders(status, raw, resume, text) {
      const headers = raw.map((part) => part.toString('latin1'))
      const at = headers.findIndex((part, place) => place % 2 === 0 && part.toLowerCase() === 'connection')
      if (at >= 0) headers.splice(at, 2)
      response.writeHead(status, text, headers)
      return true
    },
    onData(chunk) { return response.write(chunk) },
    onComplete() { response.end() },
    onError() { response.destroy() },
  })
})
server.listen(Number(process.argv[3]), '127.0.0.1')
`

export class BenchServers {
  private readonly children: ChildProcess[] = []

  private constructor(private readonly folder: string) {}

  static async open(): Promise<BenchServers> {
    return new BenchServers(await mkdtemp(join(tmpdir(), 'splade-bridge-bench-')))
  }

  /** An nginx with one server. */
  async nginx(location: string, upstream?: string): Promise<BenchServer> {
    const port = await freePort()
    const folder = join(this.folder, `nginx-${port}`)
    await mkdir(folder)
    await writeFile(join(folder, 'nginx.conf'), nginxConfig(folder, port, location, upstream))
    return this.start('nginx', ['-p', folder, '-c', 'nginx.conf'], port)
  }

  nginxBefore(upstream: string): Promise<BenchServer> {
    const location =
      'location / { proxy_pass http://upstream; proxy_http_version 1.1; proxy_set_header Connection ""; }'
    return this.nginx(location, upstream)
  }

  /** `splade-bridge proxy` with flags. */
  async proxyBefore(upstream: string, flags: readonly string[]): Promise<BenchServer> {
    const port = await freePort()
    const script = ['--import', './bench/typescript.cjs', 'src/cli/main.ts', 'proxy']
    const addresses = ['--upstream', upstream, '--listen', `127.0.0.1:${port}`]
    return this.start(process.execPath, [...script, ...addresses, ...flags], port)
  }

  /** Node's server and undici's client, and nothing between them. */
  bareBefore(upstream: string): Promise<BenchServer> {
    return this.script(join(this.folder, 'bare-server.mjs'), BARE, upstream)
  }

  /** @param modules a folder where `npm install fastify @fastify/reply-from` was run */
  replyFromBefore(upstream: string, modules: string): Promise<BenchServer> {
    return this.script(join(resolve(modules), 'reply-from-server.mjs'), REPLY_FROM, upstream)
  }

  async close(): Promise<void> {
    for (const child of this.children) child.kill()
    await rm(this.folder, { recursive: true, force: true })
  }

  /** A proxy whose source is told its upstream and its port. */
  private async script(file: string, source: string, upstream: string): Promise<BenchServer> {
    const port = await freePort()
    await writeFile(file, source)
    return this.start(process.execPath, [file, upstream, String(port)], port)
  }

  private async start(command: string, args: readonly string[], port: number): Promise<BenchServer> {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    this.children.push(child)
    return { url: await answering(port), pid: child.pid }
  }
}

function nginxConfig(folder: string, port: number, location: string, upstream: string | undefined): string {
  const pool =
    upstream === undefined ? '' : `upstream upstream { server ${new URL(upstream).host}; keepalive 128; }`
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder};`)
    .join(' ')
  return `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; ${paths} ${pool}
  server { listen 127.0.0.1:${port}; ${location} } }`
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
