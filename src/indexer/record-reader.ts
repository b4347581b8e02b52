import { sparseFields } from '../engine/index-sparse-fields.js'
import type { SparseFields } from '../engine/text-rule.js'
import { ConfigurationError, InputError } from '../errors.js'
import {
  BAD_RECORD_RULES,
  type BadRecordRule,
  type BrokenRecord,
  isBroken,
  type ReadRecord,
  toBrokenRecord,
  toUnusableRecord,
} from './broken-record.js'
import { type FieldOptions, FieldRules } from './field-rules.js'
import { FirstRecords } from './first-records.js'
import { isInPartition, normalizePartition, type Partition } from './partition.js'
import {
  fileState,
  InputCursor,
  type InputPosition,
  isUntouched,
  positionName,
  type ReadPosition,
} from './read-position.js'
import type { Input } from './readers/input.js'
import type { BulkAction, RawBroken, RawRecord } from './readers/raw-record.js'
import { readAllRecords, type ReadOptions } from './readers/read-records.js'
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
  /** The share of this worker, where several read the same inputs. Default: all. */
  readonly partition?: Partition
  /** What becomes of a record that breaks a rule. Default `stop`. */
  readonly onBadRecord?: BadRecordRule
  /** Stops reading; what has been read is finished and counted. */
  readonly signal?: AbortSignal
}

export interface RecordReaderEvents {
  /** Called once, before the first record comes out: the fields to encode are then known to be those of the inputs. */
  readonly onFieldsMet: () => Promise<void>
  /** Called once for each other index that bulk actions name, before the first document for it. */
  readonly prepareIndex: (index: string) => Promise<void>
  /** @param position the place behind the record */
  readonly onRead: (record: ReadRecord, position: ReadPosition) => void
  /** Called at the end of each input. */
  readonly onEnd: (position: ReadPosition) => void
  readonly onNotice: (notice: string) => void
}

/** Inputs -> records, one after the other, until they end, one is broken, or the signal says stop. */
export class RecordReader {
  /** Bytes of all inputs, as they are stored, that were taken in so far. */
  bytesRead = 0
  /** True once the inputs were read to their ends, whatever the signal says afterwards. */
  isComplete = false
  private inputError: InputError | undefined
  private hasBegun = false
  /** Index -> its preparation. */
  private readonly prepared: Map<string, Promise<void>>
  private readonly firstRecords: FirstRecords
  private readonly fieldRules: FieldRules
  private readonly partition: Partition

  /** @param start where an earlier run stopped: one place an input, from the first */
  constructor(
    private readonly fields: SparseFields,
    private readonly options: RecordReaderOptions,
    private readonly events: RecordReaderEvents,
    private readonly start: readonly InputPosition[] = [],
  ) {
    const { onBadRecord = 'stop' } = options
    if (!BAD_RECORD_RULES.includes(onBadRecord))
      throw new ConfigurationError(
        'onBadRecord',
        `must be one of ${BAD_RECORD_RULES.join(', ')}`,
        onBadRecord,
      )
    this.prepared = new Map([[options.index, Promise.resolve()]])
    this.firstRecords = new FirstRecords(start.length > 0)
    this.fieldRules = new FieldRules(options)
    this.partition = normalizePartition(options.partition)
  }

