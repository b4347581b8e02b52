import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { member } from '../../../src/engine/json.js'
import type { IndexEvent } from '../../../src/indexer/events.js'
import { indexDocuments, type IndexDocumentsOptions } from '../../../src/indexer/index-documents.js'
import { fileInput } from '../../../src/indexer/readers/input.js'
import { deleteIndices, OUTER_ENGINES, testEngine, uniqueName } from '../../engines.js'

const encoder = createLexicalEncoder()

describe.each(OUTER_ENGINES)('indexing documents on %s', (id) => {
  let client: EngineClient
  let folder: string
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    folder = mkdtempSync(join(tmpdir(), 'splade-bridge-indexer-'))
  })
  afterAll(async () => {
    await deleteIndices(client, 'indexing-')
    await client.close()
    rmSync(folder, { recursive: true })
  })

  function fileOf(records: readonly (object | string)[]): string {
    const path = join(folder, `${uniqueName('records')}.jsonl`)
    writeFileSync(
      path,
      records.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)) + '\n').join(''),
    )
    return path
  }

  async function newIndex(): Promise<string> {
    const index = uniqueName('indexing')
    const meta = { field: 'splade', textFields: ['title', 'text'], encoder: encoder.identity }
    await createIndex(client, { index, meta })
    return index
  }

  const run = (index: string, file: string, options: Partial<IndexDocumentsOptions> = {}) =>
    indexDocuments(client, encoder, { index, inputs: [fileInput(file)], ...options })

  async function documentOf(index: string, documentId: string): Promise<unknown> {
    const { body } = await client.request({
      method: 'GET',
      path: `/${index}/_doc/${encodeURIComponent(documentId)}`,
    })
    return member(body, '_source')
  }

  async function countOf(index: string): Promise<unknown> {
    const { body } = await client.request({ method: 'GET', path: `/${index}/_count` })
    return member(body, 'count')
  }

  it('stores each record with its vector and side fields, without its id inside', async () => {
    const index = await newIndex()
    const file = fileOf([{ _id: 'a', title: '바다', text: '바다를 건너는 배', year: 1999 }])
    const result = await run(index, file)
    expect(result).toMatchObject({ read: 1, indexed: 1, unchanged: 0, deadLettered: 0, skipped: 0 })
    const [encoding] = await encoder.encodeDocuments(['바다 바다를 건너는 배'])
    expect(await documentOf(index, 'a')).toEqual({
      title: '바다',
      text: '바다를 건너는 배',
      year: 1999,
      splade: Object.fromEntries(encoding?.vector ?? []),
      splade_meta: {
        id: 'a',
        fingerprint: encoder.identity.fingerprint,
        content_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        active_tokens: encoding?.vector.size,
        token_count: encoding?.tokenCount,
        truncated: false,
        chunk_count: 1,
        encoded_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    })
  })

  it('writes only what changed on a second run', async () => {
    const index = await newIndex()
    const records = Array.from({ length: 300 }, (_, number) => ({
      _id: `d${number}`,
      text: `document ${number}`,
    }))
    await run(index, fileOf(records))
    const changed = records.map((record, number) => (number % 100 === 7 ? { ...record, lang: 'en' } : record))
    const result = await run(index, fileOf(changed))
    expect(result).toMatchObject({ read: 300, indexed: 3, unchanged: 297, deadLettered: 0, skipped: 0 })
    expect(await documentOf(index, 'd107')).toMatchObject({ lang: 'en' })
  })

  it('writes unchanged documents again where asked to', async () => {
    const index = await newIndex()
    const file = fileOf([{ _id: 'a', text: 'same' }])
    await run(index, file)
    expect(await run(index, file, { force: true })).toMatchObject({ read: 1, indexed: 1, unchanged: 0 })
  })

  it('gives records without an id one by their content, so that a second run adds nothing', async () => {
    const index = await newIndex()
    const file = fileOf([{ text: 'first' }, { text: 'second' }])
    await run(index, file)
    expect(await run(index, file)).toMatchObject({ read: 2, unchanged: 2 })
    expect(await countOf(index)).toBe(2)
  })

  it('ends with the last of several records of one id, whatever the index held', async () => {
    const index = await newIndex()
    await run(index, fileOf([{ _id: 'a', text: 'last' }]))
    const versions = ['one', 'two', 'three', 'last'].map((text) => ({ _id: 'a', text }))
    const result = await run(index, fileOf(versions), { batchDocuments: 3 })
    expect(result).toMatchObject({ read: 4, indexed: 4, unchanged: 0 })
    expect(await documentOf(index, 'a')).toMatchObject({ text: 'last' })
  })

  it("keeps what the engine refuses as dead letters with the engine's reason", async () => {
    const index = await newIndex()
    const broken = { _id: 'bad', text: 'a date', published: { nested: 'object' } }
    const file = fileOf([
      { _id: 'good', text: 'a date', published: 'text' },
      broken,
      { _id: 'last', text: 'end' },
    ])
    const deadLetterFile = join(folder, `${uniqueName('dead')}.ndjson`)
    const result = await run(index, file, { deadLetterFile })
    expect(result).toMatchObject({ read: 3, indexed: 2, deadLettered: 1 })
    const [line = '', ...rest] = readFileSync(deadLetterFile, 'utf8').trimEnd().split('\n')
    expect(rest).toEqual([])
    expect(JSON.parse(line)).toEqual({
      file,
      line: 2,
      id: 'bad',
      status: 400,
      reason: expect.stringContaining('_parsing_exception'),
      document: broken,
    })
  })

  it('isolates a document that makes the engine refuse a whole request', async () => {
    const index = await newIndex()
    const records = Array.from({ length: 9 }, (_, number) => ({ _id: `d${number}`, text: 'fine' }))
    const file = fileOf([...records, { _id: 'lone \ud800 surrogate', text: 'no such id in UTF-8' }])
    const events: IndexEvent[] = []
    const result = await run(index, file, { onEvent: (event) => events.push(event) })
    expect(result.read).toBe(10)
    expect(result.indexed + result.deadLettered).toBe(10)
    expect(result.indexed).toBeGreaterThanOrEqual(9)
    expect(events.filter(({ type }) => type === 'dead-letter')).toHaveLength(result.deadLettered)
  })

  it('leaves no dead-letter file behind where nothing failed', async () => {
    const deadLetterFile = join(folder, `${uniqueName('dead')}.ndjson`)
    await run(await newIndex(), fileOf([{ _id: 'a', text: 'fine' }]), { deadLetterFile })
    expect(existsSync(deadLetterFile)).toBe(false)
  })

  it('writes what came before a broken line, then names the line', async () => {
    const index = await newIndex()
    const file = fileOf([
      { _id: 'a', text: 'one' },
      { _id: 'b', text: 'two' },
      '{"_id": "c", "text": ',
      { _id: 'd' },
    ])
    await expect(run(index, file)).rejects.toThrow(`${file}:3: is not JSON`)
    await client.request({ method: 'POST', path: `/${index}/_refresh` })
    expect(await countOf(index)).toBe(2)
  })

  it('finishes what it has read when it is told to stop', async () => {
    const index = await newIndex()
    const records = Array.from({ length: 5000 }, (_, number) => ({
      _id: `d${number}`,
      text: `document ${number}`,
    }))
    const stop = new AbortController()
    const result = await run(index, fileOf(records), {
      signal: stop.signal,
      flushDocuments: 10,
      onEvent: (event) => {
        if (event.type === 'progress' && event.counts.indexed > 0) stop.abort()
      },
    })
    expect(result.read).toBeLessThan(5000)
    expect(result.indexed).toBe(result.read)
    expect(await countOf(index)).toBe(result.read)
  })

  it('refuses an index that another model wrote', async () => {
    const index = uniqueName('indexing')
    const meta = { field: 'splade', textFields: ['text'], encoder: { name: 'other', fingerprint: '0123' } }
    await createIndex(client, { index, meta })
    await expect(run(index, fileOf([{ text: 'x' }]))).rejects.toThrow('was written by model other')
  })

  it('refuses an index that does not exist, and creates none', async () => {
    const index = uniqueName('indexing')
    await expect(run(index, fileOf([{ text: 'x' }]))).rejects.toThrow(`there is no index "${index}"`)
    expect((await client.request({ method: 'HEAD', path: `/${index}` })).status).toBe(404)
  })
})
