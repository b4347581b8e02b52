import { createHash } from 'node:crypto'
import { access, constants, mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { IndexDocumentsOptions } from '../indexer/index-documents.js'
import { type Relaxation, RELAXATIONS } from '../indexer/load-settings.js'
import type { Partition } from '../indexer/partition.js'
import type { Input } from '../indexer/readers/input.js'
import { ConfigurationError } from '../errors.js'
import { userPaths } from './paths.js'
import { maxRetriesOption } from './retry-flags.js'
import { positiveNumber } from './whole-number.js'

/** How a load is carried out, whatever it loads. */
export interface LoadFlags {
  readonly resume?: boolean
  readonly checkpoint?: string
  readonly maxRetries?: number
  readonly partition?: Partition
  readonly concurrency?: number
  readonly bulkMb?: number
  readonly compress?: boolean
  readonly relax?: Relaxation
}

/** Set by Kubernetes in the pods of an Indexed Job, 0-based. */
const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX'
const COUNT_VARIABLE = 'SPLADE_BRIDGE_PARTITIONS'

/** Adds the flags of {@link LoadFlags}. */
export function addLoadFlags(command: Command): Command {
  return command
    .option('--resume', 'go on where an earlier run of the same command stopped; begin where there was none')
    .option(
      '--checkpoint <file>',
      'file that says how far the run has come (default: one in the state folder)',
    )
    .addOption(maxRetriesOption())
    .option(
      '--concurrency <n>',
      'most bulk requests at a time; fewer while the cluster is busy (default: 8)',
      positiveNumber,
    )
    .option('--bulk-mb <n>', 'megabytes of a bulk request, about (default: 5)', positiveNumber)
    .option('--compress', 'send bulk requests compressed with gzip, for a slow network')
    .addOption(
      new Option(
        '--relax <when>',
        'put off refreshing until the load ends, and replicas if the index is empty: never, where it is empty, always ' +
          '(default: where it is empty and the input has 100 MB or more)',
      ).choices(RELAXATIONS),
    )
    .option(
      '--partition <k/n>',
      `the k-th of n shares of the documents, for n workers (env: ${INDEX_VARIABLE}, from 0, and ${COUNT_VARIABLE})`,
      parsePartition,
    )
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
  { resume, checkpoint, maxRetries, partition: asked, concurrency, bulkMb, relax }: LoadFlags,
  environment: Readonly<Record<string, string | undefined>>,
  place: LoadPlace,
): LoadOptions {
  const partition = asked ?? partitionOf(environment)
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

/** Share of a worker that is told so by its environment; undefined where the count is not given. */
function partitionOf(environment: Readonly<Record<string, string | undefined>>): Partition | undefined {
  const count = environment[COUNT_VARIABLE]
  if (count === undefined || count === '') return undefined
  const number = wholeVariable(environment, INDEX_VARIABLE)
  const of = wholeVariable(environment, COUNT_VARIABLE)
  if (number >= of)
    throw new ConfigurationError(INDEX_VARIABLE, `must be less than ${COUNT_VARIABLE}`, number)
  return { number, of }
}

/**
 * What is to be said where a pod is told its number, but not of how many: it would load all documents, as every other.
 *
 * @returns undefined where nothing is missing
 */
export function missingPartition(
  { partition }: Pick<LoadFlags, 'partition'>,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const number = environment[INDEX_VARIABLE] ?? ''
  if (partition !== undefined || number === '' || (environment[COUNT_VARIABLE] ?? '') !== '') return undefined
  return `${INDEX_VARIABLE} is ${number}, but ${COUNT_VARIABLE} is not set: all documents are loaded, not a share of them`
}

function wholeVariable(environment: Readonly<Record<string, string | undefined>>, name: string): number {
  const text = environment[name] ?? ''
  if (!/^\d{1,9}$/.test(text)) throw new ConfigurationError(name, 'must be a whole number', text)
  return Number(text)
}

/** @param text `2/4` */
export function parsePartition(text: string): Partition {
  const [, share = '', count = ''] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? []
  const [number, of] = [Number(share) - 1, Number(count)]
  if (share === '' || number < 0 || number >= of) {
    throw new InvalidArgumentError('It must be a share and their number, from 1/4 to 4/4 for four workers.')
  }
  return { number, of }
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
