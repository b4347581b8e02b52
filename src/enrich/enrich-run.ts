import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { sparseFields } from '../engine/index-sparse-fields.js'
import { indexPath } from '../engine/index-path.js'
import type { SparseFields } from '../engine/text-rule.js'
import { FeatureError } from '../errors.js'
import type { AdaptiveLimit } from '../indexer/adaptive-limit.js'
import { type BulkDocument, targetKey } from '../indexer/bulk.js'
import { BulkSender } from '../indexer/bulk-sender.js'
import type { DeadLetter, DeadLetterFile } from '../indexer/dead-letters.js'
import { ENCODED_AT_A_TIME, EncodingStage } from '../indexer/encoding-stage.js'
import type { LongTextCounts } from '../indexer/events.js'
import { LoopTurn } from '../indexer/loop-turn.js'
import { isInPartition, type Partition } from '../indexer/partition.js'
import { mapAhead } from '../indexer/prefetch.js'
import { isWithoutText } from '../indexer/record.js'
import type { OnRetry, RetryPolicy } from '../indexer/retry.js'
import {
  type Enrichment,
  hasVectors,
  isEnriched,
  neededFields,
  toClearing,
  toEnrichment,
  toUpdate,
} from './enrichment.js'
import type { EnrichCounts, EnrichEvent } from './events.js'
import { readByIds, type ReadDocument } from './read-shards.js'

/** HTTP statuses of an update whose document has changed, or is gone. */
const CHANGED = 409
const GONE = 404

export interface EnrichRunResources {
  /** One that waits for an engine that is away for a while. */
  readonly client: EngineClient
  readonly encoder: Encoder
  readonly fields: SparseFields
  /** Of bulk requests. */
  readonly policy: RetryPolicy
  readonly onRetry: OnRetry
  /** Told how bulk requests fare. */
  readonly limit: AdaptiveLimit
  readonly deadLetters: DeadLetterFile | undefined
  /** Settings beside the model that change a vector. */
  readonly encodingSettings: object
  /** Encode documents even if they have the vectors of their text. */
  readonly force: boolean
  /** The share of this worker. */
  readonly partition: Partition
  /** Documents that the query finds, of this share about. */
  readonly total: number
  readonly onEvent: (event: EnrichEvent) => void
}

/** The stages of one run and what they count; `enrich-index.ts` puts them in a row. */
export class EnrichRun {
  private readonly tally = {
    read: 0,
    enriched: 0,
    unchanged: 0,
    skipped: 0,
    deadLettered: 0,
    gone: 0,
    conflicts: 0,
  }
  private readonly encoding: EncodingStage
  private readonly sender: BulkSender
  private readonly turn = new LoopTurn()

  constructor(private readonly resources: EnrichRunResources) {
    this.encoding = new EncodingStage(resources.encoder, resources.onEvent)
    this.sender = new BulkSender(resources)
  }

  counts(): EnrichCounts {
    return { ...this.tally }
  }

  longTexts(): LongTextCounts {
    return this.encoding.longTexts()
  }

  /** The documents of this worker's share that need vectors, one by one: of a batch there may be few. */
  async *select(
    batches: AsyncIterable<readonly ReadDocument[]>,
  ): AsyncGenerator<Enrichment, void, undefined> {
    const { partition } = this.resources
    for await (const batch of batches) {
      const share = batch.filter(({ id }) => isInPartition(id, partition))
      this.tally.read += share.length
      yield* this.withoutDone(share)
    }
  }

  private withoutDone(batch: readonly ReadDocument[]): readonly Enrichment[] {
    const { fields, encodingSettings, encoder, force } = this.resources
    const all = batch.map((read) => toEnrichment(read, fields, encodingSettings))
    const texts = all.filter((enrichment) => !isWithoutText(enrichment))
    const stale = texts.filter((enrichment) => force || !isEnriched(enrichment, encoder.identity))
    // Their text was taken away since: so have their vectors to be. They count once that is done.
    const emptied = all.filter((enrichment) => isWithoutText(enrichment) && hasVectors(enrichment))
    this.tally.skipped += all.length - texts.length - emptied.length
    this.tally.unchanged += texts.length - stale.length
    this.reportProgress()
    return [...stale, ...emptied]
  }

