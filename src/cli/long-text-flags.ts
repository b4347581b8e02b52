import { type Command, InvalidArgumentError, Option } from 'commander'
import { LONG_TEXTS, type LongTextOptions } from '../encoder/long-texts.js'
import type { IndexMeta } from '../engine/index-meta.js'

/** The flags are named after the options. */
export type LongTextFlags = LongTextOptions

/** Adds the flags that say what becomes of texts longer than the model reads. */
export function addLongTextFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--long-texts <way>',
        'texts longer than a chunk: merge the largest weights of their chunks, keep them as nested chunks of which ' +
          'the best one counts and is shown, or truncate them (default: what the index was created with, or merge)',
      ).choices(LONG_TEXTS),
    )
    .option(
      '--chunk-tokens <n>',
      'longest chunk, special tokens included (default: what the model reads at once)',
      wholeNumberFromZero,
    )
    .option('--chunk-overlap <n>', 'most tokens that a chunk repeats (default: 0)', wholeNumberFromZero)
}

/** The options that were given. */
export function longTextOptions({ longTexts, chunkTokens, chunkOverlap }: LongTextFlags): LongTextOptions {
  return {
    ...(longTexts !== undefined && { longTexts }),
    ...(chunkTokens !== undefined && { chunkTokens }),
    ...(chunkOverlap !== undefined && { chunkOverlap }),
  }
}

/**
 * What was asked for, completed by what the index was created with. Whether the two agree is checked when documents
 * are written.
 */
export function withIndexLongTexts(asked: LongTextOptions, meta: IndexMeta | undefined): LongTextOptions {
  const recorded = meta?.longTexts
  if (recorded === undefined) return asked
  const longTexts = asked.longTexts ?? recorded.longTexts
  if (longTexts === 'truncate') return { ...asked, longTexts }
  const { chunkTokens, chunkOverlap } = recorded
  const chunks =
    recorded.longTexts === 'truncate'
      ? {}
      : { chunkOverlap, ...(Number.isFinite(chunkTokens) && { chunkTokens }) }
  return { ...chunks, ...asked, longTexts }
}

function wholeNumberFromZero(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}
