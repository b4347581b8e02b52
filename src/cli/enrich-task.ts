import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import type { NewIndexMeta } from '../engine/index-setup.js'
import type { EnrichEvent } from '../enrich/events.js'
import type { LoadEvent } from '../indexer/events.js'
import type { IngestCommand } from '../telemetry/events.js'
import { type CliContext, settingValue } from './context.js'
import { type EnrichFlags, enrichMeta, openEnrichEncoder } from './enrich-flags.js'
import { EnrichWatcher } from './enrich-watcher.js'
import { LoadObservers } from './load-observers.js'
import type { ReportHeading } from './load-report.js'
import { openPatiently } from './patient-engine.js'
import type { ReportCounts } from './report-counts.js'
import type { Settings } from './settings.js'
import { withTelemetry } from './telemetry.js'
import { note } from './terminal.js'
import { requireWritableOutputs } from './writable-file.js'

/** Which documents are to be given vectors, and by what. */
export interface EnrichTask {
  readonly command: IngestCommand
  readonly settings: Settings
  readonly client: EngineClient
  readonly encoder: Encoder
  readonly index: string
  readonly meta: NewIndexMeta
}

/** Opens what a task needs, and closes it behind the run. */
export async function withEnrichTask(
  context: CliContext,
  command: IngestCommand,
  settings: Settings,
  flags: EnrichFlags,
  run: (task: EnrichTask) => Promise<void>,
): Promise<void> {
  await requireWritableOutputs(flags)
  const { client, waiting } = await openPatiently(context, settings, flags)
  try {
    const { encoder, existing } = await openEnrichEncoder(context, waiting, settings, flags)
    try {
      const meta = enrichMeta(settings, flags, encoder, existing)
      await run({ command, settings, client, encoder, index: settingValue(settings, 'index'), meta })
    } finally {
      await encoder.close()
    }
  } finally {
    await client.close()
  }
}

/** What a report says of a run. */
export interface EnrichReport extends Omit<ReportHeading, 'model'> {
  readonly counts: ReportCounts
}

/**
 * A run with its display, and with telemetry and a report where these are asked for.
 *
 * @param target index that vectors are written to
 */
export function watchEnriching<Result>(
  { terminal, signal }: CliContext,
  { command, settings, client, encoder }: EnrichTask,
  target: string,
  flags: EnrichFlags,
  run: (onEvent: (event: EnrichEvent) => void) => Promise<Result>,
  reportOf: (result: Result) => EnrichReport,
): Promise<Result> {
  const model = encoder.identity.name
  return withTelemetry(terminal, settings, client, async (sink) => {
    const observers = new LoadObservers({ command, index: target, model }, sink, flags.report)
    const watcher = new EnrichWatcher(terminal, model)
    let result: Result | undefined
    try {
      result = await run((event) => {
        watcher.see(event)
        if (event.type !== 'watching') observers.see(toLoadEvent(event))
      })
      const { counts, ...heading } = reportOf(result)
      await observers.report(terminal, { ...heading, model }, counts)
      return result
    } finally {
      watcher.end()
      observers.finish()
      if (result === undefined && signal.aborted) note(terminal, 'to go on, run the same command again')
    }
  })
}

/** The same event of a load, where documents that are given vectors are indexed. */
function toLoadEvent(event: Exclude<EnrichEvent, { type: 'watching' }>): LoadEvent {
  if (event.type !== 'progress') return event
  const { read, enriched, unchanged, deadLettered, skipped } = event.counts
  const counts = { read, indexed: enriched, unchanged, deadLettered, skipped }
  return { type: 'progress', counts, busyMs: event.busyMs }
}
