import type { EngineClient } from '../engine/client.js'
import { dataStreamName } from '../engine/data-stream.js'
import { ConfigurationError } from '../errors.js'
import type { BulkTarget } from './bulk.js'
import type { DocumentRecord } from './record.js'
import { findInStream } from './stored-in-stream.js'
import { findInIndex } from './stored-in-index.js'

/** A document that is there already. */
export interface StoredDocument {
  /** With the same content, encoded by the same model: it need not be replaced. */
  readonly isSame: boolean
  /** Why it cannot be replaced; undefined for one that can, or need not be. */
  readonly irreplaceable?: string
}

export interface StoredDocumentsOptions {
  /** Where documents go that name no index. */
  readonly index: string
  /** Of the model that documents are encoded by. */
  readonly fingerprint: string
  /** Whether documents are to be written even if they are unchanged. */
  readonly force: boolean
}

/** The indices and data streams that documents go to, and what these hold of the documents already. */
export class StoredDocuments {
  /** Name, as documents have it -> data stream. */
  private readonly streams = new Map<string, string>()

  constructor(
    private readonly client: EngineClient,
    private readonly options: StoredDocumentsOptions,
  ) {}

  /**
   * Finds out what is behind a name; to be called before its first document.
   *
   * @throws ConfigurationError if unchanged documents are to be written again where that cannot be
   */
  async learn(index: string): Promise<void> {
    const stream = await dataStreamName(this.client, index)
    if (stream === undefined) return
    if (this.options.force)
      throw new ConfigurationError('force', `must not be set for a data stream (${stream})`, true)
    this.streams.set(index, stream)
  }

  /** The data stream that takes a document; undefined for an index. */
  streamOf({ index = this.options.index }: Pick<BulkTarget, 'index'>): string | undefined {
    return this.streams.get(index)
  }

  /** @returns by the documents' keys, as `targetKey` gives them; those that are not there are left out */
  async compare(records: readonly DocumentRecord[]): Promise<ReadonlyMap<string, StoredDocument>> {
    const { index, fingerprint } = this.options
    const inIndices = records.filter((record) => this.streamOf(record) === undefined)
    const found = new Map<string, StoredDocument>(
      await findInIndex(this.client, index, fingerprint, inIndices),
    )
    for (const stream of new Set(this.streams.values())) {
      const inStream = records.filter((record) => this.streamOf(record) === stream)
      const there = await findInStream(this.client, stream, fingerprint, inStream)
      for (const [key, { isSame, backingIndex }] of there) {
        const irreplaceable = irreplaceableReason(stream, backingIndex)
        found.set(key, { isSame, ...(!isSame && { irreplaceable }) })
      }
    }
    return found
  }
}

function irreplaceableReason(stream: string, backingIndex: string): string {
  return (
    `data stream "${stream}" has this document with another content hash or model, in "${backingIndex}", and replaces none: ` +
    'delete it first, or give the new one another id'
  )
}
