import { Option } from 'commander'
import { wholeNumber } from './whole-number.js'

/** `--max-retries`, of every command that waits for an engine which is busy or away. */
export function maxRetriesOption(): Option {
  return new Option(
    '--max-retries <n>',
    'give up after so many attempts without progress (default: never, as long as the engine may come back)',
  ).argParser(wholeNumber)
}
