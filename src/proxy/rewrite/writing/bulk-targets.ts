import { RefusedRequest } from '../../rewriter.js'
import type { RequestLookups } from '../lookups.js'
import type { BulkOperation } from './bulk-operations.js'
import { tryWriteTarget, type WriteTarget } from './write-targets.js'

/** How documents are encoded, by the index that an operation names; undefined for one that is not ours. */
export type Targets = ReadonlyMap<string, WriteTarget | RefusedRequest | undefined>

/** Each index is looked up once. */
export async function targetsOf(
  operations: readonly BulkOperation[],
  lookups: RequestLookups,
): Promise<Targets> {
  const names = [...new Set(operations.map(({ index }) => index))].filter((index) => index !== '')
  const found = await Promise.all(names.map((index) => tryWriteTarget(index, lookups)))
  return new Map(names.map((name, place) => [name, found[place]]))
}

/** @returns undefined for an operation on an index that is not ours, or cannot be written */
export function ownTargetOf({ index }: BulkOperation, targets: Targets): WriteTarget | undefined {
  const target = targets.get(index)
  return target instanceof RefusedRequest ? undefined : target
}
