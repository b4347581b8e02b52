import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { chooseFieldType } from '../engine/field-type.js'
import type { IndexMeta } from '../engine/index-meta.js'
import { SIDE_FIELD } from '../engine/index-setup.js'
import { EngineError } from '../errors.js'
import { type ResolvedIndex, resolveIndex, switchAliases, withoutWrites } from './aliases.js'
import { copyDocuments, type CopyOptions, createLike, vectorFieldsOf } from './copy-index.js'
import { readOrigin, toOriginJson } from './copy-origin.js'
import { countMatching } from './count-matching.js'
import { enrichIndex, type EnrichOptions } from './enrich-index.js'
import type { EnrichResult } from './events.js'
import { findSetUp } from './prepare-index.js'
import { readChanges, readShardPositions, type ShardPosition } from './read-shards.js'
import { PassEvents } from './pass-events.js'
import { patienceOf } from './patience.js'
import { removeDeleted } from './remove-deleted.js'
import { type Verification, verifyIndex } from './verify-index.js'

export interface RebuildOptions extends Omit<EnrichOptions, 'index' | 'watchMs' | 'force' | 'partition'> {
  /** Alias or index that is to be built anew. */
  readonly index: string
  /** Name of the new index; an unfinished one is gone on with. */
  readonly into: string
  /** Point the aliases to the new index in the end. Default true. */
  readonly switchAliases?: boolean
  /** Told of each step, for people. */
  readonly onStep?: (step: string) => void
}

export interface RebuildResult {
  readonly source: string
  readonly target: string
  /** Aliases that point to the new index now. */
  readonly aliases: readonly string[]
  readonly copied: number
  /** Documents that changed while the new index was built, and were copied again. */
  readonly caughtUp: number
  /** Documents that were deleted while the new index was built, or that the query no longer finds. */
  readonly removed: number
  /** Documents given vectors. */
  readonly enriched: number
  readonly skipped: number
  readonly deadLettered: number
  readonly verification: Verification
  readonly elapsedMs: number
}

/** Rounds of catching up before writing is stopped for the last one. */
const MAX_ROUNDS = 10
/** So few changes are copied in a moment. */
const FEW = 100
const IDS_PER_COPY = 1000

/**
 * Builds an index anew, with the vectors of another model or its first ones, while the old one is searched and written
 * to: the engine copies the documents, they are encoded, what changed meanwhile is copied again, and then, with writing
 * to the old index stopped for a moment, the last changes are taken over, the new index is verified, and the aliases are
 * moved in one step. The old index is kept. No document is ever written to both. An engine that is busy or away is waited
 * for, without end unless `maxRetries` gives one.
 *
 * @throws EngineError if the index cannot be rebuilt, or the new one is not what it should be; no alias is moved then
 * @throws the reason of the signal where that ended the run: another goes on with the new index
 */
export async function rebuildIndex(
  direct: EngineClient,
  encoder: Encoder,
  options: RebuildOptions,
): Promise<RebuildResult> {
  const startedAt = performance.now()
  const { policy, onRetry, client } = patienceOf(direct, options)
  const source = await resolveIndex(client, options.index)
  if (source.index === options.into)
    throw new EngineError(`"${options.index}" is "${options.into}" already: name another new index`, 0)
  const fieldType = await chooseFieldType(client, source.index, options.meta.fieldType)
  const rebuild = new Rebuild({ direct, client }, encoder, options, source, { ...options.meta, fieldType })
  await rebuild.start()
  await rebuild.catchUp()
  options.onStep?.(`writing to ${source.index} stops for the last changes`)
  const verification = await withoutWrites(direct, source.index, { policy, onRetry }, () => rebuild.finish())
  return { ...rebuild.result(verification), elapsedMs: Math.round(performance.now() - startedAt) }
}

interface Clients {
  readonly direct: EngineClient
  /** The same, but waiting for an engine that is away. */
  readonly client: EngineClient
}

class Rebuild {
  private readonly client: EngineClient
  private readonly tally = { copied: 0, caughtUp: 0, removed: 0, enriched: 0, skipped: 0, deadLettered: 0 }
  private positions: readonly ShardPosition[] = []
  private without: readonly string[] = [SIDE_FIELD]
  private readonly passes: PassEvents

