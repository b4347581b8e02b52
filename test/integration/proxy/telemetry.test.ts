import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { dashboardObjects } from '../../../src/dashboards/bundle.js'
import { arrayMember, member, numberMember } from '../../../src/engine/json.js'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import { DATASETS, streamName } from '../../../src/telemetry/streams.js'
import { kibanaRequests } from '../../dashboard-requests.js'
import { deleteIndices, NEWEST_ENGINES, testEngine, uniqueName } from '../../engines.js'
import { askServer, type RunningProxy, startProxy } from '../../proxy-harness.js'
import { type Fixture, openFixture } from './fixture.js'
import { type Counted, REQUESTS, sendAll, TEXTS, WRITES } from './telemetry-clients.js'

describe.each(NEWEST_ENGINES.slice(0, 1))('telemetry of the proxy before %s', (id) => {
  const namespace = uniqueName('proxy')
  let fixture: Fixture
  let proxy: RunningProxy
  let counted: Counted
  let metrics: string

  beforeAll(async () => {
    fixture = await openFixture(id)
    await fixture.client.request({ method: 'POST', path: `/${fixture.index}/_refresh` })
    proxy = await startProxy({
      upstreams: [testEngine(id).url],
      rewriter: createRewriter({ encoders: [fixture.encoder] }),
      access: { denyPaths: ['/_cat/*'] },
      telemetry: {
        service: { name: 'splade-bridge', version: '0.0.0-test' },
        namespace,
        closeMs: 120_000,
        maxQueued: 1e6,
      },
    })
    counted = await sendAll(proxy.url, fixture.index)
    metrics = (await askServer(proxy.url, { target: '/_splade/metrics' })).body.toString()
    await proxy.close()
    await fixture.client.request({ method: 'POST', path: `/logs-splade.*-${namespace}/_refresh` })
  }, 600_000)
  afterAll(async () => {
    if (id.startsWith('opensearch'))
      await fixture.client.request({ method: 'DELETE', path: `/_data_stream/logs-splade.*-${namespace}` })
    else for (const dataset of DATASETS) await deleteIndices(fixture.client, streamName(dataset, namespace))
    await fixture.close()
  })

  async function search(dataset: (typeof DATASETS)[number], body: object): Promise<unknown> {
    const path = `/${streamName(dataset, namespace)}/_search`
    const { body: answer } = await fixture.client.request({ method: 'POST', path, body })
    return answer
  }

  /** Documents by the value of a field. */
  async function countBy(
    dataset: (typeof DATASETS)[number],
    field: string,
    query: object = { match_all: {} },
  ) {
    const aggs = { by: { terms: { field, size: 1_000 } } }
    const answer = await search(dataset, { size: 0, query, aggs })
    return new Map(
      arrayMember(answer, 'aggregations', 'by', 'buckets').map((bucket) => [
        String(member(bucket, 'key')),
        numberMember(bucket, 'doc_count'),
      ]),
    )
  }

  it('has an event of every request, by what became of it and by status', async () => {
    expect([...counted.byKindAndStatus.values()].reduce((sum, count) => sum + count, 0)).toBe(
      REQUESTS + WRITES,
    )
    for (const kind of ['passed', 'rewritten', 'answered', 'refused']) {
      const statuses = await countBy('splade.proxy', 'http.response.status_code', {
        term: { 'splade.proxy.kind': kind },
      })
      const seen = new Map(
        [...counted.byKindAndStatus]
          .filter(([key]) => key.startsWith(`${kind} `))
          .map(([key, count]) => [key.slice(kind.length + 1), count]),
      )
      expect([kind, statuses]).toEqual([kind, seen])
    }
    expect(await countBy('splade.proxy', 'splade.proxy.refused')).toEqual(counted.refusals)
  })

  it('has an event of every sparse query, with the hits that its client got', async () => {
    const body = {
      size: 0,
      track_total_hits: true,
      aggs: {
        nothing: { filter: { term: { 'splade.query.zero_result': true } } },
        hits: { sum: { field: 'splade.query.total_hits' } },
        known: { value_count: { field: 'splade.query.total_hits' } },
      },
    }
    const answer = await search('splade.query', body)
    expect(numberMember(answer, 'hits', 'total', 'value')).toBe(counted.searches)
    expect(counted.foundNothing).toBeGreaterThan(0)
    expect(numberMember(answer, 'aggregations', 'nothing', 'doc_count')).toBe(counted.foundNothing)
    expect(numberMember(answer, 'aggregations', 'hits', 'value')).toBe(counted.hits)
    expect(await countBy('splade.query', 'splade.index')).toEqual(
      new Map([[fixture.index, counted.searches]]),
    )
  })

  it('has hashes of texts and no text, and the tokens as the encoder makes them', async () => {
    const hashes = await countBy('splade.query', 'splade.query.hash')
    expect(hashes.size).toBe(TEXTS.length)
    expect(await countBy('splade.query', 'splade.query.text')).toEqual(new Map())
    const [car] = TEXTS
    const [encoding] = await fixture.encoder.encodeQueries([car!])
    const hash = createHash('sha256').update(car!).digest('hex').slice(0, 32)
    const uses = await countBy('splade.token', 'splade.token.name', { term: { 'splade.query.hash': hash } })
    const shown = [...encoding!.vector.keys()].map((token) => fixture.encoder.readable?.(token) ?? token)
    expect([...uses.keys()].sort()).toEqual([...new Set(shown)].sort())
    for (const token of shown) expect(uses.get(token)! % hashes.get(hash)!).toBe(0)
    const added = await countBy('splade.token', 'splade.token.expansion', {
      exists: { field: 'splade.query.hash' },
    })
    expect([...added.values()].every((count) => count! > 0)).toBe(true)
  })

  it('sums the documents that clients wrote, with their lengths', async () => {
    const { hits } = (await search('splade.ingest', { size: 1_000 })) as IngestAnswer
    const events = hits.hits.map(({ _source: source }) => source)
    expect(events.reduce((sum, { splade }) => sum + splade.ingest.encoded, 0)).toBe(counted.written)
    expect(counted.written).toBe(WRITES * TEXTS.length)
    expect(events.length).toBeLessThan(WRITES)
    const longest = Math.max(
      ...(await fixture.encoder.encodeDocuments(TEXTS)).map(({ tokenCount }) => tokenCount),
    )
    for (const event of events) {
      const ingest = { command: 'proxy', tokens: { max: longest } }
      expect(event).toMatchObject({ event: { action: 'write' }, splade: { index: fixture.index, ingest } })
    }
  })

  it('has times that add up, for requests that were rewritten alone', async () => {
    const { hits } = (await search('splade.proxy', {
      size: 100,
      query: { term: { 'splade.proxy.kind': 'rewritten' } },
    })) as { hits: { hits: { _source: RewrittenSource }[] } }
    for (const { _source: source } of hits.hits) {
      const { encode_ms: encode, engine_ms: engine, own_ms: own } = source.splade.proxy
      expect(engine).toBeGreaterThan(0)
      expect(encode + engine + own).toBeLessThanOrEqual(source.event.duration / 1e6 + 1)
    }
    const passed = { term: { 'splade.proxy.kind': 'passed' } }
    const times = { bool: { filter: [passed, { exists: { field: 'splade.proxy.engine_ms' } }] } }
    expect(numberMember(await search('splade.proxy', { query: times }), 'hits', 'total', 'value')).toBe(0)
  })

  it('drops nothing, says so in its metrics, and logs no trouble', () => {
    const [, written] = /telemetry_events_total\{outcome="written"\} (\d+)/.exec(metrics) ?? []
    expect(Number(written)).toBeGreaterThan(0)
    expect(metrics).toContain('splade_bridge_proxy_telemetry_events_total{outcome="dropped"} 0')
    expect(proxy.logged).toEqual([])
  })

  it('gives the dashboards of the proxy and of searches something to show', async () => {
    const requests = kibanaRequests(await dashboardObjects('kibana')).filter(
      ({ name, body }) =>
        /proxy-health|search-overview/.test(name) &&
        (id.startsWith('opensearch') || !JSON.stringify(body).includes('auto_date_histogram')),
    )
    expect(requests.length).toBeGreaterThan(12)
    for (const { name, index, body, property } of requests) {
      const filter = [{ term: { 'data_stream.namespace': namespace } }, ...(body.query ? [body.query] : [])]
      const { body: answer } = await fixture.client.request({
        method: 'POST',
        path: `/${index}/_search`,
        body: { ...body, query: { bool: { filter } } },
      })
      const shown = member(answer, ...property.split('.'))
      expect([name, Number(Array.isArray(shown) ? shown.length : shown) > 0]).toEqual([name, true])
    }
  })
})

interface IngestAnswer {
  readonly hits: {
    readonly hits: readonly {
      readonly _source: { readonly splade: { readonly ingest: { readonly encoded: number } } }
    }[]
  }
}

interface RewrittenSource {
  readonly event: { readonly duration: number }
  readonly splade: {
    readonly proxy: { readonly encode_ms: number; readonly engine_ms: number; readonly own_ms: number }
  }
}
