import type { LoadEvent } from '../indexer/events.js'
import type { TelemetrySink } from '../telemetry/events.js'
import { IngestTelemetry, type LoadName } from './ingest-telemetry.js'
import { LoadRecorder, type ReportHeading, writeReport } from './load-report.js'
import type { ReportCounts } from './report-counts.js'
import type { Terminal } from './terminal.js'

/** Telemetry and report of a load: what looks on beside its display. */
export class LoadObservers {
  private readonly recorder = new LoadRecorder()
  private readonly telemetry: IngestTelemetry | undefined

  /** @param sink absent where no telemetry is asked for */
  constructor(
    load: LoadName,
    sink: TelemetrySink | undefined,
    private readonly reportFile: string | undefined,
  ) {
    this.telemetry = sink && new IngestTelemetry(sink, load)
  }

  see(event: LoadEvent): void {
    this.recorder.see(event)
    this.telemetry?.see(event)
  }

  /** Writes the report, if there is to be one. */
  async report(terminal: Terminal, heading: ReportHeading, counts: ReportCounts): Promise<void> {
    if (this.reportFile === undefined) return
    await writeReport(terminal, this.reportFile, this.recorder.toHtml(heading, counts))
  }

  /** The load is over, whether it came to its end or not. */
  finish(): void {
    this.telemetry?.finish()
  }
}
