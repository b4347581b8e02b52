import type { EngineClient } from '../engine/client.js'
import { engineReason } from '../engine/failure.js'
import { indexPath } from '../engine/index-path.js'
import { arrayMember, member, numberMember, stringMember } from '../engine/json.js'
import { ConfigurationError, EngineError } from '../errors.js'
import {
  BLOCK_EXCEPTION,
  isTemporaryStatus,
  waitBefore,
  withRetries,
  type OnRetry,
  type RetryPolicy,
} from './retry.js'

/** Which document of which index is written, and how. */
export interface BulkTarget {
  readonly id: string
  /** Default: the index of the request. */
  readonly index?: string
  readonly routing?: string
  /** `create` is refused, with 409, where the document is there already. Default `index`. */
  readonly action?: 'index' | 'create'
}

/** A document ready to be written. */
export interface BulkDocument<Origin> extends Omit<BulkTarget, 'action'> {
  /** Default `index`. */
  readonly action?: BulkTarget['action'] | 'update' | 'delete'
  /**
   * Its action line, and but for `delete` its source line, each ended by a line feed. UTF-8 and not a string: a string
   * that was put together stays a tree of its pieces, of several times its size, until it is sent.
   */
  readonly ndjson: Buffer
  /** Whatever the caller wants back with a refusal. */
  readonly origin: Origin
}

/** A document that the engine refused for good. */
export interface Refusal<Origin> {
  readonly document: BulkDocument<Origin>
  readonly status: number
  /** The engine's own words. */
  readonly reason: string
}

export interface BulkOutcome<Origin> {
  /** Documents written. */
  readonly indexed: number
  readonly refused: readonly Refusal<Origin>[]
}

export interface BulkLimits {
  /** Largest body in bytes, unless one document alone is larger. Default 5 MiB. */
  readonly flushBytes?: number
  /** Most documents of a body. Default 5,000. */
  readonly flushDocuments?: number
  /** Longest that a document waits for others while a slow encoder works, in milliseconds. Default 2,000. */
  readonly flushAfterMs?: number
}

const DEFAULT_FLUSH_BYTES = 5 * 1024 * 1024
/** Of the first body; each one after it may be twice as large, up to the limit. */
const FIRST_BYTES = 256 * 1024
const DEFAULT_FLUSH_DOCUMENTS = 5000
const DEFAULT_FLUSH_AFTER_MS = 2000

/**
 * Statuses of a whole request that one document may be to blame for: a body that is too large, and one that
 * cannot be parsed (an id that is no valid Unicode, for example).
 */
const DIVISIBLE: readonly number[] = [400, 413]

/** What is read of an answer, of a request that failed as well: a fifth of what the engine would write. */
const ANSWER_PARTS = 'items.*.status,items.*.error,error,status'

/** @param source the document, or its JSON text */
export function toBulkDocument<Origin>(
  target: BulkTarget,
  source: object | string,
  origin: Origin,
): BulkDocument<Origin> {
  const { id, action = 'index' } = target
  const place = {
    ...(target.index && { index: target.index }),
    ...(target.routing && { routing: target.routing }),
  }
  const metadata = { _id: id, _index: place.index, routing: place.routing }
  const ndjson = `${JSON.stringify({ [action]: metadata })}\n${typeof source === 'string' ? source : JSON.stringify(source)}\n`
  return { id, action, ...place, ndjson: Buffer.from(ndjson), origin }
}

/**
 * Equal for what may be one document to the engine, whatever is done to it. Routing does not tell two documents of one
 * id apart: where it leads to the same shard they are one.
 */
export function targetKey({ id, index = '' }: Pick<BulkTarget, 'id' | 'index'>): string {
  return JSON.stringify([id, index])
}

/** @throws ConfigurationError naming the option */
export function normalizeBulkLimits(limits: BulkLimits): Readonly<Required<BulkLimits>> {
  const { flushBytes = DEFAULT_FLUSH_BYTES, flushDocuments = DEFAULT_FLUSH_DOCUMENTS } = limits
  for (const [option, value] of Object.entries({ flushBytes, flushDocuments })) {
    if (!(Number.isInteger(value) && value > 0)) {
      throw new ConfigurationError(option, 'must be an integer > 0', value)
    }
  }
  const { flushAfterMs = DEFAULT_FLUSH_AFTER_MS } = limits
  if (!(flushAfterMs >= 0))
    throw new ConfigurationError('flushAfterMs', 'must be a number >= 0', flushAfterMs)
  return Object.freeze({ flushBytes, flushDocuments, flushAfterMs })
}

/**
 * Groups documents into bulk bodies, in order. A body never has one document twice: a retry of the first would come
 * after the second and undo it.
 */
export async function* toBulkBodies<Origin>(
  documents: AsyncIterable<BulkDocument<Origin>>,
  limits: Readonly<Required<BulkLimits>>,
): AsyncGenerator<readonly BulkDocument<Origin>[], void, undefined> {
  const iterator: AsyncIterator<BulkDocument<Origin>, unknown> = documents[Symbol.asyncIterator]()
  const pull = (): Promise<IteratorResult<BulkDocument<Origin>, unknown>> => {
    const next = iterator.next()
    // Its error is thrown where it is awaited; nobody does if the reader of the bodies has gone.
    next.catch(() => undefined)
    return next
  }
  const body = new Body<Origin>(limits)
  try {
    for (let next = pull(); ;) {
      const sooner = await Promise.race(body.due === undefined ? [next] : [next, body.due])
      const document = sooner === 'due' || sooner.done === true ? undefined : sooner.value
      if (body.isFullFor(document)) yield body.take()
      if (sooner === 'due') continue
      if (document === undefined) return
      body.add(document)
      next = pull()
    }
  } finally {
    body.take()
    await iterator.return?.()
  }
}

