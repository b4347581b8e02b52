import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { NodeLaunch, NodeProcess } from '../../../../src/engine/embedded/node-process.js'
import { awaitGreen } from '../../../../src/engine/embedded/readiness.js'
import { stopChild } from '../../../../src/engine/embedded/stop.js'
import { EmbeddedEngineError } from '../../../../src/errors.js'

let folder: string
let launch: NodeLaunch
const children: ChildProcess[] = []
const servers: Server[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'readiness-test-'))
  launch = {
    installation: folder,
    javaHome: folder,
    classArchive: undefined,
    environment: {},
    dataDir: folder,
    temporary: false,
    port: 0,
    heapMb: 512,
    settings: {},
    logFile: join(folder, 'engine.log'),
    readyFile: join(folder, 'ready.json'),
    detach: false,
  }
})

afterEach(async () => {
  for (const child of children.splice(0)) await stopChild(child)
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  await rm(folder, { recursive: true, force: true })
})

function program(script: string): NodeProcess {
  const child = spawn(process.execPath, ['-e', script])
  children.push(child)
  return { pid: child.pid ?? 0, child }
}

/** Answers like a node without a root handler; one health a request, the last one from then on. */
async function answerLikeNode(healths: readonly string[]): Promise<number> {
  let asked = 0
  const server = createServer((request, response) => {
    const health = healths[Math.min(asked, healths.length - 1)]
    if (request.url === '/_cluster/health') asked++
    if (request.url === '/') response.statusCode = 405
    response.end(request.url?.startsWith('/_nodes/_local') === true ? LOCAL_NODE : health)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const LOCAL_NODE = '{"nodes":{"x":{"version":"3.8.0"}}}'
const WAIT = 'setInterval(() => {}, 1000)'
const GREEN = '{"status":"green","initializing_shards":0}'

describe('awaitGreen', () => {
  it('gives address and version once health is green, and removes the ready file', async () => {
    const port = await answerLikeNode(['{"status":"red","initializing_shards":0}', 'not json', GREEN])
    await writeFile(launch.readyFile, JSON.stringify({ port }))
    const ready = await awaitGreen(program(WAIT), launch, 60_000)
    expect(ready).toEqual({ url: `http://127.0.0.1:${port}`, version: '3.8.0' })
    await expect(access(launch.readyFile)).rejects.toThrow('ENOENT')
  })

  it('accepts yellow once no shard is being recovered: one node never holds replicas', async () => {
    const port = await answerLikeNode([
      '{"status":"yellow","initializing_shards":1}',
      '{"status":"yellow","initializing_shards":0}',
    ])
    await writeFile(launch.readyFile, JSON.stringify({ port }))
    await expect(awaitGreen(program(WAIT), launch, 60_000)).resolves.toMatchObject({ version: '3.8.0' })
  })

  it('tells the exit status and the last lines of the log of a process that ends', async () => {
    await writeFile(launch.logFile, 'first\n\nlast words\n')
    const node = program('process.exit(3)')
    await expect(awaitGreen(node, launch, 60_000)).rejects.toThrow(EmbeddedEngineError)
    await expect(awaitGreen(node, launch, 60_000)).rejects.toThrow(
      `the engine ended while starting (exit status 3). Its log tells why. Log: ${launch.logFile}\nfirst\nlast words`,
    )
  })

  it('tells the signal that ended the process', async () => {
    const node = program('process.kill(process.pid, "SIGKILL")')
    await expect(awaitGreen(node, launch, 60_000)).rejects.toThrow('(signal SIGKILL)')
  })

  it.each([
    ['IllegalStateException: failed to obtain node locks, tried [/data]', /in use by another engine: stop/],
    ['Could not reserve enough space for 2097152KB object heap', /heap does not fit: choose another heap/],
    ['java.lang.OutOfMemoryError: Java heap space', /heap does not fit/],
    ['cannot downgrade a node from version [3.8.0] to version [2.19.6]', /written by another version/],
  ])('says what to do about "%s"', async (line, advice) => {
    await writeFile(launch.logFile, `${line}\n`)
    await expect(awaitGreen(program('process.exit(1)'), launch, 60_000)).rejects.toThrow(advice)
  })

  it('does not take the JVM options in the log for a lack of memory', async () => {
    await writeFile(launch.logFile, 'JVM arguments [-XX:+ExitOnOutOfMemoryError]\n')
    await expect(awaitGreen(program('process.exit(1)'), launch, 60_000)).rejects.toThrow('Its log tells why')
  })

  it('names the port that was taken between the check and the start', async () => {
    await writeFile(
      launch.logFile,
      'org.opensearch.http.BindHttpException: Failed to bind to 127.0.0.1:9200\n',
    )
    const taken = awaitGreen(program('process.exit(1)'), { ...launch, port: 9200 }, 60_000)
    await expect(taken).rejects.toThrow('port 9200 of 127.0.0.1 is taken')
  })

  it('gives up when the time has passed, and leaves the process to its caller', async () => {
    await writeFile(launch.logFile, 'still recovering\n')
    const node = program(WAIT)
    await once(node.child, 'spawn')
    await expect(awaitGreen(node, launch, 250)).rejects.toThrow(
      `not ready within 250 ms: raise the start time limit, or read ${launch.logFile}\nstill recovering`,
    )
    expect(node.child.exitCode).toBeNull()
  })
})
