import { type IndexEvent, settledOf } from '../indexer/events.js'
import { showOrigin } from '../indexer/readers/origin.js'
import { countOf } from './plural.js'
import { createProgress, type Progress } from './progress.js'
import { RunDetails } from './run-details.js'
import { note, print, type Terminal } from './terminal.js'
import { addCounts, NO_TEXTS, warnAboutTexts } from './warnings.js'

/** A stray foreign document among many is no reason to warn. */
const TELLING_SHARE = 0.1
/** Records of a kind that get a line each; the last line counts the others. */
const TOLD_LINES = 10
/** As often as a progress event is printed for scripts. */
const EVENT_EVERY_MS = 1_000

/** What is told of records that end otherwise than most, and what those behind the first are called. */
const TOLD = {
  skipped: {
    what: 'skipped',
    more: 'more record without the fields',
    mores: 'more records without the fields',
  },
  'without-text': {
    what: 'stored without a vector',
    more: 'more document without text',
    mores: 'more documents without text',
  },
} as const

type ToldEvent = Extract<IndexEvent, { readonly type: keyof typeof TOLD }>

export interface RunWatcherOptions {
  /** Of all inputs; undefined where it is not known. */
  readonly totalBytes: number | undefined
  /** Print each event as a line of JSON. Default false. */
  readonly printsEvents?: boolean
}

/** Turns a run's events into a progress display and, at the end, warnings. */
export class RunWatcher {
  private readonly progress: Progress
  private encoded = NO_TEXTS
  /** True once a document was read. */
  hasStarted = false
  private readonly details: RunDetails
  private readonly told = { skipped: 0, 'without-text': 0 }
  private lastEventAt = -Infinity

  constructor(
    private readonly terminal: Terminal,
    private readonly model: string,
    private readonly options: RunWatcherOptions,
  ) {
    this.progress = createProgress(terminal, 'indexing')
    this.details = new RunDetails(terminal)
  }

  see(event: IndexEvent): void {
    if (this.options.printsEvents === true) this.print(event)
    switch (event.type) {
      case 'progress':
        this.hasStarted = true
        this.showProgress(event)
        break
      case 'encoded':
        this.encoded = addCounts(this.encoded, { ...event, texts: event.documents })
        break
      case 'resumed':
        note(this.terminal, `going on behind ${countOf(event.counts.read, 'document')}`)
        this.progress.goOn(event.counts.read)
        break
      case 'retry':
        this.details.seeRetry(event)
        break
      case 'notice':
        note(this.terminal, event.notice)
        break
      case 'dead-letter':
        note(this.terminal, `refused: ${showOrigin(event.record.origin)}${showId(event)}: ${event.reason}`)
        break
      case 'skipped':
      case 'without-text':
        this.tell(event)
        break
    }
  }

  end(): void {
    this.progress.end()
    for (const type of ['skipped', 'without-text'] as const) {
      const { what, more, mores } = TOLD[type]
      const untold = this.told[type] - TOLD_LINES
      if (untold > 0) note(this.terminal, `${what}: ${countOf(untold, more, mores)}`)
    }
    const { fragmented, texts } = this.encoded
    const isTelling = fragmented > texts * TELLING_SHARE
    warnAboutTexts(this.terminal, this.model, 'document', {
      ...this.encoded,
      fragmented: isTelling ? fragmented : 0,
    })
  }

  private tell({ type, id, origin, reason }: ToldEvent): void {
    this.told[type] += 1
    if (this.told[type] > TOLD_LINES) return
    note(this.terminal, `${TOLD[type].what}: ${showOrigin(origin)} (id ${id}): ${reason}`)
  }

  private showProgress({ counts, bytesRead, busyMs }: IndexEvent & { readonly type: 'progress' }): void {
    const { totalBytes } = this.options
    // Reading runs ahead of writing: of the bytes read, those of documents that are dealt with count.
    const settled = settledOf(counts)
    const doneBytes = bytesRead * (settled / Math.max(counts.read, 1))
    const share = totalBytes === undefined || totalBytes === 0 ? undefined : doneBytes / totalBytes
    this.progress.update(settled, share, this.details.show(busyMs, counts.deadLettered))
  }

  private print(event: IndexEvent): void {
    if (event.type === 'encoded') return
    if (event.type === 'progress') {
      if (performance.now() - this.lastEventAt < EVENT_EVERY_MS) return
      this.lastEventAt = performance.now()
    }
    print(this.terminal, JSON.stringify(toJson(event)))
  }
}

/** Of a dead letter what tells where to look; the document itself is in the file. */
function toJson(event: IndexEvent): object {
  if (event.type !== 'dead-letter') return event
  const { type, status, reason, record } = event
  return { type, id: idOf(event), origin: record.origin, status, reason }
}

/** A record that broke a rule has an id only where a bulk file gave it one. */
function idOf({ record }: Extract<IndexEvent, { readonly type: 'dead-letter' }>): string | undefined {
  return 'error' in record ? record.target?.id : record.id
}

function showId(event: Extract<IndexEvent, { readonly type: 'dead-letter' }>): string {
  const id = idOf(event)
  return id === undefined ? '' : ` (id ${id})`
}
