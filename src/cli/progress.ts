import { SingleBar } from 'cli-progress'
import { countOf } from './plural.js'
import { note, type Terminal } from './terminal.js'

/** Progress of a run over documents. */
export interface Progress {
  /** @param share 0-1 of the input, or undefined where its size is not known */
  update(documents: number, share: number | undefined): void
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
      format: `${label} {bar} {percentage}% | {documents} documents | {rate}/s`,
      stream: terminal.err,
      barsize: 28,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
    })
    this.bar.start(STEPS, 0, { documents: 0, rate: 0 })
  }

  update(documents: number, share = 0): void {
    this.bar.update(Math.round(share * STEPS), { documents, rate: perSecond(documents, this.startedAt) })
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

  update(documents: number, share: number | undefined): void {
    if (performance.now() - this.lastLineAt < LINE_EVERY_MS) return
    this.lastLineAt = performance.now()
    const percent = share === undefined ? '' : ` (${Math.round(share * 100)} %)`
    note(
      this.terminal,
      `${this.label}: ${countOf(documents, 'document')}${percent}, ${perSecond(documents, this.startedAt)}/s`,
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
