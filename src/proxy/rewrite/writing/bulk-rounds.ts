import type { BulkOperation } from './bulk-operations.js'
import { ownTargetOf, type Targets } from './bulk-targets.js'
import { readsDocument } from './bulk-updates.js'
import type { WriteTarget } from './write-targets.js'

/**
 * Operations that can be sent at once. An update of encoded text is planned from its document as it is before the round;
 * so one that comes after another write of the same document has to wait until that has been done. What becomes of it
 * cannot be known before: it may fail, or be a script.
 *
 * @returns at least one round, each with its operations in the client's order; only one where no update has to wait
 */
export function roundsOf(
  operations: readonly BulkOperation[],
  targets: Targets,
): readonly (readonly BulkOperation[])[] {
  const rounds: BulkOperation[][] = [[]]
  const lastRounds = new Map<string, number>()
  for (const operation of operations) {
    const target = ownTargetOf(operation, targets)
    const documents = target === undefined ? [] : documentsOf(operation, target)
    const last = Math.max(-1, ...documents.map((document) => lastRounds.get(document) ?? -1))
    const hasToWait = target !== undefined && last >= 0 && readsDocument({ operation, target })
    const round = hasToWait ? last + 1 : Math.max(0, last)
    for (const document of documents) lastRounds.set(document, round)
    ;(rounds[round] ??= []).push(operation)
  }
  return rounds
}

/** An alias and its index name the same documents. */
function documentsOf({ id }: BulkOperation, { names }: WriteTarget): readonly string[] {
  return id === undefined ? [] : names.map((name) => `${name}/${id}`)
}