  /** Updates, one by one; documents that cannot be stored become dead letters. */
  async *encode(
    batches: AsyncIterable<readonly Enrichment[]>,
  ): AsyncGenerator<BulkDocument<Enrichment>, void, undefined> {
    for await (const updates of mapAhead(batches, ENCODED_AT_A_TIME, (batch) => this.toUpdates(batch))) {
      if (this.turn.isOver()) await this.turn.next()
      yield* updates
    }
  }

  private async toUpdates(batch: readonly Enrichment[]): Promise<readonly BulkDocument<Enrichment>[]> {
    if (batch.length === 0) return []
    const { encoder } = this.resources
    const texts = batch.filter((enrichment) => !isWithoutText(enrichment))
    const [encoded, previous] = await Promise.all([this.encoding.encode(texts), this.readVectors(batch)])
    const previousOf = (enrichment: Enrichment) => previous.get(targetKey(enrichment)) ?? {}
    const options = { encoder: encoder.identity, encodedAt: new Date() }
    const updates = batch.filter(isWithoutText).map((one) => toClearing(one, previousOf(one)))
    for (const one of encoded) {
      const enrichment = one.record
      try {
        updates.push(toUpdate(one, previousOf(enrichment), options))
      } catch (error) {
        if (!(error instanceof FeatureError)) throw error
        await this.bury([{ record: enrichment, status: 0, reason: error.message }])
      }
    }
    return updates
  }

  /** Older vectors of the documents that have any. */
  private async readVectors(
    batch: readonly Enrichment[],
  ): Promise<ReadonlyMap<string, ReadDocument['source']>> {
    const names = sparseFields(this.resources.fields).map(({ field }) => field)
    const found = await this.readAgain(batch.filter(hasVectors), names)
    return new Map(found.map((document) => [targetKey(document), document.source]))
  }

  async write(body: readonly BulkDocument<Enrichment>[]): Promise<void> {
    const [first] = body
    if (first?.index === undefined) return
    const outcome = await this.sender.send(first.index, body)
    const cleared = countWithoutText(body) - countWithoutText(outcome.refused.map(({ document }) => document))
    this.tally.enriched += outcome.indexed - cleared
    this.tally.skipped += cleared
    const changed = outcome.refused.filter(({ status }) => status === CHANGED)
    const gone = outcome.refused.filter(({ status }) => status === GONE)
    const bad = outcome.refused.filter(({ status }) => status !== CHANGED && status !== GONE)
    this.tally.gone += gone.length
    await this.bury(bad.map(({ document, status, reason }) => ({ record: document.origin, status, reason })))
    await this.writeChanged(changed.map(({ document }) => document.origin))
    this.reportProgress()
  }

  /** Reads, encodes and writes again what has changed in the meantime, until it stands still. */
  private async writeChanged(changed: readonly Enrichment[]): Promise<void> {
    if (changed.length === 0) return
    const { client, fields } = this.resources
    this.tally.conflicts += changed.length
    for (const index of new Set(changed.map(({ read }) => read.index)))
      await client.request({ method: 'POST', path: indexPath(index, '_refresh') })
    const found = await this.readAgain(changed, neededFields(fields))
    this.tally.gone += changed.length - found.length
    // Written by this very run where the answer to an earlier attempt was lost: counted as unchanged then.
    const updates = await this.toUpdates(this.withoutDone(found))
    if (updates.length > 0) await this.write(updates)
  }

  private async readAgain(
    documents: readonly Enrichment[],
    fields: readonly string[],
  ): Promise<readonly ReadDocument[]> {
    const { client } = this.resources
    const found: ReadDocument[] = []
    for (const index of new Set(documents.map(({ read }) => read.index))) {
      const ids = documents.filter(({ read }) => read.index === index).map(({ id }) => id)
      found.push(...(await readByIds(client, index, ids, { fields })))
    }
    return found
  }

  private async bury(letters: readonly DeadLetter[]): Promise<void> {
    await this.resources.deadLetters?.write(letters)
    for (const letter of letters) {
      this.tally.deadLettered += 1
      this.resources.onEvent({ type: 'dead-letter', ...letter })
    }
  }

  private reportProgress(): void {
    const { total, onEvent } = this.resources
    const busyMs = { encoding: this.encoding.busyMs(), writing: this.sender.busyMs() }
    onEvent({ type: 'progress', counts: this.counts(), total, busyMs })
  }
}

function countWithoutText(body: readonly BulkDocument<Enrichment>[]): number {
  return body.filter(({ origin }) => isWithoutText(origin)).length
}
