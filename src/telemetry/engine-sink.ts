import { setImmediate } from 'node:timers/promises'
import type { EngineRequester } from '../engine/client.js'
import { engineReason } from '../engine/failure.js'
import { arrayMember, member } from '../engine/json.js'
import { type EventContext, type EventDocument, toDocuments } from './event-documents.js'
import type { TelemetryCounts, TelemetryEvent, TelemetrySink } from './events.js'
import { isTelemetryIndex, prepareTelemetry, streamName } from './streams.js'

export interface EngineSinkOptions extends EventContext {
  /** Events that wait at most; more are dropped. Default 10,000. */
  readonly maxQueued?: number
  /** Events that are written in one request, and as soon as there are so many. Default 200. */
  readonly batchSize?: number
  /** How long an event waits for others, in milliseconds. Default 5,000. */
  readonly flushMs?: number
  /** How long the engine is left alone after a failure, in milliseconds. Default 30,000. */
  readonly pauseMs?: number
  /** How long `close` writes what is left, in milliseconds. Default 10,000: the first events make the streams. */
  readonly closeMs?: number
  /** Told of events that were lost, and why. */
  readonly onDrop?: (events: number, reason: string) => void
  /** Time of an event. Default: when it is recorded. */
  readonly now?: () => Date
}

const DEFAULTS = { maxQueued: 10_000, batchSize: 200, flushMs: 5_000, pauseMs: 30_000, closeMs: 10_000 }

/** Events that are put into words before others have their turn in the process. */
const EVENTS_AT_A_TIME = 16

interface Queued {
  readonly event: TelemetryEvent
  readonly at: Date
}

/**
 * Writes events to the streams of `client`'s engine, in the background: recording an event costs one push, one request
 * is in flight at a time, and a batch that fails is dropped, never sent again, so that nothing is written twice. Events
 * about the streams themselves are ignored.
 *
 * @param client is not closed
 */
export function createEngineSink(client: EngineRequester, options: EngineSinkOptions): TelemetrySink {
  return new EngineSink(client, { ...DEFAULTS, ...options })
}

class EngineSink implements TelemetrySink {
  #queue: Queued[] = []
  /** Events in the request that is under way. */
  #inFlight = 0
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined
  #pausedUntil = 0
  #isPrepared = false
  #isClosed = false
  #isOver = false
  #counts: TelemetryCounts = { written: 0, dropped: 0 }

  constructor(
    private readonly client: EngineRequester,
    private readonly options: EngineSinkOptions & typeof DEFAULTS,
  ) {}

  get counts(): TelemetryCounts {
    return this.#counts
  }

  record(event: TelemetryEvent): void {
    if ('index' in event && isTelemetryIndex(event.index)) return
    if (this.#isClosed || this.#queue.length >= this.options.maxQueued) {
      this.#drop(1, this.#isClosed ? 'recorded after the end' : 'more events than could be written')
      return
    }
    this.#queue.push({ event, at: this.options.now?.() ?? new Date() })
    // Once, when a batch is full: later events must not put it off.
    this.#arm(this.#queue.length === this.options.batchSize ? 0 : this.options.flushMs)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.options.closeMs)
    })
    await Promise.race([this.#writeRest(), deadline])
    clearTimeout(timer)
    // Those in flight may arrive yet; better said to be lost than to be there.
    const left = this.#queue.splice(0).length + this.#inFlight
    this.#drop(left, this.#counts.lastFailure ?? 'not written before the end')
    this.#isOver = true
  }

  async #writeRest(): Promise<void> {
    await this.#flushing
    while (this.#queue.length > 0 && Date.now() >= this.#pausedUntil) await this.#flush()
  }

  /** A process is not kept alive to write telemetry; `close` is for that. */
  #arm(delayMs: number): void {
    if (this.#flushing !== undefined || (this.#timer !== undefined && delayMs > 0)) return
    clearTimeout(this.#timer)
    const pause = Math.max(0, this.#pausedUntil - Date.now())
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        this.#flushing = this.#flush().finally(() => {
          this.#flushing = undefined
          if (this.#queue.length > 0 && !this.#isClosed)
            this.#arm(this.#queue.length >= this.options.batchSize ? 1 : this.options.flushMs)
        })
      },
      Math.max(delayMs, pause),
    ).unref()
  }

  /** Never throws. */
  async #flush(): Promise<void> {
    const batch = this.#queue.splice(0, this.options.batchSize)
    this.#inFlight = batch.length
    try {
      if (!this.#isPrepared) await prepareTelemetry(this.client)
      this.#isPrepared = true
      await this.#write(batch)
    } catch (error) {
      this.#pausedUntil = Date.now() + this.options.pauseMs
      this.#drop(batch.length, error instanceof Error ? error.message : String(error))
    } finally {
      this.#inFlight = 0
    }
  }

  async #write(batch: readonly Queued[]): Promise<void> {
    const written: (readonly EventDocument[])[] = []
    let ndjson = ''
    for (const { event, at } of batch) {
      // A query has dozens of documents: requests in between are not to wait for all of them.
      if (written.length % EVENTS_AT_A_TIME === EVENTS_AT_A_TIME - 1) await setImmediate()
      const documents = toDocuments(event, at, this.options)
      written.push(documents)
      ndjson += documents.map((document) => this.#toBulkLines(document)).join('')
    }
    const { body } = await this.client.request({ method: 'POST', path: '/_bulk', ndjson })
    const errors = arrayMember(body, 'items').map((item) => member(item, 'create', 'error'))
    let place = 0
    for (const documents of written) {
      const failure = errors.slice(place, place + documents.length).find((error) => error !== undefined)
      place += documents.length
      if (failure !== undefined) this.#drop(1, engineReason(failure))
      else this.#keep()
    }
  }

  /** Streams take documents that are created, and no others. */
  #toBulkLines({ dataset, body }: EventDocument): string {
    const action = { create: { _index: streamName(dataset, this.options.namespace) } }
    return `${JSON.stringify(action)}\n${JSON.stringify(body)}\n`
  }

  #keep(): void {
    if (!this.#isOver) this.#counts = { ...this.#counts, written: this.#counts.written + 1 }
  }

  #drop(events: number, lastFailure: string): void {
    if (events === 0 || this.#isOver) return
    this.#counts = { ...this.#counts, dropped: this.#counts.dropped + events, lastFailure }
    this.options.onDrop?.(events, lastFailure)
  }
}
