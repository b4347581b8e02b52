import { memberOf, stringOf } from '../json/read-node.js'
import { withoutMembers } from '../json/merge-source.js'
import type { RequestLookups } from '../lookups.js'
import type { BulkOperation } from './bulk-operations.js'
import { readCurrent } from './current-documents.js'
import { planUpdate, readUpdate, touchesText, type UpdateWrite } from './plan-update.js'
import type { WriteTarget } from './write-targets.js'

/** An update of a bulk request for an index of ours. */
export interface BulkUpdate {
  readonly operation: BulkOperation
  readonly target: WriteTarget
}

/** The write in its place. */
export interface PlannedWrite {
  readonly line: string
  readonly text: string
}

/** Members of an action line that only updates have. */
const UPDATE_ONLY: ReadonlySet<string> = new Set(['retry_on_conflict', '_source'])

/**
 * Plans writes for the updates that change encoded text; all their documents are read at once.
 *
 * @returns one an update, in order; undefined for those that the engine does as well by itself
 */
export async function planBulkUpdates(
  updates: readonly BulkUpdate[],
  lookups: RequestLookups,
): Promise<readonly (PlannedWrite | undefined)[]> {
  const bodies = updates.map(({ operation }) => readUpdate(operation.body ?? ''))
  const touching = updates.flatMap((update, place) => {
    const body = bodies[place]
    const { id } = update.operation
    return body !== undefined && id !== undefined && touchesText(body, update.target)
      ? [{ ...update, id, body }]
      : []
  })
  const current = await readCurrent(
    touching.map(({ operation, id }) => ({
      index: decodeURIComponent(operation.index),
      id,
      ...routingOf(operation),
    })),
    lookups,
  )
  const planned = new Map<BulkOperation, PlannedWrite>()
  touching.forEach(({ operation, body, target }, place) => {
    const write = planUpdate(body, target, current[place])
    if (write !== undefined) planned.set(operation, { line: actionLine(operation, write), text: write.text })
  })
  return updates.map(({ operation }) => planned.get(operation))
}

/** True for an update that is planned from the document as it is. */
export function readsDocument({ operation: { id, body = '' }, target }: BulkUpdate): boolean {
  const update = readUpdate(body)
  return id !== undefined && update !== undefined && touchesText(update, target)
}

/** True if the vector may become that of an old text. */
export function hasScript({ action, body = '' }: BulkOperation): boolean {
  return action === 'update' && readUpdate(body)?.hasScript === true
}

function routingOf({ place }: BulkOperation): { readonly routing?: string } {
  const routing = stringOf(memberOf(place.node, 'routing'))
  return routing === undefined ? {} : { routing }
}

function actionLine({ place: { source, node } }: BulkOperation, { replaces }: UpdateWrite): string {
  const kept = withoutMembers(source, node, UPDATE_ONLY)
  if (replaces === undefined) return `{"create":${kept}}`
  const { seqNo, primaryTerm } = replaces
  const isGuarded = node.members.has('if_seq_no')
  // An update has an id at least, so there is a member to come after.
  const guard = isGuarded ? '' : `,"if_seq_no":${seqNo},"if_primary_term":${primaryTerm}`
  return `{"index":${kept.slice(0, -1)}${guard}}}`
}
