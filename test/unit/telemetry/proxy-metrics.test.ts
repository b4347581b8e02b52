import { describe, expect, it } from '@jest/globals'
import { createProxyMetrics } from '../../../src/telemetry/proxy-metrics.js'

describe('metrics of the proxy', () => {
  it('count requests by kind, method and status, and invented methods as one', async () => {
    const metrics = createProxyMetrics({ requestsInFlight: () => 3, bufferedBytes: () => 4 })
    metrics.finished({ kind: 'passed', method: 'GET', status: 200, seconds: 0.002 })
    metrics.finished({ kind: 'passed', method: 'FROB', status: 405, seconds: 0.002 })
    metrics.finished({ kind: 'passed', method: 'NICATE', status: 405, seconds: 0.002 })
    metrics.upstreamUp('http://a:9200', false)
    const { type, text } = await metrics.render()
    expect(type).toMatch(/^text\/plain/)
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        'splade_bridge_proxy_requests_total{kind="passed",method="GET",status="200"} 1',
        'splade_bridge_proxy_requests_total{kind="passed",method="other",status="405"} 2',
        'splade_bridge_proxy_request_seconds_bucket{le="0.0025",kind="passed"} 3',
        'splade_bridge_proxy_upstream_up{node="http://a:9200"} 0',
        'splade_bridge_proxy_requests_in_flight 3',
        'splade_bridge_proxy_buffered_bytes 4',
      ]),
    )
  })

  it('count the queries that rules met, by what became of them', async () => {
    const gauges = { requestsInFlight: () => 0, bufferedBytes: () => 0 }
    const rules = () => [
      { rule: 'articles', outcome: 'added', queries: 3 },
      { rule: 'articles', outcome: 'left', queries: 1 },
    ]
    const metrics = createProxyMetrics({ ...gauges, rules })
    await metrics.render()
    const { text } = await metrics.render()
    expect(text).toContain('splade_bridge_proxy_rule_queries_total{rule="articles",outcome="added"} 3')
    expect(text).toContain('splade_bridge_proxy_rule_queries_total{rule="articles",outcome="left"} 1')
  })

  it('count events of telemetry as they are at the moment', async () => {
    let counts = { written: 1, dropped: 0 }
    const gauges = { requestsInFlight: () => 0, bufferedBytes: () => 0 }
    const metrics = createProxyMetrics({ ...gauges, telemetry: () => counts })
    await metrics.render()
    counts = { written: 5, dropped: 2 }
    const { text } = await metrics.render()
    expect(text).toContain('splade_bridge_proxy_telemetry_events_total{outcome="written"} 5')
    expect(text).toContain('splade_bridge_proxy_telemetry_events_total{outcome="dropped"} 2')
    expect((await createProxyMetrics(gauges).render()).text).not.toContain('telemetry_events_total')
  })
})
