import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLexicalEncoder } from '../../../src/encoder/lexical/lexical-encoder.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { profileIndex } from '../../../src/search/index-profile.js'
import { Readable } from 'node:stream'
import { deleteIndices, OUTER_ENGINES, testEngine, uniqueName } from '../../engines.js'

const encoder = createLexicalEncoder()
/** Each document has `common`, a word of its own, and as many of `piano`, `violin` as its number says. */
const DOCUMENTS = ['alpha', 'bravo piano', 'charlie piano violin', 'delta piano violin cello']

describe.each(OUTER_ENGINES)('the profile of an index on %s', (id) => {
  let client: EngineClient
  const index = uniqueName('profile')
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    const meta = { field: 'splade', textFields: ['text'], encoder: encoder.identity, averageLength: 3 }
    await createIndex(client, { index, meta })
    const lines = DOCUMENTS.map((text, number) =>
      JSON.stringify({ _id: `d${number}`, text: `common ${text}` }),
    )
    const input = streamInput(Readable.from([Buffer.from(lines.join('\n'))]))
    await indexDocuments(client, encoder, { index, inputs: [input], format: 'jsonl' })
    // Not of this library: it has no vectors.
    await client.request({
      method: 'PUT',
      path: `/${index}/_doc/other`,
      query: { refresh: true },
      body: { x: 1 },
    })
  })
  afterAll(async () => {
    await deleteIndices(client, 'profile-')
    await client.close()
  })

  it('counts documents and lengths', async () => {
    const profile = await profileIndex(client, { index })
    expect(profile).toMatchObject({ documents: 5, withVectors: 4, truncated: 0, chunked: 0 })
    expect(profile.models).toEqual([{ fingerprint: encoder.identity.fingerprint, documents: 4 }])
    expect(profile.activeTokens).toMatchObject({ min: 2, max: 5, mean: 3.5 })
    const { histogram = [] } = profile.activeTokens ?? {}
    expect(histogram).toEqual([2, 3, 4, 5].map((from) => ({ from, documents: 1 })))
  })

  it('finds the tokens of most documents, and those of one only', async () => {
    const { sample } = await profileIndex(client, { index, topTokens: 3 })
    expect(sample.frequent.map(({ token, documents }) => [token, documents])).toEqual([
      ['common', 4],
      ['piano', 3],
      ['violin', 2],
    ])
    expect(sample).toMatchObject({ documents: 4, tokens: 8, rare: 5 })
    const weights = sample.heavy.map(({ meanWeight }) => meanWeight)
    expect(weights).toEqual([...weights].sort((a, b) => b - a))
  })

  it('tells weak tokens, and common ones, by limits of the caller', async () => {
    const { sample } = await profileIndex(client, { index, weakRatio: 1, commonShare: 0.75 })
    // `common` and the word of its own weigh alike in a document, so that all are its heaviest.
    expect(sample.weak).toMatchObject({ ratio: 1, tokens: 0, postingShare: 0 })
    expect(sample.common).toMatchObject({ share: 0.75, tokens: 2, postingShare: 7 / 14 })
    expect(sample.common.top.map(({ token }) => token)).toEqual(['common', 'piano'])
    await expect(profileIndex(client, { index, weakRatio: 2 })).rejects.toThrow('weakRatio')
  })

  it('shows a feature that another program has written as it is called', async () => {
    await client.request({
      method: 'PUT',
      path: `/${index}/_doc/foreign`,
      query: { refresh: true },
      body: { splade: { '50%': 1.5 }, splade_meta: { fingerprint: 'another', active_tokens: 1 } },
    })
    const { sample } = await profileIndex(client, { index, topTokens: 100 })
    await client.request({ method: 'DELETE', path: `/${index}/_doc/foreign`, query: { refresh: true } })
    expect(sample.frequent.map(({ token }) => token)).toContain('50%')
  })

  it('refuses an index that is not there, and a sample out of range', async () => {
    await expect(profileIndex(client, { index: 'profile-none' })).rejects.toThrow('there is no index')
    await expect(profileIndex(client, { index, sampleDocuments: 0 })).rejects.toThrow('sampleDocuments')
  })
})