  constructor(
    private readonly clients: Clients,
    private readonly encoder: Encoder,
    private readonly options: RebuildOptions,
    private readonly source: ResolvedIndex,
    private readonly meta: IndexMeta,
  ) {
    this.client = clients.client
    this.passes = new PassEvents(options.onEvent)
  }

  result(verification: Verification): Omit<RebuildResult, 'elapsedMs'> {
    const { into, switchAliases: isSwitching = true } = this.options
    const aliases = isSwitching ? Object.keys(this.source.aliases) : []
    return { source: this.source.index, target: into, aliases, ...this.tally, verification }
  }

  /** The new index with all documents of the old one as they were, and their vectors. */
  async start(): Promise<void> {
    const { into, query, onStep } = this.options
    const old = vectorFieldsOf(await findSetUp(this.client, this.source.index))
    this.without = [...old, SIDE_FIELD]
    const origin = await readOrigin(this.client, into, this.source.index, this.meta)
    this.positions = origin ?? (await readShardPositions(this.client, this.source.index))
    if (origin === undefined) {
      const more = toOriginJson(this.source.index, this.positions)
      await createLike(this.client, this.source.index, into, this.meta, { vectors: old, more })
    }
    onStep?.(`${origin === undefined ? 'created' : 'going on with'} ${into}; copying ${this.source.index}`)
    this.tally.copied += await this.copy({ query, onlyNew: true })
    onStep?.(`encoding the documents of ${into}`)
    await this.enrich()
  }

  /** What has changed since, until little does. */
  async catchUp(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const changed = await this.copyChanges()
      if (changed > 0) this.options.onStep?.(`${changed} documents have changed meanwhile`)
      if (changed > 0) await this.enrich()
      if (changed <= FEW) return
    }
  }

  /** Only while nobody writes to the old index. */
  async finish(): Promise<Verification> {
    const { into, query, switchAliases: isSwitching = true, deadLetterFile, onStep } = this.options
    await this.copyChanges()
    const last = await this.enrich(deadLetterFile)
    this.tally.skipped = last.skipped
    this.tally.deadLettered = last.deadLettered
    const documents = await countMatching(this.client, this.source.index, query)
    if ((await countMatching(this.client, into, undefined)) > documents)
      this.tally.removed = await removeDeleted(this.client, this.source.index, into, query)
    const withVectors = documents - last.skipped - last.deadLettered
    const verification = await verifyIndex(this.client, this.encoder, into, { documents, withVectors })
    if (isSwitching) await switchAliases(this.client, this.source, into)
    onStep?.(`verified ${into}`)
    return verification
  }

  private async copyChanges(): Promise<number> {
    const before = this.positions
    this.positions = await readShardPositions(this.client, this.source.index)
    const ids: string[] = []
    for (const position of this.positions) {
      const after = before.find(({ shard }) => shard === position.shard)?.checkpoint ?? -1
      const range = { after, upTo: position.checkpoint }
      const reading = { query: this.options.query, fields: [], batchDocuments: IDS_PER_COPY }
      for await (const batch of readChanges(this.client, position, range, reading))
        ids.push(...batch.map(({ id }) => id))
    }
    for (let start = 0; start < ids.length; start += IDS_PER_COPY)
      await this.copy({ query: { ids: { values: ids.slice(start, start + IDS_PER_COPY) } } })
    this.tally.caughtUp += ids.length
    return ids.length
  }

  private copy(options: Pick<CopyOptions, 'query' | 'onlyNew'>): Promise<number> {
    const { into: target, signal } = this.options
    return copyDocuments(this.client, {
      ...options,
      source: this.source.index,
      target,
      without: this.without,
      signal,
    })
  }

  /** Vectors for the documents of the new index that have none; a copy brings none. */
  private async enrich(deadLetterFile?: string): Promise<EnrichResult> {
    const { fingerprint } = this.encoder.identity
    const written = { term: { [`${SIDE_FIELD}.fingerprint`]: fingerprint } }
    this.passes.begin()
    const result = await enrichIndex(this.clients.direct, this.encoder, {
      ...this.options,
      onEvent: this.passes.see,
      meta: this.meta,
      index: this.options.into,
      query: { bool: { must_not: written } },
      deadLetterFile,
    })
    this.tally.enriched += result.enriched
    this.options.signal?.throwIfAborted()
    return result
  }
}
