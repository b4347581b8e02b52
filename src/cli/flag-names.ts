import type { Command } from 'commander'
import { ConfigurationError } from '../errors.js'

/**
 * The library names its options as programs write them; who typed a flag is told of the flag.
 *
 * @param command the one that ran; undefined if none did
 * @returns the error by the flag of the command or of one above it that gave the option, else as it was
 */
export function byItsFlag(error: unknown, command: Command | undefined): unknown {
  if (!(error instanceof ConfigurationError)) return error
  for (let at: Command | null | undefined = command; at; at = at.parent) {
    const typed = at.options.find((option) => option.attributeName() === error.option)
    if (typed?.long && at.getOptionValueSource(error.option) === 'cli')
      return new ConfigurationError(typed.long, error.rule, error.received)
  }
  return error
}
