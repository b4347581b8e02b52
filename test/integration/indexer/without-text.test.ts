import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { member } from '../../../src/engine/json.js'
import type { IndexEvent } from '../../../src/indexer/events.js'
import { indexDocuments, type IndexDocumentsOptions } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { profileIndex } from '../../../src/search/index-profile.js'
import { openSearcher } from '../../../src/search/search.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'

const encoder = createLexicalEncoder()
const FIELDS = {
  field: 'title_splade',
  textFields: ['title'],
  moreFields: [{ field: 'body_splade', textFields: ['body'] }],
}
const OTHER = { _id: 'other', title: 'harbour', body: 'ships' }
const LIGHTHOUSE = { _id: 'a', title: 'lighthouse', body: 'a lamp on the coast', year: 1901 }

describe.each(NEWEST_ENGINES)('documents without text on %s', (id) => {
  let client: EngineClient
  let index: string
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
  })
  beforeEach(async () => {
    index = uniqueName('textless')
    await createIndex(client, { index, meta: { ...FIELDS, encoder: encoder.identity } })
  })
  afterAll(async () => {
    await deleteIndices(client, 'textless-')
    await client.close()
  })

  async function* lines(records: readonly object[]): AsyncGenerator<Uint8Array> {
    for (const record of records) yield await Promise.resolve(Buffer.from(`${JSON.stringify(record)}\n`))
  }

  const run = (records: readonly object[], options: Partial<IndexDocumentsOptions> = {}) =>
    indexDocuments(client, encoder, { index, inputs: [streamInput(lines(records))], ...options })

  async function found(query: string, field = 'title_splade'): Promise<readonly string[]> {
    const searcher = await openSearcher(client, encoder, index, { field })
    return (await searcher.search({ query })).hits.map((hit) => hit.id)
  }

  const sourceOf = async (documentId: string): Promise<unknown> =>
    member((await client.request({ method: 'GET', path: `/${index}/_doc/${documentId}` })).body, '_source')

  it.each([
    ['empty', { title: ' ', body: [''] }],
    ['null', { title: null, body: null }],
    ['missing', {}],
  ])(
    'are stored as they came where their text has become %s, and found by it no longer',
    async (_, texts) => {
      await run([LIGHTHOUSE, OTHER])
      expect(await found('lighthouse')).toEqual(['a'])
      const emptied = { ...texts, year: 1950 }
      const events: IndexEvent[] = []
      const input = [{ _id: 'a', ...emptied }, OTHER]
      const first = await run(input, { onEvent: (event) => events.push(event) })
      expect(first).toMatchObject({ read: 2, indexed: 1, unchanged: 1, deadLettered: 0, skipped: 0 })
      expect(events.filter(({ type }) => type === 'without-text')).toHaveLength(1)
      expect(await sourceOf('a')).toEqual({
        ...emptied,
        splade_meta: {
          id: 'a',
          fingerprint: encoder.identity.fingerprint,
          content_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      })
      expect(await found('lighthouse')).toEqual([])
      expect(await found('lamp coast', 'body_splade')).toEqual([])
      expect(await run(input)).toMatchObject({ read: 2, indexed: 0, unchanged: 2, skipped: 0 })
      expect(await profileIndex(client, { index })).toMatchObject({ documents: 2, withVectors: 1 })
      expect(await run([LIGHTHOUSE])).toMatchObject({ indexed: 1 })
      expect(await found('lighthouse')).toEqual(['a'])
    },
  )

  it('keep the vector of the field that still has a text', async () => {
    await run([LIGHTHOUSE])
    expect(await run([{ ...LIGHTHOUSE, title: '' }])).toMatchObject({ read: 1, indexed: 1 })
    expect(await sourceOf('a')).not.toHaveProperty('title_splade')
    expect(await found('lighthouse')).toEqual([])
    expect(await found('lamp', 'body_splade')).toEqual(['a'])
  })

  it('are stored though never seen before, unless they have none of the fields at all', async () => {
    const events: IndexEvent[] = []
    const records = [{ _id: 'header', rows: 3 }, OTHER, { _id: 'b', title: '', lang: 'ko' }]
    const result = await run(records, { onEvent: (event) => events.push(event) })
    expect(result).toMatchObject({ read: 3, indexed: 2, skipped: 1 })
    const reason = 'has none of the fields title, body to encode; it has _id, rows'
    expect(events).toContainEqual({
      type: 'skipped',
      id: 'header',
      origin: { file: '<stdin>', line: 1 },
      reason,
    })
    expect(await sourceOf('b')).toMatchObject({ title: '', lang: 'ko' })
    expect(await run(records)).toMatchObject({ read: 3, indexed: 0, unchanged: 2, skipped: 1 })
    expect(await run(records, { force: true })).toMatchObject({ read: 3, indexed: 2, skipped: 1 })
  })

  it('replace what the same load has written, and count once each', async () => {
    const versions = [LIGHTHOUSE, { _id: 'a', year: 1 }, { _id: 'b' }, { _id: 'a', year: 2 }]
    const result = await run(versions, { batchDocuments: 2 })
    expect(result).toMatchObject({ read: 4, indexed: 3, unchanged: 0, skipped: 1 })
    expect(await sourceOf('a')).toMatchObject({ year: 2 })
    expect(await found('lighthouse')).toEqual([])
  })
})
