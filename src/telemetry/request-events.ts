import type { QueryEvent, TelemetrySink } from './events.js'
import { HEAD_BYTES, hitCount } from './hit-count.js'
import type {
  AnswerHead,
  ArrivedRequest,
  ObservedDocuments,
  ObservedQuery,
  ObservedRequest,
  RequestObserver,
  RequestOutcome,
  Step,
  StepStart,
} from './request-observer.js'
import { StageClock, type StageTimes } from './stage-clock.js'
import { isTelemetryIndex } from './streams.js'
import { WriteEvents } from './write-events.js'
import { tokenUses } from './token-uses.js'

/** Makes events until it is closed. */
export interface RequestEvents extends RequestObserver {
  /** Records what is still being summed. */
  close(): void
}

/**
 * Makes an event of every request, and one of every sparse query in it, once its answer is out; and one of the documents
 * that were encoded in ten seconds. Requests for the streams of telemetry make none.
 */
export function createRequestEvents(sink: Pick<TelemetrySink, 'record'>): RequestEvents {
  const writes = new WriteEvents(sink)
  return {
    begin: (request) =>
      isForTelemetry(request) ? undefined : new RecordedRequest(sink, writes, request.method),
    close: () => {
      writes.flush()
    },
  }
}

/** True for a path whose first part names a stream of telemetry. */
function isForTelemetry({ target }: ArrivedRequest): boolean {
  const [, first = ''] = /^\/([^/?]*)/.exec(target) ?? []
  if (!first.includes('logs-splade')) return false
  return first.split(/,|%2C/i).some(isTelemetryIndex)
}

class RecordedRequest implements ObservedRequest {
  readonly #clock = new StageClock()
  readonly #queries: ObservedQuery[] = []
  #answer: AnswerHead | undefined
  #head: Buffer[] = []
  #headBytes = 0

  constructor(
    private readonly sink: Pick<TelemetrySink, 'record'>,
    private readonly writes: WriteEvents,
    private readonly method: string,
  ) {}

  bodyRead(): void {
    this.#clock.restart()
  }

  step({ kind }: StepStart): Step {
    if (kind === 'explain') return { end: () => undefined }
    const stage = kind === 'upstream' ? 'engine' : 'encode'
    this.#clock.enter(stage)
    let isOver = false
    return {
      end: () => {
        if (!isOver) this.#clock.leave(stage)
        isOver = true
      },
    }
  }

  query(query: ObservedQuery): void {
    if (!query.index.split(',').some(isTelemetryIndex)) this.#queries.push(query)
  }

  documents(documents: ObservedDocuments): void {
    this.writes.add(documents)
  }

  answering(head: AnswerHead): void {
    this.#answer = head
    this.#clock.stop()
  }

  answerData(chunk: Buffer): void {
    if (this.#queries.length === 0 || this.#headBytes >= HEAD_BYTES) return
    // A copy: the rest of the chunk need not be kept.
    const piece = Buffer.from(chunk.subarray(0, HEAD_BYTES - this.#headBytes))
    this.#head.push(piece)
    this.#headBytes += piece.length
  }

  end({ kind, status, durationMs, refused }: RequestOutcome): void {
    const times = this.#clock.stop()
    const isRewritten = kind === 'rewritten' || kind === 'answered'
    this.sink.record({
      type: 'proxy',
      kind,
      method: this.method,
      status,
      durationMs,
      ...(isRewritten && { timings: times }),
      ...(refused !== undefined && { refused }),
    })
    if (!isRewritten) return
    const totalHits = status >= 300 || status === 0 ? undefined : this.#hits()
    for (const query of this.#queries) this.sink.record(toQueryEvent(query, { times, totalHits, status }))
  }

  #hits(): number | undefined {
    return this.#headBytes === 0 ? undefined : hitCount(Buffer.concat(this.#head), this.#answer?.coding)
  }
}

interface AnsweredQuery {
  readonly times: StageTimes
  readonly totalHits: number | undefined
  readonly status: number
}

function toQueryEvent(
  { index, encoder, text, vector, prunedTokens, encodeMs }: ObservedQuery,
  { times, totalHits, status }: AnsweredQuery,
): QueryEvent {
  return {
    type: 'query',
    index,
    model: encoder.identity.name,
    ...(text !== undefined && { text }),
    tokens: tokenUses(encoder, text, vector),
    prunedTokens,
    ...(totalHits !== undefined && { totalHits }),
    ...((status >= 400 || status === 0) && { failed: true }),
    timings: {
      encodeMs,
      engineMs: times.engineMs,
      totalMs: times.engineMs + times.encodeMs + times.ownMs,
    },
  }
}
