import type { SpanContext } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'
import type { ArrivedRequest, RequestObserver } from './request-observer.js'
import { serverAttributes } from './server-attributes.js'
import { type StartSpan, TracedRequest, type TraceTools } from './traced-request.js'

export interface TraceOptions {
  /** Address of an OTLP/HTTP collector; spans go to `/v1/traces` below it. */
  readonly endpoint: string
  readonly service: { readonly name: string; readonly version: string }
  /** Share of the traces that begin here which are kept, 0-1. A caller's own decision goes first. */
  readonly ratio: number
  /** Write queries as they were typed into spans. */
  readonly queryText: boolean
  /** Told why spans could not be handed over. */
  readonly onFailure: (reason: string) => void
}

export interface Traces {
  readonly observer: RequestObserver
  /** Sends what is left, within a few seconds. Never throws. */
  close(): Promise<void>
}

/** Longest wait for the collector, for a batch and at the end. */
const EXPORT_TIMEOUT_MS = 3_000
const CLOSE_TIMEOUT_MS = 5_000
/** Spans that wait at most; more are dropped. */
const MAX_QUEUED = 8_192

/**
 * Loads OpenTelemetry and opens a tracer whose spans are sent in the background; those that the collector does not take are
 * dropped.
 */
export async function openTraces(options: TraceOptions): Promise<Traces> {
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const { endpoint, service, ratio, queryText, onFailure } = options
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS })
  const provider = new sdk.BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service.name, 'service.version': service.version }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new sdk.BatchSpanProcessor(telling(exporter, onFailure), {
        maxQueueSize: MAX_QUEUED,
        scheduledDelayMillis: 1_000,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  })
  const tracer = provider.getTracer('splade-bridge', service.version)
  const startSpan: StartSpan = (name, kind, attributes, parent) => {
    const context = parent && api.trace.setSpanContext(api.ROOT_CONTEXT, parent)
    return tracer.startSpan(name, { kind: api.SpanKind[kind], attributes }, context ?? api.ROOT_CONTEXT)
  }
  const errorCode = api.SpanStatusCode.ERROR
  return {
    observer: { begin: (request) => beginTrace(request, { startSpan, errorCode, queryText }) },
    close: () => withinTime(provider.shutdown(), CLOSE_TIMEOUT_MS),
  }
}

/** @returns undefined for a request that is not sampled: its headers go on as they came */
function beginTrace(request: ArrivedRequest, tools: TraceTools): TracedRequest | undefined {
  const { method, target, scheme, authority, headers } = request
  const [path = ''] = target.split('?', 1)
  const attributes = {
    'http.request.method': method,
    'url.path': path,
    ...serverAttributes(scheme, authority),
  }
  const span = tools.startSpan(method, 'SERVER', attributes, parseTraceparent(headers.traceparent))
  if (span.isRecording()) return new TracedRequest(span, tools)
  span.end()
  return undefined
}

/**
 * Reads a W3C `traceparent`.
 *
 * @returns undefined for one that is missing, comes twice, or breaks a rule: a new trace then begins
 */
export function parseTraceparent(value: string | readonly string[] | undefined): SpanContext | undefined {
  if (typeof value !== 'string') return undefined
  const parts = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/.exec(value)
  const [, traceId = '', spanId = '', flags = ''] = parts ?? []
  if (parts === null || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  if (value.startsWith('00') && value.length !== 55) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
}

/** The same exporter, which tells of batches that were lost. */
function telling(exporter: SpanExporter, onFailure: TraceOptions['onFailure']): SpanExporter {
  return {
    export: (spans: ReadableSpan[], done) => {
      exporter.export(spans, (result) => {
        if (result.error !== undefined) onFailure(result.error.message)
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  }
}

async function withinTime(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([work.catch(() => undefined), late])
  clearTimeout(timer)
}
