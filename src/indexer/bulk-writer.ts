import type { AdaptiveLimit } from './adaptive-limit.js'
import { type BulkDocument, targetKey } from './bulk.js'
import { prefetch, STAGE_DEPTH } from './prefetch.js'

interface Writing {
  readonly keys: ReadonlySet<string>
  readonly done: Promise<void>
}

/**
 * Writes bodies at the same time, as many as the limit lets; but never two that have a document in common, of which the
 * one that was read later must be written later.
 */
export class BulkWriter<Origin> {
  private readonly running = new Set<Writing>()
  private failure: { readonly error: unknown } | undefined

  /** @param onFailure told as soon as a write fails, while others may still be in flight */
  constructor(
    private readonly write: (body: readonly BulkDocument<Origin>[]) => Promise<void>,
    private readonly limit: Pick<AdaptiveLimit, 'current'>,
    private readonly onFailure: (error: unknown) => void = () => undefined,
  ) {}

  /**
   * Takes a body on, as soon as there is room for it.
   *
   * @throws what an earlier write threw
   */
  async submit(body: readonly BulkDocument<Origin>[]): Promise<void> {
    const keys = new Set(body.map(targetKey))
    while (this.running.size >= this.limit.current || this.isWriting(keys)) {
      await Promise.race(Array.from(this.running, ({ done }) => done))
    }
    this.throwFailure()
    this.start(body, keys)
  }

  /**
   * Waits for all that was taken on.
   *
   * @throws what a write threw, once none is in flight
   */
  async drain(): Promise<void> {
    await Promise.all(Array.from(this.running, ({ done }) => done))
    this.throwFailure()
  }

  private start(body: readonly BulkDocument<Origin>[], keys: ReadonlySet<string>): void {
    const done = this.write(body)
      .catch((error: unknown) => {
        this.failure ??= { error }
        this.onFailure(error)
      })
      .finally(() => {
        this.running.delete(writing)
      })
    const writing = { keys, done }
    this.running.add(writing)
  }

  private isWriting(keys: ReadonlySet<string>): boolean {
    for (const writing of this.running) for (const key of keys) if (writing.keys.has(key)) return true
    return false
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error
  }
}

export interface BodyWriting<Origin> {
  readonly write: (body: readonly BulkDocument<Origin>[]) => Promise<void>
  readonly limit: Pick<AdaptiveLimit, 'current'>
  /** Aborted by the first failure: once one request has failed for good, the others need not wait for a cluster. */
  readonly failing: AbortController
}

/**
 * Writes bodies as they come, those that come next being made meanwhile.
 *
 * @throws what a write, or the source, threw, once none is in flight
 */
export async function writeBodies<Origin>(
  bodies: AsyncIterable<readonly BulkDocument<Origin>[]>,
  { write, limit, failing }: BodyWriting<Origin>,
): Promise<void> {
  const writer = new BulkWriter(write, limit, (error) => {
    failing.abort(error)
  })
  try {
    for await (const body of prefetch(bodies, STAGE_DEPTH)) await writer.submit(body)
  } finally {
    await writer.drain()
  }
}
