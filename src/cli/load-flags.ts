import { createHash } from 'node:crypto'
import { access, constants, mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { IndexDocumentsOptions } from '../indexer/index-documents.js'
import { type Relaxation, RELAXATIONS } from '../indexer/load-settings.js'
import type { Partition } from '../indexer/partition.js'
import type { Input } from '../indexer/readers/input.js'
import { ConfigurationError } from '../errors.js'
import { partitionOf, type PartitionFlags, partitionOption } from './partition-flags.js'
import { userPaths } from './paths.js'
import { concurrencyOption, maxRetriesOption } from './retry-flags.js'
import { positiveNumber } from './whole-number.js'

/** How a load is carried out, whatever it loads. */
export interface LoadFlags extends PartitionFlags {
  readonly resume?: boolean
  readonly checkpoint?: string
  readonly maxRetries?: number
  readonly concurrency?: number
  readonly bulkMb?: number
  readonly compress?: boolean
  readonly relax?: Relaxation
}

/** Adds the flags of {@link LoadFlags}. */
export function addLoadFlags(command: Command): Command {
  return command
    .option('--resume', 'go on where an earlier run of the same command stopped; begin where there was none')
    .option(
      '--checkpoint <file>',
      'file that says how far the run has come (default: one in the state folder)',
    )
    .addOption(maxRetriesOption())
    .addOption(concurrencyOption())
    .option('--bulk-mb <n>', 'megabytes of a bulk request, about (default: 5)', positiveNumber)
    .option('--compress', 'send bulk requests compressed with gzip, for a slow network')
    .addOption(
      new Option(
        '--relax <when>',
        'put off refreshing until the load ends, and replicas if the index is empty: never, where it is empty, always ' +
          '(default: where it is empty and the input has 100 MB or more)',
      ).choices(RELAXATIONS),
    )
    .addOption(partitionOption())
}

/** What a load reads, and where it goes. */
export interface LoadPlace {
  readonly url: string
  readonly index: string
  readonly inputs: readonly Input[]
  /** Undefined where it is not known. */
  readonly totalBytes: number | undefined
}

type LoadOptions = Pick<
  IndexDocumentsOptions,
  'resume' | 'maxRetries' | 'partition' | 'checkpointFile' | 'maxConcurrency' | 'flushBytes' | 'relax'
>

const MEGABYTE = 1_000_000
/** From here on replicas that are copied at the end cost less than those that index along. */
const LARGE_LOAD_BYTES = 100 * MEGABYTE

/**
 * The flags as options of the indexer, completed by the environment.
 *
 * @throws ConfigurationError for variables that name no partition
 */
export function loadOptions(
  flags: LoadFlags,
  environment: Readonly<Record<string, string | undefined>>,
  place: LoadPlace,
): LoadOptions {
  const { resume, checkpoint, maxRetries, concurrency, bulkMb, relax } = flags
  const partition = partitionOf(flags, environment)
  return {
    relax: relax ?? ((place.totalBytes ?? 0) >= LARGE_LOAD_BYTES ? 'empty' : 'never'),
    checkpointFile: checkpoint ?? defaultCheckpoint(place, partition),
    ...(resume !== undefined && { resume }),
    ...(maxRetries !== undefined && { maxRetries }),
    ...(partition !== undefined && { partition }),
    ...(concurrency !== undefined && { maxConcurrency: concurrency }),
    ...(bulkMb !== undefined && { flushBytes: bulkMb * MEGABYTE }),
  }
}

/**
 * The options without a checkpoint where the folder for it cannot be written, as in a container with a read-only file
 * system; but one that was asked for must be possible.
 *
 * @throws ConfigurationError naming the folder
 */
export async function withWritableCheckpoint(
  options: LoadOptions,
  { checkpoint, resume }: LoadFlags,
  onMissing: (folder: string) => void,
): Promise<LoadOptions> {
  const { checkpointFile, ...others } = options
  if (checkpointFile === undefined) return options
  const folder = dirname(resolve(checkpointFile))
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
    return options
  } catch {
    if (checkpoint !== undefined || resume === true) {
      throw new ConfigurationError('checkpoint', 'must be in a folder that can be written', folder)
    }
    onMissing(folder)
    return others
  }
}

/** One a load: two loads at the same time have one each, and the same command finds its own again. */
function defaultCheckpoint({ url, index, inputs }: LoadPlace, partition: Partition | undefined): string {
  const names = inputs.map(({ path, name }) => (path === undefined ? name : resolve(path)))
  const place = JSON.stringify([url, index, names, partition])
  const digest = createHash('sha256').update(place).digest('hex').slice(0, 16)
  return join(userPaths.state, 'checkpoints', `${index}-${digest}.json`)
}

/** The command that was typed, with `--resume`, to be typed again. */
export function resumeCommand(words: readonly string[]): string {
  const end = words.includes('--') ? words.indexOf('--') : words.length
  const added = words.includes('--resume') ? [] : ['--resume']
  return ['splade-bridge', ...words.slice(0, end), ...added, ...words.slice(end)].map(quote).join(' ')
}

/** For a POSIX shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
