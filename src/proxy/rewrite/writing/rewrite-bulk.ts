import {
  type OwnAnswer,
  RefusedRequest,
  type RewrittenRequest,
  type WholeAnswer,
  type WholeRequest,
} from '../../rewriter.js'
import type { Endpoint } from '../endpoint.js'
import { joinLines, linesOf } from '../json/lines.js'
import { mergeItems, renameItems, spliceItems } from '../json/splice-items.js'
import type { RequestLookups } from '../lookups.js'
import { textOf } from '../rewrite-body.js'
import { type BulkOperation, readBulk } from './bulk-operations.js'
import { type BulkUpdate, hasScript, planBulkUpdates, type PlannedWrite } from './bulk-updates.js'
import { type EncodedSource, encodeSources, type SourceToEncode } from './encode-sources.js'
import { SCRIPT_WARNING } from './plan-update.js'
import { tryWriteTarget, type WriteTarget } from './write-targets.js'

/** An operation as it is sent on. */
interface Sent {
  readonly lines: readonly string[]
  /** Set where another action is sent than the client's, by which the answer is to call it. */
  readonly answersAs?: string
}

type Outcome = Sent | RefusedRequest

/**
 * Encodes the documents of a `_bulk` for indices of ours. One that cannot be encoded fails alone, at its place of the
 * answer.
 */
export async function rewriteBulk(
  endpoint: Endpoint,
  { target, body }: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | OwnAnswer | undefined> {
  const text = textOf(body)
  const operations = text === undefined ? undefined : readBulk(linesOf(text), endpoint.indices)
  if (operations === undefined) return undefined
  const targets = await targetsOf(operations, lookups)
  if ([...targets.values()].every((one) => one === undefined)) return undefined
  const updates = updatesOf(operations, targets)
  const plans = await plansOf(updates, lookups)
  const outcomes = await encodeOperations(operations, targets, plans, lookups)
  const request = toRequest(target, operations, outcomes, lookups)
  const warnings = updates.some(hasScript) ? [SCRIPT_WARNING] : []
  return request.kind === 'request' ? { ...request, warnings } : request
}

type Targets = ReadonlyMap<string, WriteTarget | RefusedRequest | undefined>

/** Each index is looked up once. */
async function targetsOf(operations: readonly BulkOperation[], lookups: RequestLookups): Promise<Targets> {
  const names = [...new Set(operations.map(({ index }) => index))].filter((index) => index !== '')
  const found = await Promise.all(names.map((index) => tryWriteTarget(index, lookups)))
  return new Map(names.map((name, place) => [name, found[place]]))
}

function updatesOf(operations: readonly BulkOperation[], targets: Targets): readonly BulkUpdate[] {
  return operations.flatMap((operation) => {
    const target = targets.get(operation.index)
    const isOurs = target !== undefined && !(target instanceof RefusedRequest)
    return isOurs && operation.action === 'update' ? [{ operation, target }] : []
  })
}

type Plans = ReadonlyMap<BulkOperation, PlannedWrite | undefined>

async function plansOf(updates: readonly BulkUpdate[], lookups: RequestLookups): Promise<Plans> {
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
    outcomes.flatMap((outcome, place) =>
      refusedItem(outcome, operations[place]).map((item) => [place, item] as const),
    ),
  )
  const sent = outcomes.filter((outcome): outcome is Sent => !(outcome instanceof RefusedRequest))
  if (refused.size > 0) lookups.requireJsonAnswer('a document that is refused')
  if (sent.length === 0) return ownAnswer(mergeItems([], refused))
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

/** The item of an operation that was refused, as the engine would write it. */
function refusedItem(outcome: Outcome, operation: BulkOperation | undefined): readonly string[] {
  if (!(outcome instanceof RefusedRequest) || operation === undefined) return []
  const { action, index, id = null } = operation
  const { status, type, message } = outcome
  const item = { _index: decodeURIComponent(index), _id: id, status, error: { type, reason: message } }
  return [JSON.stringify({ [action]: item })]
}

function ownAnswer(items: readonly string[]): OwnAnswer {
  const body = Buffer.from(`{"took":0,"errors":true,"items":[${items.join(',')}]}`)
  return { kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body }
}
