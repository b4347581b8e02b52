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
})
