import { isatty } from 'node:tty'
import pc from 'picocolors'

/** Where a command writes: results to `out`, everything else to `err`, so that results can be piped. */
export interface Terminal {
  readonly out: NodeJS.WritableStream
  readonly err: NodeJS.WritableStream
  /** Colours for `out`: the identity where it is not a terminal, or NO_COLOR is set. */
  readonly paint: Painter
  /** True if a person watches `err`, so that a progress bar may redraw itself. */
  readonly interactive: boolean
  /** Columns of the terminal; 100 where there is none. */
  readonly columns: number
}

export type Painter = ReturnType<typeof pc.createColors>

const COLUMNS_WITHOUT_TERMINAL = 100
/** File descriptor. */
const STANDARD_OUTPUT = 1

export function processTerminal(): Terminal {
  const forced = process.env.FORCE_COLOR !== undefined && process.env.FORCE_COLOR !== '0'
  const refused = process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== ''
  return {
    out: process.stdout,
    err: process.stderr,
    paint: pc.createColors(!refused && (forced || isatty(STANDARD_OUTPUT))),
    interactive: process.stderr.isTTY && process.env.TERM !== 'dumb',
    columns: process.stdout.isTTY ? process.stdout.columns : COLUMNS_WITHOUT_TERMINAL,
  }
}

/** Writes one line to standard output. */
export function print(terminal: Terminal, line = ''): void {
  terminal.out.write(`${withoutCommands(terminal, line)}\n`)
}

/** Writes one line to standard error. */
export function note(terminal: Terminal, line: string): void {
  terminal.err.write(`${withoutCommands(terminal, line)}\n`)
}

const ESCAPE = '\u001b'
/** What `paint` makes: intensity, inverse, colours. A text with such a sequence in it can do no more than colour a line. */
const PAINT = `${ESCAPE}\\[(?:1|2|7|22|27|3[1-79])m`
const COMMANDS = /(?![\n\t])\p{Cc}/gu
const COMMANDS_BUT_PAINT = new RegExp(`${PAINT}|${COMMANDS.source}`, 'gu')

/**
 * Shows control characters as the escapes of JSON. Documents, ids and what engines answer are the words of others: raw,
 * they could move the cursor, set the clipboard or rename the window. In JSON the escapes stand for the same text.
 */
function withoutCommands({ paint }: Terminal, line: string): string {
  return line.replace(paint.isColorSupported ? COMMANDS_BUT_PAINT : COMMANDS, (found) =>
    found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A reader that stops early (`| head`) is no failure. */
export function endQuietlyOnClosedPipe(stream: NodeJS.WritableStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}
