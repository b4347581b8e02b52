import { type OwnAnswer, RefusedRequest, type RewrittenRequest, type WholeAnswer } from '../../rewriter.js'
import { joinLines } from '../json/lines.js'
import { mergeItems, renameItems, spliceItems } from '../json/splice-items.js'
import type { RequestLookups } from '../lookups.js'
import { answerOfItems, refusedItem } from './bulk-items.js'
import type { BulkOperation } from './bulk-operations.js'
import { ownTargetOf, type Targets } from './bulk-targets.js'
import { planBulkUpdates, type PlannedWrite } from './bulk-updates.js'
import { type EncodedSource, encodeSources, type SourceToEncode } from './encode-sources.js'
import type { WriteTarget } from './write-targets.js'

/** An operation as it is sent on. */
interface Sent {
  readonly lines: readonly string[]
  /** Set where another action is sent than the client's, by which the answer is to call it. */
  readonly answersAs?: string
}

type Outcome = Sent | RefusedRequest

/**
 * Makes the request for operations that can be sent at once: documents encoded, updates of encoded text as writes of
 * whole documents. One that cannot be encoded fails alone, at its place of the answer.
 *
 * @param target path and parameters of the client's request
 */
export async function toBulkRequest(
  target: string,
  operations: readonly BulkOperation[],
  targets: Targets,
  lookups: RequestLookups,
): Promise<RewrittenRequest | OwnAnswer> {
  const plans = await plansOf(operations, targets, lookups)
  const outcomes = await encodeOperations(operations, targets, plans, lookups)
  return toRequest(target, operations, outcomes, lookups)
}

type Plans = ReadonlyMap<BulkOperation, PlannedWrite | undefined>

async function plansOf(
  operations: readonly BulkOperation[],
  targets: Targets,
  lookups: RequestLookups,
): Promise<Plans> {
  const updates = operations.flatMap((operation) => {
    const target = operation.action === 'update' ? ownTargetOf(operation, targets) : undefined
    return target === undefined ? [] : [{ operation, target }]
  })
  const planned = await planBulkUpdates(updates, lookups)
  return new Map(updates.map(({ operation }, place) => [operation, planned[place]]))
}

async function encodeOperations(
  operations: readonly BulkOperation[],
  targets: Targets,
  plans: Plans,
  { context }: RequestLookups,
): Promise<readonly Outcome[]> {
  const writes = operations.map((operation) => writeOf(operation, targets.get(operation.index), plans))
  const sources = writes.filter((write) => 'source' in write)
  const encoded = await encodeSources(
    sources.map(({ source }) => source),
    context.observed,
  )
  const results = new Map<object, EncodedSource | undefined>(
    sources.map((write, place) => [write, encoded[place]]),
  )
  return writes.map((write) => {
    if (!('source' in write)) return write
    const result = results.get(write) ?? write.source.text
    return result instanceof RefusedRequest ? result : { ...write.sent, lines: [write.line, result] }
  })
}

/** A document that is to be encoded before its operation is sent. */
interface PendingWrite {
  readonly source: SourceToEncode
  readonly line: string
  readonly sent: Omit<Sent, 'lines'>
}

function writeOf(
  operation: BulkOperation,
  target: WriteTarget | RefusedRequest | undefined,
  plans: Plans,
): PendingWrite | Outcome {
  const { action, line, id, body } = operation
  const asItCame = { lines: body === undefined ? [line] : [line, body] }
  if (target === undefined || body === undefined) return asItCame
  if (target instanceof RefusedRequest) return target
  const known = id === undefined ? {} : { id }
  if (action !== 'update') return { source: { text: body, ...target, ...known }, line, sent: {} }
  const plan = plans.get(operation)
  if (plan === undefined) return asItCame
  return { source: { text: plan.text, ...target, ...known }, line: plan.line, sent: { answersAs: action } }
}

function toRequest(
  target: string,
  operations: readonly BulkOperation[],
  outcomes: readonly Outcome[],
  lookups: RequestLookups,
): RewrittenRequest | OwnAnswer {
  const refused = new Map(
    operations.flatMap((operation, place) => {
      const outcome = outcomes[place]
      return outcome instanceof RefusedRequest ? [[place, refusedItem(operation, outcome)] as const] : []
    }),
  )
  const sent = outcomes.filter((outcome): outcome is Sent => !(outcome instanceof RefusedRequest))
  if (refused.size > 0) lookups.requireJsonAnswer('a document that is refused')
  if (sent.length === 0) return answerOfItems(mergeItems([], refused))
  const isRenamed = sent.some(({ answersAs }) => answersAs !== undefined)
  const changeAnswer = (answer: WholeAnswer): Promise<WholeAnswer> => {
    const renamed = isRenamed
      ? renameItems(
          answer,
          sent.map(({ answersAs }) => answersAs),
        )
      : answer
    return Promise.resolve(
      refused.size > 0 ? spliceItems(renamed, 'items', refused, { errors: 'true' }) : renamed,
    )
  }
  return {
    kind: 'request',
    target,
    body: Buffer.from(joinLines(sent.flatMap(({ lines }) => lines))),
    ...((isRenamed || refused.size > 0) && { changeAnswer }),
  }
}
