import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
const GOOD = '{"_id":"good","text":"fine"}'
/** Line -> the beginning of the reason. */
const BROKEN = new Map([
  [1, 'must be a JSON object'],
  [3, 'is not JSON'],
  [4, 'field "_id" must be a non-empty string'],
  [6, 'field "text" must be a string or a list of strings'],
])
const LINES = ['[7]', GOOD, '{"_id":"cut","te', '{"_id":"","text":"no id"}', '', '{"_id":"n","text":5}']

describe.each(NEWEST_ENGINES)('records that break a rule on %s', (id) => {
  let client: EngineClient
  let folder: string
  let index: string
  let files: { readonly input: string; readonly letters: string; readonly again: string }
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    folder = mkdtempSync(join(tmpdir(), 'splade-bridge-bad-'))
  })
  beforeEach(async () => {
    index = uniqueName('badrecords')
    const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity }
    await createIndex(client, { index, meta })
    const path = (name: string): string => join(folder, `${index}-${name}`)
    files = { input: path('in.jsonl'), letters: path('dead.ndjson'), again: path('again.ndjson') }
  })
  afterAll(async () => {
    await deleteIndices(client, 'badrecords-')
    await client.close()
    rmSync(folder, { recursive: true })
  })

  const run = (options: Partial<IndexDocumentsOptions> = {}) =>
    indexDocuments(client, encoder, {
      index,
      inputs: [fileInput(files.input)],
      deadLetterFile: files.letters,
      onBadRecord: 'dead-letter',
      ...options,
    })

  const lettersOf = (path: string): readonly Record<string, unknown>[] =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  async function countOf(): Promise<unknown> {
    return member((await client.request({ method: 'GET', path: `/${index}/_count` })).body, 'count')
  }

  it('stop the run where nobody says otherwise, and the error names the option', async () => {
    writeFileSync(files.input, `${GOOD}\n${LINES[2]!}\n`)
    const stopped = run({ onBadRecord: 'stop' })
    await expect(stopped).rejects.toThrow(
      /in\.jsonl:2: is not JSON: .*; --on-bad-record dead-letter puts it into the dead-letter file and goes on$/,
    )
    expect(existsSync(files.letters)).toBe(false)
    await client.request({ method: 'POST', path: `/${index}/_refresh` })
    expect(await countOf()).toBe(1)
  })

  it('are dead letters with place, reason, and record or text; mended they are replayed', async () => {
    writeFileSync(files.input, LINES.join('\n'))
    expect(await run()).toMatchObject({ read: 5, indexed: 1, deadLettered: 4, skipped: 0 })
    const letters = lettersOf(files.letters)
    expect(new Map(letters.map(({ line }) => [line, BROKEN.get(Number(line))]))).toEqual(BROKEN)
    for (const { file, line, status, reason } of letters) {
      expect({ file, status }).toEqual({ file: files.input, status: 0 })
      expect(reason).toEqual(expect.stringMatching(`^${BROKEN.get(Number(line))!}`))
    }
    expect(letters[1]).toMatchObject({ line: 3, raw: LINES[2] })
    expect(letters[2]).toMatchObject({ line: 4, document: { _id: '', text: 'no id' } })

    const replay = {
      inputs: [fileInput(files.letters)],
      format: 'dead-letters',
      deadLetterFile: files.again,
    } as const
    await expect(run({ ...replay, onBadRecord: 'stop' })).rejects.toThrow(
      `${files.letters}:1: holds a record that could not be read (${files.input}:1): give it, mended, as an object "document"`,
    )
    const mended = letters.map((letter) => {
      if (letter.line === 3) return { ...letter, document: { _id: 'cut', text: 'mended' } }
      return letter.line === 4 ? { ...letter, document: { _id: 'new', text: 'no id' } } : letter
    })
    writeFileSync(files.letters, mended.map((letter) => `${JSON.stringify(letter)}\n`).join(''))
    expect(await run(replay)).toMatchObject({ read: 4, indexed: 2, deadLettered: 2 })
    expect(await countOf()).toBe(3)
    expect(lettersOf(files.again)).toMatchObject([
      { line: 1, raw: '[7]', reason: expect.stringContaining('could not be read') },
      { line: 4, document: { _id: 'n', text: 5 } },
    ])
  })

  it('are rows of another length in a CSV, and count once where a load is stopped, resumed and shared out', async () => {
    const rows = Array.from({ length: 300 }, (_, number) =>
      number % 10 === 7 ? `${number},x,y` : `${number},text ${number}`,
    )
    writeFileSync(files.input, `_id,text\n${rows.join('\n')}\n`)
    const stop = new AbortController()
    const options = { format: 'csv', batchDocuments: 10, flushDocuments: 20 } as const
    const checkpointFile = `${files.input}.checkpoint`
    const first = await run({
      ...options,
      checkpointFile,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'progress' && event.counts.indexed > 0) stop.abort()
      },
    })
    expect(first.read).toBeLessThan(300)
    const whole = { read: 300, indexed: 270, unchanged: 0, deadLettered: 30 }
    expect(await run({ ...options, checkpointFile, resume: true })).toMatchObject(whole)
    expect(lettersOf(files.letters)).toHaveLength(30)
    expect(lettersOf(files.letters)[0]).toMatchObject({
      line: 9,
      raw: '7,x,y',
      reason: 'has 3 columns, the header has 2',
    })
    rmSync(files.letters)
    const shares = await Promise.all(
      [0, 1, 2].map((number) => run({ ...options, partition: { number, of: 3 } })),
    )
    expect(shares.reduce((sum, { read }) => sum + read, 0)).toBe(300)
    expect(shares.reduce((sum, { deadLettered }) => sum + deadLettered, 0)).toBe(30)
  })
})
