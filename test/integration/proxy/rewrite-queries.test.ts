import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Encoder } from '../../../src/encoder/encoder.js'
import { loadNeuralEncoder } from '../../../src/encoder/load.js'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { createIndex } from '../../../src/engine/index-setup.js'
import { indexDocuments } from '../../../src/indexer/index-documents.js'
import { streamInput } from '../../../src/indexer/readers/input.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import { openSearcher, type Searcher } from '../../../src/search/search.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'
import { askProxy, MODEL, recordLines } from './corpus.js'
import { type RewritingUpstream, startRewritingUpstream } from './rewriting-upstream.js'

describe.each(ENGINES)('sparse queries through the rewriter on %s', (id) => {
  const index = uniqueName('rewrite')
  const text = 'why does my car not start'
  let client: EngineClient
  let encoder: Encoder
  let searcher: Searcher
  let proxy: RewritingUpstream
  let expected: readonly (readonly [string, number])[]

  const hitsOf = async (path: string, body: unknown) => {
    const { json } = await askProxy(proxy, 'POST', path, body)
    const answer = json as { hits?: { hits: { _id: string; _score: number }[] }; error?: unknown }
    if (answer.hits === undefined) throw new Error(JSON.stringify(answer.error))
    return answer.hits.hits.map(({ _id, _score }) => [_id, Math.fround(_score)] as const)
  }
  const search = (query: unknown) => hitsOf(`/${index}/_search`, { query })

  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    encoder = await loadNeuralEncoder(await loadModelBundle(MODEL))
    const meta = {
      field: 'splade',
      textFields: ['text'],
      encoder: encoder.identity,
      longTexts: encoder.longTexts!,
    }
    await createIndex(client, { index, meta })
    await indexDocuments(client, encoder, { index, inputs: [streamInput(recordLines())] })
    searcher = await openSearcher(client, encoder, index)
    proxy = await startRewritingUpstream(testEngine(id).url, createRewriter({ encoders: [encoder] }))
    expected = (await searcher.search({ query: text })).hits.map(({ id: hit, score }) => [hit, score])
  })
  afterAll(async () => {
    await proxy.close()
    await client.request({ method: 'DELETE', path: `/${index}` })
    await encoder.close()
    await client.close()
  })

  it.each<[string, object]>([
    ['splade', { splade: { text } }],
    [
      'splade with all its options',
      { splade: { text, field: 'splade', model: 'splade-tiny-en', boost: 1, _name: 'a' } },
    ],
    ['sparse_vector', { sparse_vector: { field: 'splade', query: text, inference_id: 'splade-tiny-en' } }],
    ['text_expansion', { text_expansion: { splade: { model_id: 'splade-tiny-en', model_text: text } } }],
    ['semantic', { semantic: { field: 'splade', query: text } }],
    ['neural_sparse', { neural_sparse: { splade: { query_text: text, model_id: 'splade-tiny-en' } } }],
    ['bool', { bool: { must: [{ splade: { text } }], filter: { match_all: {} } } }],
    ['dis_max', { dis_max: { queries: [{ splade: { text } }] } }],
    ['function_score', { function_score: { query: { splade: { text } } } }],
    [
      'boosting',
      { boosting: { positive: { splade: { text } }, negative: { match_none: {} }, negative_boost: 0.5 } },
    ],
  ])('%s gives the hits and scores of search', async (_, query) => {
    expect(await search(query)).toEqual(expected)
  })
})
