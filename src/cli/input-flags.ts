import { type Command, Option } from 'commander'
import { BAD_RECORD_RULES, type BadRecordRule } from '../indexer/broken-record.js'
import { INPUT_FORMATS, type InputFormat } from '../indexer/readers/format.js'
import { normalizeReadOptions } from '../indexer/readers/read-records.js'
import type { RecordReaderOptions } from '../indexer/record-reader.js'

/** How inputs are read. */
export interface InputFlags {
  readonly format?: InputFormat
  readonly encoding?: string
  readonly delimiter?: string
  readonly ignoreActionIndex?: boolean
  readonly onBadRecord?: BadRecordRule
}

/** Adds the flags of {@link InputFlags}. */
export function addInputFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--format <format>',
        'format of the inputs (default: by their first bytes and names)',
      ).choices(INPUT_FORMATS),
    )
    .option(
      '--encoding <name>',
      'encoding of the texts, for example euc-kr or utf-16le (default: UTF-8; Korean CSV is recognised)',
    )
    .option('--delimiter <character>', 'what stands between two columns (default: a comma, in TSV a tab)')
    .option(
      '--ignore-action-index',
      'bulk files: write to --index also what an action line sends to another index',
    )
    .addOption(
      new Option(
        '--on-bad-record <what>',
        'a record that cannot be read or breaks a rule: stop there, or append it to the dead letters and go on (default: stop)',
      ).choices(BAD_RECORD_RULES),
    )
}

/** What the indexer makes of {@link InputFlags}. */
export type ReadFlags = Pick<RecordReaderOptions, keyof InputFlags>

/**
 * The flags as options of the reader.
 *
 * @throws ConfigurationError naming the option
 */
export function readOptions({
  format,
  encoding,
  delimiter,
  ignoreActionIndex,
  onBadRecord,
}: InputFlags): ReadFlags {
  const options = {
    ...(format !== undefined && { format }),
    ...(encoding !== undefined && { encoding }),
    ...(delimiter !== undefined && { delimiter }),
    ...(ignoreActionIndex !== undefined && { ignoreActionIndex }),
    ...(onBadRecord !== undefined && { onBadRecord }),
  }
  normalizeReadOptions(options)
  return options
}
