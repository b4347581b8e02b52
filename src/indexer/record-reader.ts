import { sparseFields } from '../engine/index-sparse-fields.js'
import type { SparseFields } from '../engine/text-rule.js'
import { InputError } from '../errors.js'
import { type FieldOptions, FieldRules } from './field-rules.js'
import type { Input } from './readers/input.js'
import type { BulkAction } from './readers/raw-record.js'
import { type ReadOptions, readRecords } from './readers/read-records.js'
import { toRecord, type DocumentRecord, type RecordOptions } from './record.js'

export interface RecordReaderOptions extends Omit<ReadOptions, 'onNotice'>, FieldOptions {
  /** Where documents go whose bulk action names no index. */
  readonly index: string
  /** Read one after the other. */
  readonly inputs: readonly Input[]
  /** Field with a document's id. Default `_id`, then `id`, then a digest of the content. */
  readonly idField?: string
  /** Settings beside the model that change a document's vector, for example pruning: another one is a change. */
  readonly encodingSettings?: object
  /** Write every document to `index`, whatever index its bulk action names. Default false. */
  readonly ignoreActionIndex?: boolean
  /** Stops reading; what has been read is finished and counted. */
  readonly signal?: AbortSignal
}

export interface RecordReaderEvents {
  /** Called once for each other index that bulk actions name, before the first document for it. */
  readonly prepareIndex: (index: string) => Promise<void>
  readonly onRead: () => void
  readonly onNotice: (notice: string) => void
}

/** Inputs -> records, one after the other, until they end, one is broken, or the signal says stop. */
export class RecordReader {
  /** Bytes of all inputs, as they are stored, that were taken in so far. */
  bytesRead = 0
  private inputError: InputError | undefined
  private readonly prepared: Set<string>
  private readonly fieldRules: FieldRules

  constructor(
    private readonly meta: SparseFields,
    private readonly options: RecordReaderOptions,
    private readonly events: RecordReaderEvents,
  ) {
    this.prepared = new Set([options.index])
    this.fieldRules = new FieldRules(options)
  }

  async *read(): AsyncGenerator<DocumentRecord, void, undefined> {
    try {
      for (const input of this.options.inputs) yield* this.readInput(input)
      this.reportUnmet()
    } catch (error) {
      // Kept until the records before it are written: the error then tells how far the run came.
      if (!(error instanceof InputError)) throw error
      this.inputError = error
    }
  }

  /** @throws InputError if reading ended at a broken record */
  throwInputError(): void {
    if (this.inputError !== undefined) throw this.inputError
  }

  /** Every index that documents went to. */
  indices(): readonly string[] {
    return [...this.prepared]
  }

  private async *readInput(input: Input): AsyncGenerator<DocumentRecord, void, undefined> {
    const rules = this.recordOptions()
    const before = this.bytesRead
    if (this.isAborted()) return
    const { onNotice } = this.events
    for await (const raw of readRecords(input, { ...this.options, onNotice })) {
      const target = raw.target && (await this.place(raw.target))
      const record = toRecord({ ...raw, ...(target && { target }) }, rules)
      this.events.onRead()
      this.bytesRead = before + raw.bytesRead
      yield record
      if (this.isAborted()) return
    }
  }

  private recordOptions(): RecordOptions {
    const { idField, encodingSettings } = this.options
    return {
      fields: sparseFields(this.meta),
      fieldRules: this.fieldRules,
      ...(idField !== undefined && { idField }),
      ...(encodingSettings !== undefined && { encodingSettings }),
    }
  }

  private reportUnmet(): void {
    const names = this.fieldRules.neverMet()
    if (names.length === 0 || this.isAborted()) return
    this.events.onNotice(
      `no document had a field ${names.join(', ')}, which was to be renamed, kept or dropped`,
    )
  }

  /** A target that names its index only where it is another one. */
  private async place({ index, ...target }: BulkAction): Promise<BulkAction> {
    if (index === undefined || index === this.options.index || this.options.ignoreActionIndex === true) {
      return target
    }
    if (!this.prepared.has(index)) await this.events.prepareIndex(index)
    this.prepared.add(index)
    return { ...target, index }
  }

  private isAborted(): boolean {
    return this.options.signal?.aborted === true
  }
}
