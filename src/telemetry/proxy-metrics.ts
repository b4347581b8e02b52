import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { TelemetryCounts } from './events.js'

/** How a request went through the proxy. */
export type RequestKind = 'passed' | 'rewritten' | 'answered' | 'refused' | 'admin'

/** One request that is over. */
export interface FinishedRequest {
  readonly kind: RequestKind
  readonly method: string
  /** HTTP status; 0 where the client left before there was one. */
  readonly status: number
  readonly seconds: number
}

/** What the proxy counts, for Prometheus. */
export interface ProxyMetrics {
  finished(request: FinishedRequest): void
  /** A request that was answered by the proxy's own error. */
  refused(type: string): void
  /** Bytes that were no HTTP. */
  malformed(code: string): void
  upstreamFailed(node: string, code: string): void
  upstreamUp(node: string, isUp: boolean): void
  /** Prometheus's text form and its media type. */
  render(): Promise<{ readonly type: string; readonly text: string }>
}

/** Queries that a rule met. */
export interface RuleCount {
  readonly rule: string
  /** What became of them: `added`, `replaced`, `shadowed` or `left`. */
  readonly outcome: string
  readonly queries: number
}

/** What is true at the moment that metrics are asked for. */
export interface ProxyGauges {
  readonly requestsInFlight: () => number
  readonly bufferedBytes: () => number
  /** Events so far; absent where there are none. */
  readonly telemetry?: () => Pick<TelemetryCounts, 'written' | 'dropped'> | undefined
  /** Queries that rules met so far; absent where there are no rules. */
  readonly rules?: () => readonly RuleCount[]
}

/** Seconds; from a proxy's own time to a long search. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** A client may invent methods; a label must not. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])

/** Metrics in a registry of their own, with those of the process (memory, event loop, garbage collection). */
export function createProxyMetrics(gauges: ProxyGauges): ProxyMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counters = createCounters(registry)
  const seconds = new Histogram({
    name: 'splade_bridge_proxy_request_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labelNames: ['kind'],
    buckets: BUCKETS,
    registers: [registry],
  })
  addGauges(registry, gauges)
  const count = createRequestCounter(counters.requests, seconds)
  return {
    finished: count,
    refused: (type) => {
      counters.refused.inc({ type })
    },
    malformed: (code) => {
      counters.malformed.inc({ code })
    },
    upstreamFailed: (node, code) => {
      counters.upstreamFailures.inc({ node, code })
    },
    upstreamUp: (node, isUp) => {
      counters.upstreamUp.set({ node }, Number(isUp))
    },
    render: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}

/** Children of the metrics are kept: to find one by its labels costs more than to count. */
function createRequestCounter(requests: Counter, seconds: Histogram): (request: FinishedRequest) => void {
  const children = new Map<string, Counter.Internal>()
  const times = new Map<RequestKind, Histogram.Internal<string>>()
  return ({ kind, method, status, seconds: elapsed }) => {
    const known = METHODS.has(method) ? method : 'other'
    const key = `${kind} ${known} ${status}`
    let child = children.get(key)
    if (child === undefined) children.set(key, (child = requests.labels({ kind, method: known, status })))
    let time = times.get(kind)
    if (time === undefined) times.set(kind, (time = seconds.labels({ kind })))
    child.inc()
    time.observe(elapsed)
  }
}

function createCounters(registry: Registry): {
  readonly requests: Counter
  readonly refused: Counter
  readonly malformed: Counter
  readonly upstreamFailures: Counter
  readonly upstreamUp: Gauge
} {
  const counter = (name: string, help: string, labelNames: string[]): Counter =>
    new Counter({ name: `splade_bridge_proxy_${name}`, help, labelNames, registers: [registry] })
  return {
    requests: counter('requests_total', 'Requests that are over', ['kind', 'method', 'status']),
    refused: counter('refused_total', 'Errors of the proxy itself', ['type']),
    malformed: counter('malformed_total', 'Connections that did not speak HTTP/1.1', ['code']),
    upstreamFailures: counter('upstream_failures_total', 'Attempts that brought no answer', ['node', 'code']),
    upstreamUp: new Gauge({
      name: 'splade_bridge_proxy_upstream_up',
      help: '1 where the last attempt reached the node',
      labelNames: ['node'],
      registers: [registry],
    }),
  }
}

function addGauges(registry: Registry, gauges: ProxyGauges): void {
  const { requestsInFlight, bufferedBytes, telemetry, rules } = gauges
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name: `splade_bridge_proxy_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge('requests_in_flight', 'Requests that are not over', requestsInFlight)
  gauge('buffered_bytes', 'Bodies that are kept whole at the moment', bufferedBytes)
  if (telemetry !== undefined) addTelemetryCounter(registry, telemetry)
  if (rules !== undefined) addRuleCounter(registry, rules)
}

function addRuleCounter(registry: Registry, read: NonNullable<ProxyGauges['rules']>): void {
  new Counter({
    name: 'splade_bridge_proxy_rule_queries_total',
    help: 'Full-text queries that a rule met, by what became of them',
    labelNames: ['rule', 'outcome'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { rule, outcome, queries } of read()) this.inc({ rule, outcome }, queries)
    },
  })
}

function addTelemetryCounter(registry: Registry, read: NonNullable<ProxyGauges['telemetry']>): void {
  new Counter({
    name: 'splade_bridge_proxy_telemetry_events_total',
    help: 'Events of telemetry that were written to the engine, or dropped',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      const { written = 0, dropped = 0 } = read() ?? {}
      this.reset()
      this.inc({ outcome: 'written' }, written)
      this.inc({ outcome: 'dropped' }, dropped)
    },
  })
}
