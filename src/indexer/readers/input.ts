import { createReadStream } from 'node:fs'
import { InputError } from '../../errors.js'

/** Bytes to read records from, and what to call them in errors. */
export interface Input {
  /** File path, or `<stdin>`. */
  readonly name: string
  /** Opened at the first read. */
  readonly bytes: AsyncIterable<Uint8Array>
  /** Path of a file that can also be read out of order, as Parquet has to be; absent for a stream. */
  readonly path?: string
}

/** A file as an input; a file that cannot be read fails at the first read, by name. */
export function fileInput(path: string): Input {
  return { name: path, bytes: { [Symbol.asyncIterator]: () => readFileBytes(path) }, path }
}

/** A stream, such as standard input, as an input. */
export function streamInput(stream: AsyncIterable<Uint8Array>, name = '<stdin>'): Input {
  return { name, bytes: stream }
}

async function* readFileBytes(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Buffer
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** What to throw where a file cannot be opened or read on. */
export function unreadable(path: string, cause: unknown): InputError {
  const { message } = cause as Error
  return new InputError(path, undefined, `cannot be read: ${message}`, { cause })
}
