import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { member } from '../../../src/engine/json.js'
import { uniqueName } from '../../engines.js'
import { comparable, hitsOf } from './neural-answers.js'
import { describeNeural, type NeuralFixture, openNeuralFixture } from './neural-fixture.js'

const SEISMIC = {
  settings: { 'index.sparse': true },
  mappings: {
    properties: { v: { type: 'sparse_vector', method: { name: 'seismic' } }, text: { type: 'text' } },
  },
}

describeNeural('what belongs to neural-search itself', () => {
  let fixture: NeuralFixture
  const created: string[] = []

  beforeAll(async () => {
    fixture = await openNeuralFixture()
  })
  afterAll(async () => {
    for (const path of created) await fixture.client.request({ method: 'DELETE', path })
    await fixture.close()
  })

  const createIndex = async (body: object) => {
    const index = uniqueName('theirs')
    await fixture.client.request({ method: 'PUT', path: `/${index}`, body })
    created.push(`/${index}`)
    return index
  }
  /** Sends a request to both: one answer, and to the engine the very bytes. */
  const expectUntouched = async (method: string, path: string, body?: string) => {
    const direct = await fixture.direct(method, path, body)
    const through = await fixture.through(method, path, body)
    expect(fixture.proxy.sent.at(-1)).toEqual({ method, target: path, body: body ?? '' })
    expect(comparable(through)).toEqual(comparable(direct))
    return direct
  }

  it('a field of type sparse_vector, with its method_parameters', async () => {
    const index = await createIndex(SEISMIC)
    for (const [id, v] of [{ '100': 1.5, '200': 2.5 }, { '100': 0.5 }].entries())
      await fixture.through('PUT', `/${index}/_doc/${id}?refresh=true`, { v, text: 'a' })
    const query = `{ "neural_sparse" : {"v":{"query_tokens":{"100":1,"200":1.50},
      "method_parameters":{"heap_factor":1.0,"top_n":5,"k":3,"filter":{"match":{"text":"a"}}}}} }`
    const direct = await expectUntouched('POST', `/${index}/_search`, `{"query":${query}}`)
    expect(hitsOf(direct)).toHaveLength(2)
  })

  it('a field of type semantic, encoded by the engine', async () => {
    const index = await createIndex({
      mappings: { properties: { body: { type: 'semantic', model_id: fixture.modelId } } },
    })
    await fixture.through('PUT', `/${index}/_doc/1?refresh=true`, { body: 'a flat battery in my cold car' })
    for (const query of ['{"query_text":"cold car"}', '{"query_tokens":{"car":1.50}}']) {
      const body = `{"query":{"neural":{"body":${query}}}}`
      expect(hitsOf(await expectUntouched('POST', `/${index}/_search`, body))).toHaveLength(1)
    }
    const embedding = `{"query":{"neural_sparse":{"body_semantic_info.embedding":{"query_tokens":{"car":1}}}}}`
    expect(hitsOf(await expectUntouched('POST', `/${index}/_search`, embedding))).toHaveLength(1)
  })

  it('a field of type semantic beside a vector of ours: either is filled, and both are searched', async () => {
    const { index, modelId } = fixture
    const properties = { body: { type: 'semantic', model_id: modelId } }
    await fixture.client.request({ method: 'PUT', path: `/${index}/_mapping`, body: { properties } })
    const text = 'a flat battery in my cold car'
    await fixture.through('PUT', `/${index}/_doc/both?refresh=true`, { text, body: text })
    const stored = await fixture.direct('GET', `/${index}/_doc/both`)
    for (const path of [['splade'], ['body_semantic_info', 'embedding']])
      expect(member(stored.json, '_source', ...path)).toMatchObject({ car: expect.any(Number) })
    const should = [
      { neural: { body: { query_text: 'cold car' } } },
      { neural_sparse: { splade: { query_text: 'cold car', model_id: modelId } } },
    ]
    const body = { query: { bool: { should } }, _source: false }
    const direct = await fixture.direct('POST', `/${index}/_search`, body)
    expect(hitsOf(direct)[0]).toMatchObject({ _id: 'both' })
    expect(comparable(await fixture.through('POST', `/${index}/_search`, body))).toEqual(comparable(direct))
  })

  it('another field of an index of ours', async () => {
    const { index, modelId } = fixture
    const properties = { theirs: { type: 'rank_features' } }
    await fixture.client.request({ method: 'PUT', path: `/${index}/_mapping`, body: { properties } })
    await fixture.through('PUT', `/${index}/_doc/theirs?refresh=true`, { theirs: { car: 1.5 } })
    for (const asked of ['"query_tokens":{"car":1.50}', `"query_text":"car","model_id":"${modelId}"`]) {
      const body = `{"query":{"neural_sparse":{"theirs":{${asked},"boost":2.0}}}}`
      expect(hitsOf(await expectUntouched('POST', `/${index}/_search`, body))).toHaveLength(1)
    }
    const dense = `{"query":{"neural":{"theirs":{"query_text":"car","model_id":"${modelId}","k":5}}}}`
    expect((await expectUntouched('POST', `/${index}/_search`, dense)).status).toBe(400)
  })

  it('models, connectors, k-NN and search pipelines', async () => {
    const { modelId } = fixture
    const pipeline = `/_search/pipeline/${uniqueName('pipeline')}`
    const requests: readonly (readonly [string, string, string?])[] = [
      ['GET', `/_plugins/_ml/models/${modelId}`],
      ['POST', '/_plugins/_ml/models/_search', '{"query": {"match": {"name": "neural_sparse"}}, "size": 0 }'],
      ['POST', `/_plugins/_ml/models/${modelId}/_predict`, '{ "parameters": {"input": ["splade"]}}'],
      ['POST', `/_plugins/_ml/_predict/sparse_encoding/${modelId}`, '{ "text_docs": ["neural_sparse"] }'],
      ['POST', '/_plugins/_knn/models/_search', '{"query": {"neural_sparse": {}}}'],
      ['PUT', pipeline, '{ "request_processors": [{"neural_sparse_two_phase_processor": {} }]}'],
      ['GET', pipeline],
    ]
    for (const [method, path, body] of requests) await expectUntouched(method, path, body)
    expect((await fixture.through('DELETE', pipeline)).json).toEqual({ acknowledged: true })
  })
})

describeNeural('an index of ours that keeps chunks, on the engine with neural-search', () => {
  let fixture: NeuralFixture

  beforeAll(async () => {
    fixture = await openNeuralFixture({}, { longTexts: 'nested', chunkTokens: 24 })
  })
  afterAll(() => fixture.close())

  it.each([1, 1.3])('scores what neural_sparse scores inside nested, boosted by %d', async (boost) => {
    const query_tokens = await fixture.tokensOf('a flat battery in my cold car')
    const query = { neural_sparse: { 'splade.weights': { query_tokens } } }
    const nested = { query: { nested: { path: 'splade', query, score_mode: 'max', boost } }, _source: false }
    const target = `/${fixture.index}/_search`
    const direct = await fixture.direct('POST', target, nested)
    expect(hitsOf(direct)).toHaveLength(10)
    expect(comparable(await fixture.through('POST', target, nested))).toEqual(comparable(direct))
    const whole = { query: { neural_sparse: { splade: { query_tokens, boost } } }, _source: false }
    expect(comparable(await fixture.through('POST', target, whole))).toEqual(comparable(direct))
  })
})
