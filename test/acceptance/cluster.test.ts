import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../src/engine/embedded/start.js'
import { testCacheDir, testEnvironment } from '../engine-servers.js'
import { onlyJson, useCliHome } from './cli-process.js'
import { countDocuments, storedDocuments } from './engine-documents.js'

const NODES = ['first', 'second', 'third'] as const
const WORKERS = 4
const DOCUMENTS = 20_000
const INDEX = 'cluster-load'

/** Ports that were free a moment ago: the nodes have to know each other's before they start. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
  return ports
}

async function startCluster(): Promise<readonly EmbeddedEngine[]> {
  const ports = await freePorts(NODES.length)
  const nodes: EmbeddedEngine[] = []
  for (const [position, name] of NODES.entries()) {
    const node = await startEmbeddedEngine({
      engine: 'opensearch-3',
      cacheDir: testCacheDir(),
      environment: testEnvironment(),
      heapMb: 512,
      settings: {
        'cluster.name': 'splade-bridge-cluster',
        'node.name': name,
        'discovery.type': 'zen',
        'discovery.seed_hosts': ports.map((port) => `127.0.0.1:${port}`).join(','),
        'transport.port': String(ports[position]),
        ...(position === 0 && { 'cluster.initial_cluster_manager_nodes': name }),
        // A node that was killed is missed after seconds, not half a minute.
        'cluster.fault_detection.follower_check.timeout': '2s',
        'cluster.fault_detection.leader_check.timeout': '2s',
      },
    })
    nodes.push(node)
  }
  return nodes
}

async function engineJson(url: string, path: string, init?: RequestInit): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' }
  return (await (await fetch(`${url}${path}`, { headers, ...init })).json()) as Record<string, unknown>
}

describe('a cluster of three nodes', () => {
  const home = useCliHome()
  let nodes: readonly EmbeddedEngine[] = []
  beforeAll(async () => {
    nodes = await startCluster()
  })
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()))
  })

  it('loses a node while four workers load it: every document is there once', async () => {
    const [first, second] = nodes
    const { url } = first!
    expect(await engineJson(url, '/_cluster/health')).toMatchObject({ number_of_nodes: NODES.length })
    const common = ['--url', url, '--index', INDEX, '--model', 'bm25']
    expect((await home.run(['init', ...common, '--shards', '3'])).code).toBe(0)
    const body = JSON.stringify({ index: { auto_expand_replicas: false, number_of_replicas: 1 } })
    await engineJson(url, `/${INDEX}/_settings`, { method: 'PUT', body })
    await engineJson(url, '/_cluster/health?wait_for_status=green&timeout=60s')
    const file = await home.write(
      'cluster.jsonl',
      Array.from({ length: DOCUMENTS }, (_, number) => ({
        _id: `d${number}`,
        text: `document ${number} ${Array.from({ length: 40 }, (_, word) => `word${(number * 7 + word * 13) % 900}`).join(' ')}`,
      })),
    )
    const share = (worker: number): readonly string[] => ['--partition', `${worker + 1}/${WORKERS}`]
    const loads = Array.from({ length: WORKERS }, (_, worker) =>
      home.start(['index', ...common, '--json', '--bulk-mb', '1', ...share(worker), file]),
    )
    while ((await countDocuments(url, INDEX)) < DOCUMENTS / 5) await delay(100)
    process.kill(second!.pid, 'SIGKILL')
    const results = await Promise.all(loads.map((load) => load.result))
    expect(results.map(({ code }) => code)).toEqual(results.map(() => 0))
    const counts = results.map((result) => onlyJson(result) as Readonly<Record<string, number>>)
    const sum = (name: string): number => counts.reduce((total, one) => total + (one[name] ?? 0), 0)
    expect(sum('read')).toBe(DOCUMENTS)
    expect(sum('indexed') + sum('unchanged')).toBe(DOCUMENTS)
    expect(await engineJson(url, '/_cluster/health')).toMatchObject({ number_of_nodes: NODES.length - 1 })
    const stored = await storedDocuments(url, INDEX)
    expect(stored.size).toBe(DOCUMENTS)
    expect(await countDocuments(url, INDEX)).toBe(DOCUMENTS)
  })
})
