import type { EnrichEvent } from '../enrich/events.js'
import { countOf } from './plural.js'
import { createProgress, type Progress } from './progress.js'
import { note, type Terminal } from './terminal.js'
import { addCounts, NO_TEXTS, warnAboutTexts } from './warnings.js'

/** Turns a run's events into a progress display and, at the end, warnings. */
export class EnrichWatcher {
  private readonly progress: Progress
  private encoded = NO_TEXTS

  constructor(
    private readonly terminal: Terminal,
    private readonly model: string,
  ) {
    this.progress = createProgress(terminal, 'enriching')
  }

  see(event: EnrichEvent): void {
    switch (event.type) {
      case 'progress':
        this.progress.update(
          event.counts.read,
          event.total === 0 ? 1 : Math.min(1, event.counts.read / event.total),
        )
        break
      case 'encoded':
        this.encoded = addCounts(this.encoded, { ...event, texts: event.documents })
        break
      case 'retry':
        note(this.terminal, `retry ${event.retry} in ${Math.round(event.delayMs)} ms: ${event.reason}`)
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

  end(): void {
    this.progress.end()
    warnAboutTexts(this.terminal, this.model, 'document', this.encoded)
  }
}
