import type { Encoder } from '../encoder/encoder.js'
import type { EngineClient } from '../engine/client.js'
import { ensureSameLongTexts } from '../engine/index-long-texts.js'
import { ensureCompatible, type IndexMeta, readIndexMeta } from '../engine/index-meta.js'
import { indexPath } from '../engine/index-path.js'
import type { SparseFields } from '../engine/text-rule.js'
import { EngineError } from '../errors.js'
import { CheckpointFile, type LoadIdentity } from './checkpoint.js'
import { countDocuments } from './delete-documents.js'
import type { Settled } from './ledger.js'
import { type CheckpointOptions, identifyLoad, readStart } from './load-checkpoint.js'
import { requireIndex } from './require-index.js'
import { StoredDocuments } from './stored-documents.js'

/** An index that is created only once it is known that there is something for it. */
export interface NewIndex {
  /** What is to be encoded. */
  readonly fields: SparseFields
  /** Creates the index; called at most once, unless it fails for now. */
  readonly create: () => Promise<IndexMeta>
}

export interface LoadTargetOptions extends CheckpointOptions {
  /** An index set up by `createIndex`; it also says which fields are encoded. */
  readonly index: string
  /** What `readIndexMeta` has just said of the index. Default: it is read. */
  readonly meta?: IndexMeta
  /**
   * How the index is created where there is none, once a record was read that has one of the fields: wrong names leave no
   * index behind that is set up for them. Default: it must be there.
   */
  readonly newIndex?: NewIndex
  /**
   * Called once for each other index that the actions of a bulk file name, before the first document for it. Default:
   * it must be there, set up alike.
   */
  readonly prepareIndex?: (index: string) => Promise<void>
  /** Encode and write documents even if they are unchanged. Default false. */
  readonly force?: boolean
}

/** Repeats a request as long as the load is patient. */
export type Patiently = <Result>(request: () => Promise<Result>) => Promise<Result>

/** The index of a load: looked up before anything is read, and where it is missing created when it is needed. */
export class LoadTarget {
  readonly stored: StoredDocuments
  /** True if the index held no document at the beginning. */
  isEmpty = true
  checkpoint: CheckpointFile | undefined
  private meta: IndexMeta | undefined
  /** Of the load into the index that is there. */
  private identity: LoadIdentity | undefined

  constructor(
    private readonly client: EngineClient,
    private readonly encoder: Encoder,
    private readonly options: LoadTargetOptions,
    private readonly patiently: Patiently,
  ) {
    const { index, force = false } = options
    this.stored = new StoredDocuments(client, { index, fingerprint: encoder.identity.fingerprint, force })
  }

  /** True once the index is there and may be written. */
  get isOpen(): boolean {
    return this.meta !== undefined
  }

  /**
   * Opens the index if it is there.
   *
   * @returns what is encoded
   * @throws EngineError if it is of another model, or is neither there nor to be created
   */
  async find(): Promise<SparseFields> {
    const { client, options } = this
    const meta = options.meta ?? (await this.patiently(() => readIndexMeta(client, options.index)))
    if (meta !== undefined) {
      await this.open(meta)
      return meta
    }
    if (options.newIndex !== undefined) return options.newIndex.fields
    throw new EngineError(`there is no index "${options.index}": create it with "splade-bridge init"`, 404)
  }

  /** How far an earlier run has come; undefined where this one begins at the beginning. */
  readStart(): Promise<Settled | undefined> {
    return this.patiently(() => readStart(this.options, async () => this.identity ?? (await this.identify())))
  }

  /** Creates the index if it is missing. */
  async create(): Promise<void> {
    const { newIndex } = this.options
    if (this.isOpen || newIndex === undefined) return
    await this.open(await this.patiently(() => newIndex.create()))
  }

  /** Prepares another index that documents go to. */
  prepare(index: string): Promise<void> {
    return this.patiently(async () => {
      const { client, meta, options } = this
      if (options.prepareIndex !== undefined) await options.prepareIndex(index)
      else if (meta !== undefined) await requireIndex(client, meta, index)
      await this.stored.learn(index)
    })
  }

  private async open(meta: IndexMeta): Promise<void> {
    const { client, encoder, options, patiently } = this
    const { index, checkpointFile } = options
    ensureCompatible(index, meta, encoder.identity)
    ensureSameLongTexts(index, meta.longTexts, encoder.longTexts)
    await patiently(() => this.stored.learn(index))
    this.meta = meta
    if (checkpointFile !== undefined) {
      this.identity = await patiently(() => this.identify())
      this.checkpoint = new CheckpointFile(checkpointFile, this.identity)
    }
    this.isEmpty = await patiently(() => isWithoutDocuments(client, index))
  }

  private identify() {
    const where = { stream: this.stored.streamOf({}), exists: this.isOpen }
    return identifyLoad(this.client, this.encoder.identity, this.options, where)
  }
}

/** Asking for each document of a new index whether it is there would cost the engine as much as writing it. */
async function isWithoutDocuments(client: EngineClient, index: string): Promise<boolean> {
  await client.request({ method: 'POST', path: indexPath(index, '_refresh') })
  return (await countDocuments(client, index)) === 0
}
