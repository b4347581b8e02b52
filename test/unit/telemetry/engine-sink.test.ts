import { describe, expect, it } from '@jest/globals'
import type { EngineClient, EngineRequest, EngineResponse } from '../../../src/engine/client.js'
import { createEngineSink } from '../../../src/telemetry/engine-sink.js'
import { EngineError } from '../../../src/errors.js'
import { PROXY_EVENT, QUERY_EVENT } from '../../telemetry-events.js'

const CONTEXT = { service: { name: 'splade-bridge', version: '0.1.0' } }

describe('the sink', () => {
  it('writes in one request what came within a moment, and never asks before', async () => {
    const engine = engineThat(() => Promise.resolve({ status: 200, body: { items: [] } }))
    const sink = createEngineSink(engine.client, CONTEXT)
    sink.record(PROXY_EVENT)
    sink.record(QUERY_EVENT)
    expect(engine.requests).toEqual([])
    await sink.close()
    expect(sink.counts).toEqual({ written: 2, dropped: 0 })
    const bulks = engine.requests.filter(({ path }) => path === '/_bulk')
    expect(bulks.map(({ ndjson }) => ndjson?.toString().trim().split('\n').length)).toEqual([8])
  })

  it('drops and counts what an engine that is away cannot take, and leaves it alone for a while', async () => {
    const engine = engineThat(() => Promise.reject(new EngineError('cannot reach the engine', 0)))
    const sink = createEngineSink(engine.client, { ...CONTEXT, batchSize: 1, flushMs: 1 })
    sink.record(PROXY_EVENT)
    await until(() => sink.counts.dropped === 1)
    const asked = engine.requests.length
    sink.record(PROXY_EVENT)
    await sink.close()
    expect(engine.requests).toHaveLength(asked)
    expect(sink.counts).toEqual({ written: 0, dropped: 2, lastFailure: 'cannot reach the engine' })
  })

  it('keeps no more events than it may', async () => {
    const engine = engineThat(() => Promise.resolve({ status: 200, body: { items: [] } }))
    const sink = createEngineSink(engine.client, { ...CONTEXT, maxQueued: 2 })
    for (let count = 0; count < 5; count++) sink.record(PROXY_EVENT)
    expect(sink.counts).toMatchObject({ dropped: 3, lastFailure: 'more events than could be written' })
    await sink.close()
    expect(sink.counts).toMatchObject({ written: 2, dropped: 3 })
  })

  it('ends in time although the engine never answers', async () => {
    const engine = engineThat(() => new Promise(() => undefined))
    const sink = createEngineSink(engine.client, { ...CONTEXT, closeMs: 10 })
    sink.record(PROXY_EVENT)
    await sink.close()
    expect(sink.counts).toEqual({ written: 0, dropped: 1, lastFailure: 'not written before the end' })
  })

  it('says nothing of its own streams', async () => {
    const engine = engineThat(() => Promise.resolve({ status: 200, body: {} }))
    const sink = createEngineSink(engine.client, CONTEXT)
    sink.record({ ...QUERY_EVENT, index: 'logs-splade.query-default' })
    sink.record({ ...QUERY_EVENT, index: '.ds-logs-splade.query-default-000001' })
    await sink.close()
    expect(engine.requests).toEqual([])
    expect(sink.counts).toEqual({ written: 0, dropped: 0 })
  })

  it('counts an event as lost when one of its documents is refused', async () => {
    const items = [{ create: {} }, { create: { error: { type: 'mapper', reason: 'no' } } }, { create: {} }]
    const engine = engineThat(() => Promise.resolve({ status: 200, body: { items } }))
    const sink = createEngineSink(engine.client, CONTEXT)
    sink.record(QUERY_EVENT)
    await sink.close()
    expect(sink.counts).toEqual({ written: 0, dropped: 1, lastFailure: 'mapper: no' })
  })
})

/** Engines cannot be made slow, absent and picky at will. */
function engineThat(answer: (request: EngineRequest) => Promise<EngineResponse>): {
  readonly client: EngineClient
  readonly requests: EngineRequest[]
} {
  const requests: EngineRequest[] = []
  const client: EngineClient = {
    info: { distribution: 'opensearch', version: '3.8.0' },
    request: (request) => {
      requests.push(request)
      return answer(request)
    },
    close: () => Promise.resolve(),
  }
  return { client, requests }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 1))
}
