import type { Encoder } from '../encoder/encoder.js'
import { BusyClock } from './busy-clock.js'
import { type EncodedRecord, encodeRecords, toEncodedEvent } from './encode-records.js'
import { addLongTexts, type EncodedEvent, type LongTextCounts, NO_LONG_TEXTS } from './events.js'
import type { DocumentRecord } from './record.js'

/** Batches; while a worker computes one, the next is tokenized. */
export const ENCODED_AT_A_TIME = 2

/** Encodes the batches of a run, and tells, times and counts what it encodes. */
export class EncodingStage {
  private readonly clock = new BusyClock()
  private long = NO_LONG_TEXTS

  constructor(
    private readonly encoder: Encoder,
    private readonly onEncoded: (event: EncodedEvent) => void,
  ) {}

  /** Milliseconds in which at least one batch was being encoded. */
  busyMs(): number {
    return this.clock.busyMs()
  }

  /** Of all batches so far. */
  longTexts(): LongTextCounts {
    return this.long
  }

  /** Documents without any text come back without vectors, and are not told of. */
  async encode<Document extends DocumentRecord>(
    records: readonly Document[],
  ): Promise<readonly EncodedRecord<Document>[]> {
    if (records.length === 0) return []
    const encoded = await this.clock.during(() => encodeRecords(this.encoder, records))
    const withText = encoded.filter(({ fields }) => fields.length > 0)
    if (withText.length > 0) {
      const event = toEncodedEvent(withText)
      this.long = addLongTexts(this.long, event)
      this.onEncoded(event)
    }
    return encoded
  }
}
