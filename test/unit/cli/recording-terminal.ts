import { Writable } from 'node:stream'
import pc from 'picocolors'
import type { Terminal } from '../../../src/cli/terminal.js'

export interface RecordingTerminal extends Terminal {
  /** Standard output so far. */
  readonly printed: () => string
  /** Standard error so far. */
  readonly noted: () => string
}

/** A terminal that remembers what was written to it. */
export function recordingTerminal(
  options: Partial<Pick<Terminal, 'interactive'>> & { readonly colours?: boolean } = {},
): RecordingTerminal {
  const { colours = false, interactive = false } = options
  const out = recorder()
  const err = recorder()
  return {
    out: out.stream,
    err: err.stream,
    paint: pc.createColors(colours),
    interactive,
    columns: 100,
    printed: out.text,
    noted: err.text,
  }
}

function recorder(): { readonly stream: Writable; readonly text: () => string } {
  let seen = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      seen += chunk.toString()
      done()
    },
  })
  return { stream, text: () => seen }
}
