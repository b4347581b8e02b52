import { type Command, InvalidArgumentError } from 'commander'
import { ConfigurationError } from '../errors.js'
import type { Log } from '../telemetry/log.js'
import type { RequestObserver } from '../telemetry/request-observer.js'
import { openTraces } from '../telemetry/traces.js'
import type { CliContext } from './context.js'
import { readVersion } from './version.js'

/** Flags of `proxy` that are about traces. */
export interface TraceFlags {
  readonly otlpEndpoint?: string
  readonly traceRatio: number
}

/** Adds them to the command. */
export function addTraceFlags(command: Command): Command {
  return command
    .option(
      '--otlp-endpoint <url>',
      'send OpenTelemetry traces to this collector, by HTTP (env: OTEL_EXPORTER_OTLP_ENDPOINT)',
    )
    .option('--trace-ratio <0-1>', 'share of traces that are kept, where callers have no say', ratio, 1)
}

function ratio(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('must be a number from 0 to 1.')
  return value
}

export interface TraceSettings {
  /** Queries as they were typed may be written. */
  readonly queryText: boolean
  readonly log: Log
}

/** A collector that is away loses a batch every second. */
const LOG_EVERY_MS = 10_000

/**
 * Does something with traces, or without where no collector is named. Spans that are left are sent before it returns.
 *
 * @throws ConfigurationError for an address that cannot be used
 */
export async function withTraces(
  flags: TraceFlags,
  environment: CliContext['environment'],
  { queryText, log }: TraceSettings,
  work: (observer: RequestObserver | undefined) => Promise<void>,
): Promise<void> {
  const endpoint = flags.otlpEndpoint ?? environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? ''
  if (endpoint === '') {
    await work(undefined)
    return
  }
  requireAddress(endpoint)
  const name = environment.OTEL_SERVICE_NAME ?? ''
  let loggedAt = -Infinity
  const traces = await openTraces({
    endpoint,
    service: { name: name === '' ? 'splade-bridge-proxy' : name, version: readVersion() },
    ratio: flags.traceRatio,
    queryText,
    onFailure: (reason) => {
      if (performance.now() - loggedAt < LOG_EVERY_MS) return
      loggedAt = performance.now()
      log.warn({ endpoint, reason }, 'spans are lost: the collector does not take them')
    },
  })
  try {
    await work(traces.observer)
  } finally {
    await traces.close()
  }
}

function requireAddress(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  const shown = endpoint.replace(/\/\/.*@/, '//')
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw new ConfigurationError('--otlp-endpoint', 'must be an http:// or https:// address', shown)
  if (url.username !== '' || url.password !== '')
    throw new ConfigurationError(
      '--otlp-endpoint',
      'must hold no credentials: give them in OTEL_EXPORTER_OTLP_HEADERS',
      shown,
    )
}
