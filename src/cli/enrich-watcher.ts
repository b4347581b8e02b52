import { type EnrichEvent, settledOf } from '../enrich/events.js'
import { countOf } from './plural.js'
import { createProgress, type Progress } from './progress.js'
import { RunDetails } from './run-details.js'
import { note, type Terminal } from './terminal.js'
import { addCounts, NO_TEXTS, warnAboutTexts } from './warnings.js'

/** Turns a run's events into a progress display and, at the end, warnings. */
export class EnrichWatcher {
  private readonly progress: Progress
  private readonly details: RunDetails
  private encoded = NO_TEXTS

  constructor(
    private readonly terminal: Terminal,
    private readonly model: string,
  ) {
    this.progress = createProgress(terminal, 'enriching')
    this.details = new RunDetails(terminal)
  }

  see(event: EnrichEvent): void {
    switch (event.type) {
      case 'progress':
        this.showProgress(event)
        break
      case 'encoded':
        this.encoded = addCounts(this.encoded, { ...event, texts: event.documents })
        break
      case 'retry':
        this.details.seeRetry(event)
        break
      case 'dead-letter':
        note(
          this.terminal,
          `refused: document ${event.record.id} of ${event.record.origin.file}: ${event.reason}`,
        )
        break
      case 'watching':
        note(this.terminal, `${countOf(event.counts.read, 'document')} read; following changes until Ctrl-C`)
        break
    }
  }

  private showProgress({ counts, total, busyMs }: EnrichEvent & { readonly type: 'progress' }): void {
    const settled = settledOf(counts)
    const share = total === 0 ? 1 : Math.min(1, settled / total)
    this.progress.update(settled, share, this.details.show(busyMs, counts.deadLettered))
  }

  end(): void {
    this.progress.end()
    warnAboutTexts(this.terminal, this.model, 'document', this.encoded)
  }
}