  async *read(): AsyncGenerator<ReadRecord, void, undefined> {
    try {
      this.requireSameInputs()
      for await (const record of this.firstRecords.holdBack(this.readInputs(), () => this.isAborted())) {
        if (this.firstRecords.hasMet) await this.begin()
        // Whether one without any of the fields is written at all is not known yet.
        if (!isBroken(record) && record.lack === undefined) await this.prepare(record)
        yield record
      }
      this.isComplete = !this.isAborted()
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
    return [...this.prepared.keys()]
  }

  /** Prepares the index of a record, unless that has been done. */
  prepare({ index }: DocumentRecord): Promise<void> {
    if (index === undefined) return Promise.resolve()
    const prepared = this.prepared.get(index) ?? this.events.prepareIndex(index)
    this.prepared.set(index, prepared)
    return prepared
  }

  private async *readInputs(): AsyncGenerator<ReadRecord, void, undefined> {
    for (const number of this.options.inputs.keys()) yield* this.readInput(number)
  }

  private async *readInput(number: number): AsyncGenerator<ReadRecord, void, undefined> {
    const input = this.options.inputs[number]
    if (input === undefined || this.isAborted()) return
    const start = this.start[number]
    const file = await fileState(input)
    if (start !== undefined && isUntouched(start, file)) {
      this.bytesRead += file.bytes ?? 0
      return
    }
    const cursor = new InputCursor(positionName(input), start)
    for await (const record of this.recordsOf(input, cursor)) {
      this.events.onRead(record, { input: number, at: cursor.position() })
      yield record
      if (this.isAborted()) return
    }
    if (this.isAborted()) return
    cursor.requireStart()
    this.events.onEnd({ input: number, at: cursor.position(file) })
  }

  /** Records of this worker that no earlier run has dealt with. */
  private async *recordsOf(input: Input, cursor: InputCursor): AsyncGenerator<ReadRecord, void, undefined> {
    const rules = this.recordOptions()
    const before = this.bytesRead
    for await (const raw of readAllRecords(input, { ...this.options, onNotice: this.events.onNotice })) {
      const record = this.toReadRecord(raw, rules)
      this.bytesRead = before + raw.bytesRead
      this.firstRecords.see(record)
      const told = isBroken(record) ? { id: '', contentHash: record.digest } : record
      const isOurs = isInPartition(isBroken(record) ? record.digest : record.id, this.partition)
      if (!cursor.passes(told, raw.origin) && isOurs) yield record
      if (this.isAborted()) return
    }
  }

  /** @throws InputError for a record that breaks a rule, unless it is to be a dead letter */
  private toReadRecord(raw: RawRecord | RawBroken, rules: RecordOptions): ReadRecord {
    const { origin } = raw
    if ('broken' in raw) return this.accept(toBrokenRecord(raw, origin))
    const target = raw.target && this.place(raw.target)
    try {
      return toRecord({ value: raw.value, origin, ...(target && { target }) }, rules)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return this.accept(toUnusableRecord(error, origin, raw.value, target))
    }
  }

  private accept(record: BrokenRecord): BrokenRecord {
    if (this.options.onBadRecord === 'dead-letter') return record
    const { file, line, rule, cause } = record.error
    const wayOut = '--on-bad-record dead-letter puts it into the dead-letter file and goes on'
    throw new InputError(file, line, `${rule}; ${wayOut}`, { cause })
  }

  /** @throws InputError if an earlier run had other inputs */
  private requireSameInputs(): void {
    for (const [number, { name }] of this.start.entries()) {
      const input = this.options.inputs[number]
      const found = input && positionName(input)
      if (found === name) continue
      const place = found === undefined ? 'is missing' : `was read where ${found} stands now`
      throw new InputError(
        name,
        undefined,
        `${place}: name the inputs of the run that stopped, in its order, or run without --resume`,
      )
    }
  }

  private recordOptions(): RecordOptions {
    const { idField, encodingSettings } = this.options
    return {
      fields: sparseFields(this.fields),
      fieldRules: this.fieldRules,
      ...(idField !== undefined && { idField }),
      ...(encodingSettings !== undefined && { encodingSettings }),
    }
  }

  private reportUnmet(): void {
    const names = this.fieldRules.neverMet()
    // A run that goes on has not seen all documents.
    if (names.length === 0 || this.start.length > 0 || this.isAborted()) return
    this.events.onNotice(
      `no document had a field ${names.join(', ')}, which was to be renamed, kept or dropped`,
    )
  }

  /** A target that names its index only where it is another one. */
  private place({ index, ...target }: BulkAction): BulkAction {
    const isOther = index !== undefined && index !== this.options.index
    return isOther && this.options.ignoreActionIndex !== true ? { ...target, index } : target
  }

  private async begin(): Promise<void> {
    if (this.hasBegun) return
    this.hasBegun = true
    await this.events.onFieldsMet()
  }

  private isAborted(): boolean {
    return this.options.signal?.aborted === true
  }
}
