import { access, constants, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ConfigurationError } from '../errors.js'

/** Files that a run writes late, where they were asked for by name. */
export interface OutputFlags {
  readonly report?: string
  readonly deadLetters?: string
}

/**
 * Finds out before a run what would fail in its middle or at its end.
 *
 * @throws ConfigurationError naming the option, where its file cannot be written
 */
export async function requireWritableOutputs({ report, deadLetters }: OutputFlags): Promise<void> {
  if (report !== undefined) await requireWritableFile('--report', report)
  if (deadLetters !== undefined) await requireWritableFile('--dead-letters', deadLetters)
}

async function requireWritableFile(option: string, file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  const isWritable = await access(found === undefined ? dirname(resolve(file)) : file, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!isWritable || found?.isDirectory() === true)
    throw new ConfigurationError(
      option,
      'must name a file that can be written, in a folder that exists',
      file,
    )
}