/** Documents that wait to be written together. */
class Body<Origin> {
  /** Resolves when the first of them has waited long enough; absent while there is none. */
  due: Promise<'due'> | undefined
  private timer: NodeJS.Timeout | undefined
  private documents = new Map<string, BulkDocument<Origin>>()
  private bytes = 0
  /** Most bytes of this body; the first ones are small, so that the engine begins while the next is filled. */
  private mostBytes: number

  constructor(private readonly limits: Readonly<Required<BulkLimits>>) {
    this.mostBytes = Math.min(limits.flushBytes, FIRST_BYTES)
  }

  /** @param document undefined if none comes, or none has come in time */
  isFullFor(document: BulkDocument<Origin> | undefined): boolean {
    if (this.documents.size === 0) return false
    if (document === undefined) return true
    if (this.documents.size >= this.limits.flushDocuments || this.documents.has(targetKey(document)))
      return true
    return this.bytes + document.ndjson.length > this.mostBytes
  }

  add(document: BulkDocument<Origin>): void {
    if (this.documents.size === 0) this.wait()
    this.documents.set(targetKey(document), document)
    this.bytes += document.ndjson.length
  }

  take(): readonly BulkDocument<Origin>[] {
    clearTimeout(this.timer)
    this.due = undefined
    const documents = [...this.documents.values()]
    this.documents = new Map()
    this.bytes = 0
    this.mostBytes = Math.min(this.limits.flushBytes, 2 * this.mostBytes)
    return documents
  }

  private wait(): void {
    const { flushAfterMs } = this.limits
    if (flushAfterMs === Infinity) return
    this.due = new Promise((resolve) => {
      this.timer = setTimeout(resolve, flushAfterMs, 'due' as const)
    })
  }
}

/**
 * Writes one body. Documents that the engine has no room for now (429, 503) are sent again by themselves, with
 * growing waits as long as at least one gets through each time; a body that is too large is halved. Sending
 * twice is safe: every document has its id.
 *
 * @throws EngineError if the request as a whole fails and goes on failing
 */
export async function writeBulk<Origin>(
  client: EngineClient,
  index: string,
  documents: readonly BulkDocument<Origin>[],
  policy: RetryPolicy,
  onRetry: OnRetry,
): Promise<BulkOutcome<Origin>> {
  let pending = documents
  let indexed = 0
  let retry = 0
  const refused: Refusal<Origin>[] = []
  for (;;) {
    const answer = await sendOrSplit(client, index, pending, policy, onRetry)
    indexed += answer.indexed
    refused.push(...answer.refused)
    if (answer.postponed.length === 0) return { indexed, refused }
    retry = answer.indexed > 0 ? 1 : retry + 1
    if (retry > policy.maxRetries) return { indexed, refused: [...refused, ...answer.postponed] }
    pending = answer.postponed.map(({ document }) => document)
    await waitBefore(retry, policy, onRetry, answer.postponed[0]?.reason ?? '')
  }
}

interface BulkAnswer<Origin> extends BulkOutcome<Origin> {
  /** Refused for now. */
  readonly postponed: readonly Refusal<Origin>[]
}

async function sendOrSplit<Origin>(
  client: EngineClient,
  index: string,
  documents: readonly BulkDocument<Origin>[],
  policy: RetryPolicy,
  onRetry: OnRetry,
): Promise<BulkAnswer<Origin>> {
  try {
    return await withRetries(() => send(client, index, documents), policy, onRetry)
  } catch (error) {
    if (!(error instanceof EngineError && DIVISIBLE.includes(error.status))) throw error
    const [only, ...others] = documents
    if (only !== undefined && others.length === 0) {
      const refusal = { document: only, status: error.status, reason: error.message }
      return { indexed: 0, refused: [refusal], postponed: [] }
    }
    const middle = documents.length >>> 1
    const first = await sendOrSplit(client, index, documents.slice(0, middle), policy, onRetry)
    const second = await sendOrSplit(client, index, documents.slice(middle), policy, onRetry)
    return {
      indexed: first.indexed + second.indexed,
      refused: [...first.refused, ...second.refused],
      postponed: [...first.postponed, ...second.postponed],
    }
  }
}

async function send<Origin>(
  client: EngineClient,
  index: string,
  documents: readonly BulkDocument<Origin>[],
): Promise<BulkAnswer<Origin>> {
  const { body, status } = await client.request({
    method: 'POST',
    path: indexPath(index, '_bulk'),
    query: { filter_path: ANSWER_PARTS },
    ndjson: Buffer.concat(documents.map((document) => document.ndjson)),
  })
  const items = arrayMember(body, 'items')
  if (items.length !== documents.length) {
    throw new EngineError(
      `the engine answered for ${items.length} of ${documents.length} documents of a bulk request`,
      status,
    )
  }
  return sortItems(documents, items)
}

function sortItems<Origin>(
  documents: readonly BulkDocument<Origin>[],
  items: readonly unknown[],
): BulkAnswer<Origin> {
  const refused: Refusal<Origin>[] = []
  const postponed: Refusal<Origin>[] = []
  for (const [position, document] of documents.entries()) {
    const item = member(items[position], document.action ?? 'index')
    const status = numberMember(item, 'status') ?? 0
    if (status >= 200 && status < 300) continue
    const refusal = { document, status, reason: engineReason(item) }
    // A block is not the document's fault, whatever its status: 403 for one that a person has set.
    const isBlocked = stringMember(item, 'error', 'type') === BLOCK_EXCEPTION
    if (isTemporaryStatus(status) || isBlocked) postponed.push(refusal)
    else refused.push(refusal)
  }
  return { indexed: documents.length - refused.length - postponed.length, refused, postponed }
}
