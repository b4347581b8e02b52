import { targetKey } from '../indexer/bulk.js'
import { type EnrichEvent, settledOf } from './events.js'

type Progress = Extract<EnrichEvent, { type: 'progress' }>

const NOTHING: Pick<Progress, 'counts' | 'busyMs'> = {
  counts: { read: 0, enriched: 0, unchanged: 0, skipped: 0, deadLettered: 0, gone: 0, conflicts: 0 },
  busyMs: { encoding: 0, writing: 0 },
}

/**
 * The events of several passes over an index as those of one run. Each pass reads again what has no vectors: documents
 * without text and refused ones count once, and a refusal is told once.
 */
export class PassEvents {
  private before = NOTHING
  private latest = NOTHING
  private readonly refused = new Set<string>()

  constructor(private readonly onEvent: ((event: EnrichEvent) => void) | undefined) {}

  /** To be called before each pass. */
  begin(): void {
    this.before = this.latest
  }

  readonly see = (event: EnrichEvent): void => {
    if (event.type === 'progress') {
      const together = this.together(event)
      this.latest = together
      this.onEvent?.(together)
      return
    }
    if (event.type === 'dead-letter') {
      const key = targetKey(event.record)
      if (this.refused.has(key)) return
      this.refused.add(key)
    }
    this.onEvent?.(event)
  }

  private together({ counts: pass, busyMs, total }: Progress): Progress {
    const { counts: before, busyMs: busyBefore } = this.before
    const settled = {
      enriched: before.enriched + pass.enriched,
      unchanged: before.unchanged + pass.unchanged,
      skipped: Math.max(before.skipped, pass.skipped),
      deadLettered: Math.max(before.deadLettered, pass.deadLettered),
      gone: before.gone + pass.gone,
    }
    return {
      type: 'progress',
      counts: { ...settled, read: settledOf(settled), conflicts: before.conflicts + pass.conflicts },
      total: before.read + total - before.skipped - before.deadLettered,
      busyMs: {
        encoding: busyBefore.encoding + busyMs.encoding,
        writing: busyBefore.writing + busyMs.writing,
      },
    }
  }
}
