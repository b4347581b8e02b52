import { SingleBar } from 'cli-progress'
import { note, type Terminal } from './terminal.js'

/** Progress of a download or copy. */
export interface ByteProgress {
  update(file: string, bytes: number, totalBytes: number): void
  end(): void
}

/** Lines written to a log file or pipe come no more often than this. */
const LINE_EVERY_MS = 5_000

/** A bar where a person watches, plain lines where nobody does; always on standard error. */
export function createByteProgress(terminal: Terminal): ByteProgress {
  return terminal.interactive ? watched(terminal) : unwatched(terminal)
}

/** Decimal units, as model hubs and disks count: `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ''}`
}

function watched(terminal: Terminal): ByteProgress {
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {done} of {all} | {file}',
    stream: terminal.err,
    barsize: 28,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
  })
  return {
    update(file, bytes, totalBytes) {
      const payload = { done: formatBytes(bytes), all: formatBytes(totalBytes), file }
      if (!bar.isActive) bar.start(totalBytes, bytes, payload)
      else bar.update(bytes, payload)
    },
    end() {
      if (bar.isActive) bar.stop()
    },
  }
}

function unwatched(terminal: Terminal): ByteProgress {
  let lastLineAt = performance.now()
  return {
    update(file, bytes, totalBytes) {
      if (performance.now() - lastLineAt < LINE_EVERY_MS) return
      lastLineAt = performance.now()
      note(terminal, `${file}: ${formatBytes(bytes)} of ${formatBytes(totalBytes)}`)
    },
    end() {
      // Every line stands for itself.
    },
  }
}
