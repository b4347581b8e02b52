import { SingleBar } from 'cli-progress'
import { countOf } from './plural.js'
import { note, type Terminal } from './terminal.js'

/** Progress of a run over documents. */
export interface Progress {
  /**
   * @param share 0-1 of the input, or undefined where its size is not known
   * @param details what else there is to say
   */
  update(documents: number, share: number | undefined, details?: string): void
  /** An earlier run has dealt with so many documents: they count, but say nothing of this one's pace. */
  goOn(documents: number): void
  end(): void
}

/** How fast a run is, and how long it will take. */
class Pace {
  private readonly startedAt = performance.now()
  private documentsBefore = 0
  /** Share at the first update of a run that goes on. */
  private shareBefore: number | undefined = 0

  goOn(documents: number): void {
    this.documentsBefore = documents
    this.shareBefore = undefined
  }

  perSecond(documents: number): number {
    const seconds = this.seconds()
    return seconds > 0 ? Math.round((documents - this.documentsBefore) / seconds) : 0
  }

  /** For example `3 min left`; empty as long as there is nothing to tell it by, and once nothing is left. */
  left(share: number | undefined): string {
    if (share === undefined) return ''
    this.shareBefore ??= share
    const done = share - this.shareBefore
    return done < TELLING_SHARE || share >= 1
      ? ''
      : `${formatSeconds(Math.round(this.seconds() * ((1 - share) / done)))} left`
  }

  private seconds(): number {
    return (performance.now() - this.startedAt) / 1000
  }
}

/** Lines written to a log file or pipe come no more often than this. */
const LINE_EVERY_MS = 5_000
const STEPS = 1_000
/** Too little was done to tell what is left. */
const TELLING_SHARE = 0.02

/** A bar where a person watches, plain lines where nobody does; always on standard error. */
export function createProgress(terminal: Terminal, label: string): Progress {
  return terminal.interactive ? new ProgressBar(terminal, label) : new ProgressLines(terminal, label)
}

class ProgressBar implements Progress {
  private readonly bar: SingleBar
  private readonly pace = new Pace()

  constructor(terminal: Terminal, label: string) {
    this.bar = new SingleBar({
      format: `${label} {bar} {percentage}% | {documents} documents | {rate}/s{more}`,
      stream: terminal.err,
      barsize: 28,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
    })
    this.bar.start(STEPS, 0, { documents: 0, rate: 0, more: '' })
  }

  update(documents: number, share = 0, details = ''): void {
    this.bar.update(Math.round(share * STEPS), {
      documents,
      rate: this.pace.perSecond(documents),
      more: [this.pace.left(share), details].map((text) => text && ` | ${text}`).join(''),
    })
  }

  goOn(documents: number): void {
    this.pace.goOn(documents)
  }

  end(): void {
    this.bar.stop()
  }
}

class ProgressLines implements Progress {
  private readonly pace = new Pace()
  private lastLineAt = performance.now()

  constructor(
    private readonly terminal: Terminal,
    private readonly label: string,
  ) {}

  update(documents: number, share: number | undefined, details = ''): void {
    if (performance.now() - this.lastLineAt < LINE_EVERY_MS) return
    this.lastLineAt = performance.now()
    const percent = share === undefined ? '' : ` (${Math.round(share * 100)} %)`
    const rate = `${this.pace.perSecond(documents)}/s`
    const said = [`${countOf(documents, 'document')}${percent}`, rate, this.pace.left(share), details]
    note(this.terminal, `${this.label}: ${said.filter(Boolean).join(', ')}`)
  }

  goOn(documents: number): void {
    this.pace.goOn(documents)
  }

  end(): void {
    // Every line stands for itself.
  }
}

function formatSeconds(seconds: number): string {
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
