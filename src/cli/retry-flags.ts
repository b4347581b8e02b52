import { Option } from 'commander'
import { positiveNumber, wholeNumber } from './whole-number.js'

/** `--max-retries`, of every command that waits for an engine which is busy or away. */
export function maxRetriesOption(): Option {
  return new Option(
    '--max-retries <n>',
    'give up after so many attempts without progress (default: never, as long as the engine may come back)',
  ).argParser(wholeNumber)
}

/** `--concurrency`, of every command that writes documents. */
export function concurrencyOption(): Option {
  return new Option(
    '--concurrency <n>',
    'most bulk requests at a time; fewer while the cluster is busy (default: 8)',
  ).argParser(positiveNumber)
}
