import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { startEmbeddedEngine } from '../../../src/engine/embedded/start.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import type { IndexEvent, IndexResult } from '../../../src/indexer/events.js'
import { indexDocuments, type IndexDocumentsOptions } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { scanIndex } from '../../../src/indexer/scan-index.js'
import { testCacheDir, testEnvironment } from '../../engine-servers.js'
import { deleteIndices, ENGINES, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { startFaultProxy, type Fault } from '../../fault-proxy.js'
import { recordFigures } from '../../fault-table.js'
import { seededRandom } from '../../random.js'

const encoder = createLexicalEncoder()
const DOCUMENTS = 1_500
/** Documents that the mapping cannot take: each is to be a dead letter. */
const UNSTORABLE_EVERY = 100
const UNSTORABLE = DOCUMENTS / UNSTORABLE_EVERY
/** Records with none of the fields are skipped; as many documents whose text is empty are stored. */
const TEXTLESS_EVERY = 150
const SKIPPED = DOCUMENTS / TEXTLESS_EVERY

const idOf = (number: number): string => `d${number}`

async function* records(): AsyncGenerator<Uint8Array> {
  for (let number = 0; number < DOCUMENTS; number++) {
    const size = number % UNSTORABLE_EVERY === 7 ? { broken: true } : number
    const record = { _id: idOf(number), text: textOf(number), size }
    yield await Promise.resolve(Buffer.from(`${JSON.stringify(record)}\n`))
  }
}

function textOf(number: number): string | undefined {
  const place = number % TEXTLESS_EVERY
  if (place === 9) return undefined
  return place === 19 ? ' ' : `text ${number}`
}

/** All where they are asked for, since each takes a minute: the table of docs/loading.md has them. */
const ALL = process.env.FAULT_MATRIX_FILE !== undefined
const MATRIX_ENGINES = ALL ? ENGINES : NEWEST_ENGINES.slice(0, 1)

describe.each(MATRIX_ENGINES)('every document is there once or named, on %s', (id) => {
  let direct: EngineClient
  let index: string
  let folder: string
  let retryReasons: string[]

  beforeAll(async () => {
    direct = await connect({ url: testEngine(id).url })
    folder = mkdtempSync(join(tmpdir(), 'splade-bridge-matrix-'))
  })
  beforeEach(async () => {
    index = uniqueName('matrix')
    retryReasons = []
    await setUp(direct)
  })
  afterAll(async () => {
    await deleteIndices(direct, 'matrix-')
    await direct.close()
    rmSync(folder, { recursive: true })
  })

  async function setUp(client: EngineClient): Promise<void> {
    const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity }
    await createIndex(client, { index, meta })
    const body = { properties: { size: { type: 'long' } } }
    await client.request({ method: 'PUT', path: `/${index}/_mapping`, body })
  }

  async function load(
    client: EngineClient,
    { onEvent, ...options }: Partial<IndexDocumentsOptions> = {},
  ): Promise<IndexResult> {
    return indexDocuments(client, encoder, {
      index,
      inputs: [streamInput(records())],
      flushDocuments: 50,
      maxConcurrency: 4,
      baseDelayMs: 1,
      maxDelayMs: 100,
      deadLetterFile: join(folder, index),
      onEvent: (event) => {
        if (event.type === 'retry') retryReasons.push(event.reason)
        onEvent?.(event)
      },
      ...options,
    })
  }

  /** The counts add up, and index and dead letters together hold every document once. */
  async function expectAll(client: EngineClient, result: IndexResult, fault: string): Promise<void> {
    const { read, indexed, unchanged, deadLettered, skipped } = result
    expect({ read, deadLettered, skipped }).toEqual({
      read: DOCUMENTS,
      deadLettered: UNSTORABLE,
      skipped: SKIPPED,
    })
    expect(indexed + unchanged).toBe(DOCUMENTS - UNSTORABLE - SKIPPED)
    const stored: string[] = []
    const query = { match_all: {} }
    for await (const page of scanIndex(client, index, { query, batchDocuments: 1_000 }))
      stored.push(...page.map((document) => document.id))
    const letters = readFileSync(join(folder, index), 'utf8').trimEnd().split('\n')
    const named = letters.map((line) => (JSON.parse(line) as { id: string }).id)
    expect(named).toHaveLength(UNSTORABLE)
    const skippedIds = Array.from({ length: SKIPPED }, (_, number) => idOf(number * TEXTLESS_EVERY + 9))
    const all = Array.from({ length: DOCUMENTS }, (_, number) => idOf(number))
    expect([...stored, ...named, ...skippedIds].sort()).toEqual(all.sort())
    // The engine has answered before, so nobody is to be told of another protocol.
    expect(retryReasons.filter((reason) => reason.includes('speaks http'))).toEqual([])
    recordFigures({ fault, engine: id, result, stored: stored.length, retries: retryReasons.length })
  }

  const status = (code: number): Fault => ({ status: code, body: { error: 'later' } })

  const FAULTS: readonly (readonly [string, (random: () => number) => Fault])[] = [
    ['429 for whole requests', () => status(429)],
    ['502 and 503 from a gateway', (random) => status(random() < 0.5 ? 502 : 503)],
    [
      '429 and 503 for single documents',
      (random) => {
        const salt = Math.floor(random() * 5)
        return { status: salt > 2 ? 429 : 503, refuse: (document) => (document.length + salt) % 3 === 0 }
      },
    ],
    ['connections cut before the engine', () => 'cut'],
    ['answers lost', () => 'lose answer'],
    ['answers that end in their middle', () => 'cut answer'],
    ['answers that trickle', () => ({ trickleMs: 50 })],
  ]

  async function through(
    fault: string,
    decide: (random: () => number) => Fault,
    seed: number,
  ): Promise<number> {
    const random = seededRandom(seed)
    let faults = 0
    const proxy = await startFaultProxy(
      testEngine(id).url,
      ({ path }) => {
        if (!path.includes('_bulk') && !path.includes('_mget')) return 'pass'
        if (random() < 0.6) return 'pass'
        const decided = decide(random)
        // Only bulk requests have items.
        if (typeof decided === 'object' && 'refuse' in decided && !path.includes('_bulk')) return 'pass'
        faults += 1
        return decided
      },
      (path) => seed === MIXED && path.includes('_bulk') && random() < 0.1,
    )
    const client = await connect({ url: proxy.url })
    try {
      await expectAll(direct, await load(client), fault)
    } finally {
      await client.close()
      await proxy.close()
    }
    return faults
  }

  const MIXED = 99

  it.each(FAULTS)('%s', async (fault, decide) => {
    expect(await through(fault, decide, 1)).toBeGreaterThan(5)
  })

  it('all of them together, and uploads cut in their middle', async () => {
    const decide = (random: () => number): Fault => FAULTS[Math.floor(random() * FAULTS.length)]![1](random)
    expect(await through('all of these, and uploads cut in their middle', decide, MIXED)).toBeGreaterThan(10)
  })

  it.each([
    ['a full disk', 'read_only_allow_delete'],
    ['a person who blocks writes', 'write'],
  ])('waits for the end of a block by %s', async (cause, block) => {
    const setBlock = (value: boolean | null): Promise<unknown> =>
      direct.request({
        method: 'PUT',
        path: `/${index}/_settings`,
        body: { [`index.blocks.${block}`]: value },
      })
    const reasons: string[] = []
    let lifted: Promise<unknown> | undefined
    const onEvent = (event: IndexEvent): void => {
      if (event.type === 'progress' && event.counts.indexed > 200 && reasons.length === 0) {
        reasons.push('blocked')
        void setBlock(true)
      }
      if (event.type !== 'retry') return
      reasons.push(event.reason)
      if (event.retry >= 3) lifted ??= setBlock(null)
    }
    const result = await load(direct, { onEvent, baseDelayMs: 20 })
    expect(reasons.some((reason) => reason.includes('cluster_block_exception'))).toBe(true)
    expect(lifted).toBeDefined()
    await expectAll(direct, result, cause)
  })

  it('waits for a node that restarts during the load', async () => {
    const options = { engine: id, cacheDir: testCacheDir(), environment: testEnvironment(), heapMb: 512 }
    const dataDir = join(folder, `${index}-node`)
    const first = await startEmbeddedEngine({ ...options, dataDir })
    let node = first
    const client = await connect({ url: first.url })
    try {
      await setUp(client)
      let restarted: Promise<unknown> | undefined
      const restart = async (): Promise<void> => {
        await first.stop()
        node = await startEmbeddedEngine({ ...options, dataDir, port: Number(new URL(first.url).port) })
      }
      const reasons: string[] = []
      const onEvent = (event: IndexEvent): void => {
        if (event.type === 'retry') reasons.push(event.reason)
        if (event.type === 'progress' && event.counts.indexed > 200) restarted ??= restart()
      }
      const result = await load(client, { onEvent, maxDelayMs: 1_000 })
      await restarted
      expect(reasons.length).toBeGreaterThan(0)
      await client.request({ method: 'POST', path: `/${index}/_refresh` })
      await expectAll(client, result, 'a restart of the node')
    } finally {
      await client.close()
      await node.stop()
    }
  })
})
