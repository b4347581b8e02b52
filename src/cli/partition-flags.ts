import { InvalidArgumentError, Option } from 'commander'
import { ConfigurationError } from '../errors.js'
import type { Partition } from '../indexer/partition.js'
import { UsageError } from './exit.js'

/** Which of several workers this is. */
export interface PartitionFlags {
  readonly partition?: Partition
}

type Environment = Readonly<Record<string, string | undefined>>

/** Set by Kubernetes in the pods of an Indexed Job, 0-based. */
const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX'
const COUNT_VARIABLE = 'SPLADE_BRIDGE_PARTITIONS'

/** `--partition k/n`. */
export function partitionOption(): Option {
  return new Option(
    '--partition <k/n>',
    `the k-th of n shares of the documents, for n workers (env: ${INDEX_VARIABLE}, from 0, and ${COUNT_VARIABLE})`,
  ).argParser(parsePartition)
}

/**
 * The share that is asked for, on the command line or else by the environment.
 *
 * @returns undefined where there is one worker
 * @throws ConfigurationError for variables that name no share
 */
export function partitionOf({ partition }: PartitionFlags, environment: Environment): Partition | undefined {
  const count = environment[COUNT_VARIABLE]
  if (partition !== undefined || count === undefined || count === '') return partition
  const number = wholeVariable(environment, INDEX_VARIABLE)
  const of = wholeVariable(environment, COUNT_VARIABLE)
  if (number >= of)
    throw new ConfigurationError(INDEX_VARIABLE, `must be less than ${COUNT_VARIABLE}`, number)
  return { number, of }
}

/**
 * What is to be said where a pod is told its number, but not of how many: it would take all documents, as every other.
 *
 * @returns undefined where nothing is missing
 */
export function missingPartition(
  { partition }: PartitionFlags,
  environment: Environment,
): string | undefined {
  const number = environment[INDEX_VARIABLE] ?? ''
  if (partition !== undefined || number === '' || (environment[COUNT_VARIABLE] ?? '') !== '') return undefined
  return `${INDEX_VARIABLE} is ${number}, but ${COUNT_VARIABLE} is not set: all documents are taken, not a share of them`
}

/**
 * For what cannot be shared out.
 *
 * @param what for example `--into`
 * @throws UsageError where a share is asked for, or ConfigurationError as {@link partitionOf} does
 */
export function refusePartition(what: string, flags: PartitionFlags, environment: Environment): void {
  const { of = 1 } = partitionOf(flags, environment) ?? {}
  if (of === 1) return
  throw new UsageError(
    `${what} cannot be shared out to ${of} workers: one has to copy the documents, verify the new index and move the ` +
      `aliases; leave out --partition and ${COUNT_VARIABLE}`,
  )
}

function wholeVariable(environment: Environment, name: string): number {
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
