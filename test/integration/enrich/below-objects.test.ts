import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { member } from '../../../src/engine/json.js'
import { enrichIndex } from '../../../src/enrich/enrich-index.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { profileIndex } from '../../../src/search/index-profile.js'
import { openSearcher } from '../../../src/search/search.js'
import { deleteIndices, OUTER_ENGINES, testEngine, uniqueName } from '../../engines.js'

const encoder = createLexicalEncoder()
const meta = {
  field: 'vector.tokens',
  textFields: ['text'],
  moreFields: [{ field: 'vector.title', textFields: ['title'] }],
  encoder: encoder.identity,
}

describe.each(OUTER_ENGINES)('vector fields below an object on %s', (id) => {
  let client: EngineClient
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
  })
  afterAll(async () => {
    await deleteIndices(client, 'below-')
    await client.close()
  })
  const hitsOf = async (index: string, query: string, field?: string) => {
    const searcher = await openSearcher(client, encoder, index, { ...(field !== undefined && { field }) })
    return (await searcher.search({ query, explain: true })).hits
  }
  const sourceOf = async (index: string) =>
    member((await client.request({ method: 'GET', path: `/${index}/_doc/1` })).body, '_source')
  const write = (index: string, path: string, body: object) =>
    client.request({ method: 'POST', path: `/${index}/${path}/1?refresh=true`, body })

  it('are written beside what the object has, found, explained and counted', async () => {
    const index = uniqueName('below')
    await createIndex(client, { index, meta })
    const line = '{"_id":"1","title":"flat battery","text":"a car","vector":{"other":5}}\n'
    const inputs = () => [streamInput(Readable.from([Buffer.from(line)]))]
    expect(await indexDocuments(client, encoder, { index, inputs: inputs() })).toMatchObject({ indexed: 1 })
    expect(await indexDocuments(client, encoder, { index, inputs: inputs() })).toMatchObject({ unchanged: 1 })
    const weight: unknown = expect.any(Number)
    expect(await sourceOf(index)).toMatchObject({
      vector: { other: 5, tokens: { car: weight }, title: { flat: weight } },
    })
    const [hit] = await hitsOf(index, 'car')
    expect(hit?.source).toMatchObject({ text: 'a car', vector: { other: 5 } })
    expect(hit?.tokens.map(({ token }) => token)).toEqual(['car'])
    expect(await hitsOf(index, 'flat')).toEqual([])
    expect(await hitsOf(index, 'flat', 'vector.title')).toHaveLength(1)
    const profile = await profileIndex(client, { index })
    expect(profile.sample.frequent.map(({ token }) => token)).toContain('car')
  })

  it('are refused where a document brings its own', async () => {
    const index = uniqueName('below')
    await createIndex(client, { index, meta })
    const inputs = [streamInput(Readable.from([Buffer.from('{"text":"a","vector":{"tokens":{"a":1}}}\n')]))]
    await expect(indexDocuments(client, encoder, { index, inputs })).rejects.toThrow(
      'has a field "vector.tokens", which splade-bridge writes itself',
    )
  })

  it('follow a text that changes, and one that goes', async () => {
    const index = uniqueName('below')
    await write(index, '_doc', { title: 'old words', text: 'automobile', vector: { other: 5 } })
    await enrichIndex(client, encoder, { index, meta })
    expect(await hitsOf(index, 'automobile')).toHaveLength(1)
    await write(index, '_update', { doc: { text: 'stew' } })
    expect(await enrichIndex(client, encoder, { index, meta })).toMatchObject({ enriched: 1 })
    await client.request({ method: 'POST', path: `/${index}/_refresh` })
    expect(await hitsOf(index, 'automobile')).toEqual([])
    const [hit] = await hitsOf(index, 'stew')
    expect(hit?.source).toMatchObject({ vector: { other: 5 } })
    await write(index, '_update', { doc: { text: '' } })
    await enrichIndex(client, encoder, { index, meta })
    await client.request({ method: 'POST', path: `/${index}/_refresh` })
    expect(await hitsOf(index, 'stew')).toEqual([])
    expect(await hitsOf(index, 'old', 'vector.title')).toHaveLength(1)
  })

  it('are not made where the name is taken', async () => {
    const index = uniqueName('below')
    await write(index, '_doc', { text: 'a', title: 'b', vector: { tokens: 'taken' } })
    await expect(enrichIndex(client, encoder, { index, meta })).rejects.toThrow(
      'has a field "vector.tokens" of type text already',
    )
  })
})
