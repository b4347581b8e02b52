import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { wholeBody } from './whole-body.js'

/** A span as it was received. */
export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number
  readonly attributes: Readonly<Record<string, unknown>>
  /** 2 is an error. */
  readonly statusCode: number
  readonly service: string
}

/** A receiver of OTLP over HTTP, as far as traces in JSON go. */
export interface TraceCollector {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  close(): Promise<void>
}

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface Payload {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<ReceivedSpan, 'attributes' | 'statusCode' | 'service'> & {
        readonly attributes: readonly Attribute[]
        readonly status?: { readonly code?: number }
      })[]
    }[]
  }[]
}

export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: ReceivedSpan[] = []
  const server = createServer((request, response) => {
    void wholeBody(request).then((body) => {
      if (request.url !== '/v1/traces') response.statusCode = 404
      else spans.push(...spansOf(JSON.parse(body) as Payload))
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${port}`, spans, close }
}

function spansOf({ resourceSpans }: Payload): readonly ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(toRecord(resource.attributes)['service.name'])
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ attributes, status, ...span }) => ({
        ...span,
        attributes: toRecord(attributes),
        statusCode: status?.code ?? 0,
        service,
      }))
  })
}

function toRecord(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
