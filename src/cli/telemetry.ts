import type { EngineClient } from '../engine/client.js'
import { ConfigurationError } from '../errors.js'
import { createEngineSink } from '../telemetry/engine-sink.js'
import type { EventContext } from '../telemetry/event-documents.js'
import type { TelemetrySink } from '../telemetry/events.js'
import { settingValue } from './context.js'
import { countOf } from './plural.js'
import type { Settings } from './settings.js'
import { note, type Terminal } from './terminal.js'
import { readVersion } from './version.js'

/** `off`: no events; the others: whether queries are in them as a hash, or as they were typed too. */
const TELEMETRY_MODES = ['off', 'hashed', 'text']

/**
 * Runs a command whose events go to the engine that it talks to, if `--telemetry` says so. What is left is written
 * before it returns; what could not be written is said, and changes nothing.
 *
 * @throws ConfigurationError for a mode that there is not
 */
export async function withTelemetry<Result>(
  terminal: Terminal,
  settings: Settings,
  client: EngineClient,
  run: (sink: TelemetrySink | undefined) => Result | Promise<Result>,
): Promise<Result> {
  const context = telemetryContext(settings)
  if (context === undefined) return run(undefined)
  const sink = createEngineSink(client, context)
  try {
    return await run(sink)
  } finally {
    await sink.close()
    noteDropped(terminal, sink)
  }
}

/**
 * What the setting says of events.
 *
 * @returns undefined where there are to be none
 * @throws ConfigurationError for a mode that there is not
 */
export function telemetryContext(settings: Settings): EventContext | undefined {
  const mode = settingValue(settings, 'telemetry')
  if (!TELEMETRY_MODES.includes(mode)) {
    throw new ConfigurationError('telemetry', `must be one of ${TELEMETRY_MODES.join(', ')}`, mode)
  }
  if (mode === 'off') return undefined
  return { service: { name: 'splade-bridge', version: readVersion() }, queryText: mode === 'text' }
}

function noteDropped(terminal: Terminal, { counts }: TelemetrySink): void {
  const { dropped, lastFailure = 'no reason' } = counts
  if (dropped > 0) note(terminal, `telemetry: ${countOf(dropped, 'event')} not written (${lastFailure})`)
}
