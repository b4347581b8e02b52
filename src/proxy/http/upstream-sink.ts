import { createEngineSink, type EngineSinkOptions } from '../../telemetry/engine-sink.js'
import type { TelemetrySink } from '../../telemetry/events.js'
import type { Log } from '../../telemetry/log.js'
import { BufferBudget } from './buffer-budget.js'
import { createUpstreamRequester } from './upstream-requester.js'
import type { Upstreams } from './upstreams.js'

export interface UpstreamSinkOptions extends Omit<EngineSinkOptions, 'onDrop'> {
  /** Value of the `Authorization` header of what is written; callers' credentials never are. Default: none is sent. */
  readonly authorization?: string
}

const TIMEOUT_MS = 30_000
/** Where an engine is away, every request loses an event. */
const LOG_EVERY_MS = 10_000
/** The answer to a batch has a few hundred bytes a document. */
const ANSWER_BYTES = 33_554_432

/**
 * Writes events to the proxy's own upstream, past the proxy: over its connections, but with credentials of its own and
 * in the background.
 */
export function createUpstreamSink(
  upstreams: Upstreams,
  { authorization, ...options }: UpstreamSinkOptions,
  log: Log,
): TelemetrySink {
  const requester = createUpstreamRequester(upstreams, {
    authorization,
    timeoutMs: TIMEOUT_MS,
    answerBytes: ANSWER_BYTES,
    budget: new BufferBudget(ANSWER_BYTES),
  })
  let events = 0
  let loggedAt = -Infinity
  return createEngineSink(requester, {
    ...options,
    onDrop: (lost, reason) => {
      events += lost
      if (performance.now() - loggedAt < LOG_EVERY_MS) return
      loggedAt = performance.now()
      log.warn({ events, reason }, 'events of telemetry are lost; this many so far')
    },
  })
}
