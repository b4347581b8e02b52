import type { Input } from './input.js'
import { decodeUtf8, DEFAULT_MAX_RECORD_BYTES, splitLines } from './lines.js'

/**
 * Reads ids, one a line; white space around them and empty lines are nothing.
 *
 * @throws InputError naming file and line for what is not UTF-8
 */
export async function* readIds(input: Input): AsyncGenerator<string, void, undefined> {
  for await (const { bytes, line } of splitLines(input, DEFAULT_MAX_RECORD_BYTES)) {
    const id = decodeUtf8(bytes, input.name, line, 'convert the file first').trim()
    if (id !== '') yield id
  }
}
