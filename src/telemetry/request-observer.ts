import type { Encoder } from '../encoder/encoder.js'
import type { SparseVector } from '../sparse-vector.js'
import type { EncodedBatch } from './encoded-counts.js'
import type { RequestKind } from './proxy-metrics.js'

/** A request as it has arrived. */
export interface ArrivedRequest {
  readonly method: string
  /** Path and query, as they were sent. */
  readonly target: string
  readonly scheme: 'http' | 'https'
  /** Host, and port if it was named, that the client asked for; undefined where it named none. */
  readonly authority: string | undefined
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** A part of the work on a request. */
export type StepStart =
  | { readonly kind: 'encode'; readonly model?: string; readonly text?: string }
  | {
      readonly kind: 'upstream'
      readonly method: string
      readonly target: string
      /** Scheme, host and port of the node that is asked; undefined where it is one of several. */
      readonly origin?: string
    }
  | { readonly kind: 'explain' }

/** How a step ended. */
export interface StepOutcome {
  /** HTTP status of the upstream's answer. */
  readonly status?: number
  /** Name or code of what went wrong; never a text of the client's. */
  readonly error?: string
}

export interface Step {
  /** Sent upstream in the place of the caller's own, where the request is traced. */
  readonly traceparent?: string
  /** The first call counts. */
  end(outcome?: StepOutcome): void
}

/** A sparse query that has its weights. */
export interface ObservedQuery {
  /** As messages name it; several are joined by commas. */
  readonly index: string
  readonly encoder: Pick<Encoder, 'identity' | 'locate' | 'readable'>
  /** Undefined where the client sent weights. */
  readonly text?: string
  /** As it is sent, heaviest token first. */
  readonly vector: SparseVector
  /** Lighter tokens that were left out. */
  readonly prunedTokens: number
  readonly encodeMs: number
}

/** Documents of one index that have got their vectors on the way to the engine. */
export interface ObservedDocuments extends EncodedBatch {
  /** As the client named it. */
  readonly index: string
  /** Name of the encoder. */
  readonly model: string
}

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number
  /** Value of `Content-Encoding`; undefined for none. */
  readonly coding?: string
}

export interface RequestOutcome {
  readonly kind: RequestKind
  /** HTTP status; 0 where the client left before there was one. */
  readonly status: number
  readonly durationMs: number
  /** Type of the proxy's own error. */
  readonly refused?: string
}

/** Told what becomes of one request. No method waits or throws. */
export interface ObservedRequest {
  /** The client's body is there: what follows is the proxy's time, or the engine's. */
  bodyRead(): void
  step(start: StepStart): Step
  query(query: ObservedQuery): void
  documents(documents: ObservedDocuments): void
  /** The answer is there: what follows is the way to the client. */
  answering(head: AnswerHead): void
  /** Bytes of the answer to a rewritten request, in order. */
  answerData(chunk: Buffer): void
  end(outcome: RequestOutcome): void
}

/** Looks at requests on their way through the proxy, for telemetry or traces. */
export interface RequestObserver {
  /** @returns undefined for a request that is not looked at */
  begin(request: ArrivedRequest): ObservedRequest | undefined
}

/** Does some work as a step of a request, if that is observed. */
export async function inStep<Result>(
  observed: ObservedRequest | undefined,
  start: StepStart,
  work: () => Promise<Result>,
): Promise<Result> {
  if (observed === undefined) return work()
  const step = observed.step(start)
  try {
    const result = await work()
    step.end()
    return result
  } catch (error) {
    step.end({ error: errorName(error) })
    throw error
  }
}

/** What a failure is called: its code if it has one, else the name of its class. */
export function errorName(error: unknown): string {
  const { code, name } = Object(error) as { readonly code?: unknown; readonly name?: unknown }
  return [code, name].find((text) => typeof text === 'string') ?? 'error'
}
