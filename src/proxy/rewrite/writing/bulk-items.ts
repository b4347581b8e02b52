import type { OwnAnswer, RefusedRequest } from '../../rewriter.js'
import type { BulkOperation } from './bulk-operations.js'

/** The item of an operation that was refused, as JSON, as the engine would write it. */
export function refusedItem({ action, index, id }: BulkOperation, refused: RefusedRequest): string {
  const { status, type, message } = refused
  const item = {
    _index: decodeURIComponent(index),
    _id: id ?? null,
    status,
    error: { type, reason: message },
  }
  return JSON.stringify({ [action]: item })
}

/** The answer to a `_bulk` that was not sent on: JSON of its items, at least one of them refused. */
export function answerOfItems(items: readonly string[]): OwnAnswer {
  const body = Buffer.from(`{"took":0,"errors":true,"items":[${items.join(',')}]}`)
  return { kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body }
}
