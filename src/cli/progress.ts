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
  end(): void
}

/** Lines written to a log file or pipe come no more often than this. */
const LINE_EVERY_MS = 5_000
const STEPS = 1_000

/** A bar where a person watches, plain lines where nobody does; always on standard error. */
export function createProgress(terminal: Terminal, label: string): Progress {
  return terminal.interactive ? new ProgressBar(terminal, label) : new ProgressLines(terminal, label)
}

class ProgressBar implements Progress {
  private readonly bar: SingleBar
  private readonly startedAt = performance.now()

  constructor(terminal: Terminal, label: string) {
    this.bar = new SingleBar({
      format: `${label} {bar} {percentage}% | {documents} documents | {rate}/s{left}{details}`,
      stream: terminal.err,
      barsize: 28,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
    })
    this.bar.start(STEPS, 0, { documents: 0, rate: 0, left: '', details: '' })
  }

  update(documents: number, share = 0, details = ''): void {
    this.bar.update(Math.round(share * STEPS), {
      documents,
      rate: perSecond(documents, this.startedAt),
      left: timeLeft(share, this.startedAt, ' | '),
      details: details === '' ? '' : ` | ${details}`,
    })
  }

  end(): void {
    this.bar.stop()
  }
}

class ProgressLines implements Progress {
  private readonly startedAt = performance.now()
  private lastLineAt = this.startedAt

  constructor(
    private readonly terminal: Terminal,
    private readonly label: string,
  ) {}

  update(documents: number, share: number | undefined, details = ''): void {
    if (performance.now() - this.lastLineAt < LINE_EVERY_MS) return
    this.lastLineAt = performance.now()
    const percent = share === undefined ? '' : ` (${Math.round(share * 100)} %)`
    note(
      this.terminal,
      `${this.label}: ${countOf(documents, 'document')}${percent}, ${perSecond(documents, this.startedAt)}/s` +
        timeLeft(share ?? 0, this.startedAt, ', ') +
        (details === '' ? '' : `, ${details}`),
    )
  }

  end(): void {
    // Every line stands for itself.
  }
}

function perSecond(documents: number, startedAt: number): number {
  const seconds = (performance.now() - startedAt) / 1000
  return seconds > 0 ? Math.round(documents / seconds) : 0
}

/** Too little was done to tell what is left. */
const TELLING_SHARE = 0.02

/** For example `, 3 min left`; nothing near the beginning. */
function timeLeft(share: number, startedAt: number, separator: string): string {
  if (share < TELLING_SHARE) return ''
  const seconds = ((performance.now() - startedAt) / 1000) * ((1 - share) / share)
  return `${separator}${formatSeconds(Math.round(seconds))} left`
}

function formatSeconds(seconds: number): string {
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
