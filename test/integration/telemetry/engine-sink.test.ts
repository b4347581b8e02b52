import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { EngineClient } from '../../../src/engine/client.js'
import { connect } from '../../../src/engine/connect.js'
import { numberMember } from '../../../src/engine/json.js'
import { createEngineSink } from '../../../src/telemetry/engine-sink.js'
import { DATASETS, streamName } from '../../../src/telemetry/streams.js'
import { deleteIndices, ENGINES, testEngine, uniqueName } from '../../engines.js'
import { INGEST_EVENT, PROXY_EVENT, QUALITY_EVENT, QUERY_EVENT } from '../../telemetry-events.js'

describe.each(ENGINES)('telemetry on %s', (id) => {
  const namespace = uniqueName('sink')
  const hasStreams = id.startsWith('opensearch')
  let client: EngineClient
  beforeAll(async () => {
    client = await connect({ url: testEngine(id).url })
    const service = { name: 'splade-bridge', version: '0.1.0' }
    const sink = createEngineSink(client, { service, namespace, closeMs: 60_000 })
    for (const event of [QUERY_EVENT, QUERY_EVENT, INGEST_EVENT, QUALITY_EVENT, PROXY_EVENT])
      sink.record(event)
    await sink.close()
    expect(sink.counts).toEqual({ written: 5, dropped: 0 })
    await client.request({ method: 'POST', path: `/logs-splade.*-${namespace}/_refresh` })
  })
  afterAll(async () => {
    if (hasStreams)
      await client.request({ method: 'DELETE', path: `/_data_stream/logs-splade.*-${namespace}` })
    else for (const dataset of DATASETS) await deleteIndices(client, streamName(dataset, namespace))
    await client.close()
  })

  it('is in a stream for each kind, or an index where the engine has no data streams', async () => {
    for (const [dataset, documents] of [
      ['splade.query', 2],
      ['splade.token', 4],
      ['splade.ingest', 1],
      ['splade.quality', 1],
      ['splade.proxy', 1],
    ] as const) {
      const stream = streamName(dataset, namespace)
      const { body } = await client.request({ method: 'GET', path: `/${stream}/_count` })
      expect([dataset, numberMember(body, 'count')]).toEqual([dataset, documents])
      if (hasStreams) await client.request({ method: 'GET', path: `/_data_stream/${stream}` })
    }
  })

  it('can be counted and averaged by field', async () => {
    const { body } = await client.request({
      method: 'POST',
      path: `/${streamName('splade.token', namespace)}/_search`,
      body: {
        size: 0,
        aggs: {
          tokens: {
            terms: { field: 'splade.token.name' },
            aggs: { weight: { avg: { field: 'splade.token.weight' } } },
          },
        },
      },
    })
    expect(body).toMatchObject({
      aggregations: {
        tokens: {
          buckets: [
            { key: '심근경색', doc_count: 2, weight: { value: 2.5 } },
            { key: '심장', doc_count: 2, weight: { value: 0.5 } },
          ],
        },
      },
    })
  })
})
