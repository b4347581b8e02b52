import type { Span, SpanStatusCode } from '@opentelemetry/api'
import type {
  ObservedQuery,
  ObservedRequest,
  RequestOutcome,
  Step,
  StepOutcome,
  StepStart,
} from './request-observer.js'
import { originAttributes } from './server-attributes.js'

/** What requests are traced with. */
export interface TraceTools {
  readonly startSpan: StartSpan
  readonly errorCode: SpanStatusCode
  /** Write queries as they were typed into spans. */
  readonly queryText: boolean
}

/** Starts a span, below `parent` if there is one. */
export type StartSpan = (
  name: string,
  kind: 'SERVER' | 'CLIENT' | 'INTERNAL',
  attributes: Readonly<Record<string, string | number>>,
  parent?: ReturnType<Span['spanContext']>,
) => Span

/** A request as a server span, and each of its steps as a span below it. */
export class TracedRequest implements ObservedRequest {
  readonly #steps = new Set<Step>()

  constructor(
    private readonly span: Span,
    private readonly tools: TraceTools,
  ) {}

  bodyRead(): void {
    this.span.addEvent('body read')
  }

  step(start: StepStart): Step {
    const isUpstream = start.kind === 'upstream'
    const name = isUpstream ? start.method : start.kind
    const parent = this.span.spanContext()
    const attributes = attributesOf(start, this.tools.queryText)
    const span = this.tools.startSpan(name, isUpstream ? 'CLIENT' : 'INTERNAL', attributes, parent)
    const step: Step = {
      ...(isUpstream && { traceparent: traceparentOf(span) }),
      end: (outcome = {}) => {
        if (!this.#steps.delete(step)) return
        this.#finish(span, outcome, 400)
      },
    }
    this.#steps.add(step)
    return step
  }

  query({ index, encoder, vector }: ObservedQuery): void {
    this.span.setAttributes({
      'splade.index': index,
      'splade.model': encoder.identity.name,
      'splade.query.active_tokens': vector.size,
    })
  }

  documents(): void {
    // The steps in which they were encoded have spans of their own.
  }

  answering(): void {
    this.span.addEvent('answer begins')
  }

  answerData(): void {
    // What stands in answers is no part of a trace.
  }

  end({ kind, status, refused }: RequestOutcome): void {
    for (const step of this.#steps) step.end({ error: 'cancelled' })
    this.span.setAttribute('splade.proxy.kind', kind)
    const error = status === 0 ? 'cancelled' : refused
    this.#finish(this.span, { status, ...(error !== undefined && { error }) }, 500)
  }

  /** @param failsFrom status from which it is an error: for a client 400, for a server 500 */
  #finish(span: Span, { status = 0, error }: StepOutcome, failsFrom: number): void {
    if (status > 0) span.setAttribute('http.response.status_code', status)
    const hasFailed = status >= failsFrom || (status === 0 && error !== undefined)
    const type = error ?? (hasFailed ? String(status) : undefined)
    if (type !== undefined) span.setAttribute('error.type', type)
    if (hasFailed) span.setStatus({ code: this.tools.errorCode })
    span.end()
  }
}

function attributesOf(start: StepStart, queryText: boolean): Readonly<Record<string, string | number>> {
  switch (start.kind) {
    case 'upstream':
      return {
        'http.request.method': start.method,
        'url.path': start.target.split('?', 1)[0] ?? '',
        ...(start.origin !== undefined && originAttributes(start.origin)),
      }
    case 'encode':
      return {
        ...(start.model !== undefined && { 'splade.model': start.model }),
        ...(queryText && start.text !== undefined && { 'splade.query.text': start.text }),
      }
    case 'explain':
      return {}
  }
}

/** As the upstream is sent it: whatever it traces hangs below this span. */
function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}
