import type { StageTimes } from './stage-clock.js'

/** A token of a query, and what it did. */
export interface TokenUse {
  readonly token: string
  /** Query weight, > 0. */
  readonly weight: number
  /** True for a token that the model added: it does not stand in the query. Absent where the text is not known. */
  readonly expansion?: boolean
  /** Part of the best hit's score; absent where the hits were not explained, 0 for a token that the hit lacks. */
  readonly contribution?: number
}

/** A sparse search is over. */
export interface QueryEvent {
  readonly type: 'query'
  readonly index: string
  /** Name of the encoder. */
  readonly model: string
  /** As it was typed; written as a hash unless asked for otherwise. Absent where a client sent weights. */
  readonly text?: string
  /** Heaviest first, as they were sent. */
  readonly tokens: readonly TokenUse[]
  /** Lighter tokens that pruning left out. */
  readonly prunedTokens: number
  /** Hits on the page; absent where nobody looked at them. */
  readonly hits?: number
  /** Documents that match in all, as far as the engine counts; absent where it was not asked or not seen. */
  readonly totalHits?: number
  /** True where the engine refused the search or the client left. Default false. */
  readonly failed?: boolean
  /** Score of the best hit; absent without hits. */
  readonly topScore?: number
  /** Milliseconds; `totalMs` holds the other two and the way there and back. */
  readonly timings: { readonly encodeMs: number; readonly engineMs: number; readonly totalMs: number }
}

/** What gives documents their vectors. */
export type IngestCommand = 'index' | 'enrich' | 'reindex'

/** What a load did since its last event. */
export interface IngestEvent {
  readonly type: 'ingest'
  readonly command: IngestCommand
  readonly index: string
  readonly model: string
  /** Tells the events of one load from those of others. */
  readonly run: string
  /** True for the last event of a load. */
  readonly finished: boolean
  /** Time that the event covers, in milliseconds. */
  readonly intervalMs: number
  readonly documents: {
    readonly read: number
    /** Written with vectors. */
    readonly indexed: number
    readonly unchanged: number
    readonly deadLettered: number
    readonly skipped: number
  }
  /** Requests that were sent again. */
  readonly retries: number
  readonly encoded: EncodedCounts
  /** Time of encoding and of bulk requests, in milliseconds; the two overlap. */
  readonly busyMs: { readonly encoding: number; readonly writing: number }
}

/** Documents that were encoded, and how long they are. */
export interface EncodedCounts {
  readonly documents: number
  /** Longer than the model reads at once: encoded in chunks, or cut off. */
  readonly chunked: number
  readonly truncated: number
  /** Whose tokens are mostly unknown or single characters. */
  readonly fragmented: number
  /** Sum and maximum over documents, before any limit. */
  readonly tokens: Spread
  /** The same of tokens with a weight. */
  readonly activeTokens: Spread
}

export interface Spread {
  readonly sum: number
  readonly max: number
}

/** Documents that clients write have got their vectors on the way through the proxy; nobody knows what becomes of them. */
export interface WriteEvent {
  readonly type: 'write'
  readonly index: string
  readonly model: string
  /** Tells the events of one proxy from those of others. */
  readonly run: string
  /** Time that the event covers, in milliseconds. */
  readonly intervalMs: number
  readonly encoded: EncodedCounts
}

/** Retrieval quality has been measured. */
export interface QualityEvent {
  readonly type: 'quality'
  readonly index: string
  readonly model: string
  /** Name of the judged collection. */
  readonly dataset: string
  readonly split: string
  readonly method: 'sparse' | 'bm25' | 'hybrid'
  readonly queries: number
  /** Means over the queries, 0-1. */
  readonly ndcg: Readonly<Record<1 | 3 | 5 | 10, number>>
  readonly recall100: number
  readonly mrr10: number
}

/** A request has gone through the proxy. */
export interface ProxyEvent {
  readonly type: 'proxy'
  /** What became of it, for example `passed`, `rewritten` or `refused`. */
  readonly kind: string
  readonly method: string
  /** HTTP status; 0 where the client left before there was one. */
  readonly status: number
  readonly durationMs: number
  /** Of a rewritten request, from its body being there to the first byte of its answer; in milliseconds. */
  readonly timings?: StageTimes
  /** Type of the proxy's own error. */
  readonly refused?: string
}

export type TelemetryEvent = QueryEvent | IngestEvent | WriteEvent | QualityEvent | ProxyEvent

/** Where events go. */
export interface TelemetrySink {
  /** Takes an event over and returns at once: it neither waits nor throws. */
  record(event: TelemetryEvent): void
  /** Events so far. */
  readonly counts: TelemetryCounts
  /** Writes what is left, within a few seconds, and takes nothing more. Never throws. */
  close(): Promise<void>
}

export interface TelemetryCounts {
  /** In the engine, with all their documents. */
  readonly written: number
  /** Lost: the engine was away or refused them, or they came faster than they could be written. */
  readonly dropped: number
  /** Why the latest of them were lost. */
  readonly lastFailure?: string
}
