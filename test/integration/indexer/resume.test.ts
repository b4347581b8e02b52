import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { member } from '../../../src/engine/json.js'
import { indexDocuments, type IndexDocumentsOptions } from '../../../src/indexer/index-documents.js'
import { fileInput } from '../../../src/indexer/readers/input.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'

const encoder = createLexicalEncoder()
const BULK = 20
/** Documents of each file; many times what is read ahead of the engine. */
const HALF = 300
const ALL = 2 * HALF

const line = (number: number): string => `${JSON.stringify({ _id: `d${number}`, text: `text ${number}` })}\n`
const lines = (first: number, count: number): string =>
  Array.from({ length: count }, (_, position) => line(first + position)).join('')

describe.each(NEWEST_ENGINES.slice(0, 1))('a load that stops and goes on, on %s', (id) => {
  let client: EngineClient
  let folder: string
  let index: string
  let files: { readonly first: string; readonly second: string; readonly checkpoint: string }

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    folder = mkdtempSync(join(tmpdir(), 'splade-bridge-resume-'))
  })
  beforeEach(async () => {
    index = uniqueName('resume')
    await createOne(index)
    const path = (name: string): string => join(folder, `${index}-${name}`)
    files = { first: path('1.jsonl'), second: path('2.jsonl'), checkpoint: path('checkpoint.json') }
    writeFileSync(files.first, lines(0, HALF))
    writeFileSync(files.second, lines(HALF, HALF))
  })
  afterAll(async () => {
    await deleteIndices(client, 'resume-')
    await client.close()
    rmSync(folder, { recursive: true })
  })

  const createOne = (name: string): Promise<unknown> =>
    createIndex(client, {
      index: name,
      meta: { field: 'splade', textFields: ['text'], encoder: encoder.identity },
    })

  const run = (options: Partial<IndexDocumentsOptions> = {}) =>
    indexDocuments(client, encoder, {
      index,
      inputs: [fileInput(files.first), fileInput(files.second)],
      checkpointFile: files.checkpoint,
      batchDocuments: 10,
      flushDocuments: BULK,
      ...options,
    })

  /** Stops by the signal once so many documents are written. */
  async function stopAfter(indexed: number): Promise<number> {
    const controller = new AbortController()
    const result = await run({
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'progress' && event.counts.indexed >= indexed) controller.abort()
      },
    })
    expect(result.read).toBe(result.indexed)
    expect(result.read).toBeLessThan(ALL)
    return result.read
  }

  async function storedIds(): Promise<readonly unknown[]> {
    const { body } = await client.request({
      method: 'POST',
      path: `/${index}/_search`,
      body: { size: 1_000, _source: false, query: { match_all: {} } },
    })
    return (member(body, 'hits', 'hits') as readonly { _id: string }[]).map((hit) => hit._id)
  }

  it.each([20, HALF + 20])(
    'encodes only what is left after %d documents, and counts all',
    async (indexed) => {
      const before = await stopAfter(indexed)
      let encoded = 0
      const result = await run({
        resume: true,
        onEvent: (event) => {
          if (event.type === 'encoded') encoded += event.documents
        },
      })
      expect(result).toMatchObject({ read: ALL, indexed: ALL, unchanged: 0 })
      expect(encoded).toBe(ALL - before)
      expect(await storedIds()).toHaveLength(ALL)
      expect(existsSync(files.checkpoint)).toBe(false)
    },
  )

  it('does not read a file again that was read to its end and is untouched', async () => {
    await stopAfter(HALF + 20)
    const unreadable = { ...fileInput(files.first), bytes: broken() }
    const result = await run({ resume: true, inputs: [unreadable, fileInput(files.second)] })
    expect(result).toMatchObject({ read: ALL, indexed: ALL })
  })

  it('takes lines in that were added at the end of a file', async () => {
    await stopAfter(HALF + 20)
    appendFileSync(files.first, lines(ALL, 5))
    expect(await run({ resume: true })).toMatchObject({ read: ALL + 5, indexed: ALL + 5 })
  })

  it('refuses by line an input whose earlier lines have changed, and writes nothing of it', async () => {
    await stopAfter(20)
    const changed = readFileSync(files.first, 'utf8').replace('text 3"', 'another text"')
    writeFileSync(files.first, changed)
    await expect(run({ resume: true })).rejects.toThrow(
      /1\.jsonl:\d+: is not what it was when the run stopped/,
    )
    await expect(run({ resume: true })).rejects.toThrow('run without --resume')
    expect(await run()).toMatchObject({ read: ALL, deadLettered: 0 })
  })

  it('refuses to go on in an index that was created anew', async () => {
    await stopAfter(20)
    await client.request({ method: 'DELETE', path: `/${index}` })
    await createOne(index)
    await expect(run({ resume: true })).rejects.toThrow(
      'is the checkpoint of another load: its index uuid is',
    )
  })

  it('goes on behind a broken line once that is mended', async () => {
    writeFileSync(files.second, `${lines(HALF, 50)}{broken\n${lines(HALF + 51, HALF - 51)}`)
    await expect(run()).rejects.toThrow('2.jsonl:51: is not JSON')
    writeFileSync(files.second, lines(HALF, HALF))
    expect(await run({ resume: true })).toMatchObject({ read: ALL, indexed: ALL, unchanged: 0 })
  })

  it('shares the inputs out, so that the workers together write what one would', async () => {
    appendFileSync(files.second, line(7).replace('text 7', 'the last of its id'))
    const shares = await Promise.all(
      [0, 1, 2, 3].map((number) =>
        run({ partition: { number, of: 4 }, checkpointFile: `${files.checkpoint}-${number}` }),
      ),
    )
    expect(shares.reduce((sum, { read }) => sum + read, 0)).toBe(ALL + 1)
    expect(Math.min(...shares.map(({ read }) => read))).toBeGreaterThan(ALL / 5)
    expect(await storedIds()).toHaveLength(ALL)
    const { body } = await client.request({ method: 'GET', path: `/${index}/_doc/d7` })
    expect(member(body, '_source', 'text')).toBe('the last of its id')
  })
})

async function* broken(): AsyncGenerator<Uint8Array> {
  yield await Promise.reject<Uint8Array>(new Error('this was not to be read'))
}
