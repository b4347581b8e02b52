import type { Encoder, Encoding } from '../../../encoder/encoder.js'
import { EngineError, SpladeBridgeError } from '../../../errors.js'
import type { SparseVector } from '../../../sparse-vector.js'

/** No vector could be had now; the request may go on without, or be repeated later. */
export class EncoderUnavailable extends SpladeBridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('ENCODER_UNAVAILABLE', message, options)
  }
}

export interface QueryEncodingLimits {
  /** Longest wait for one query's vector, in milliseconds. */
  readonly timeoutMs: number
  /** Queries that are encoded or wait for it; more are turned away at once. */
  readonly maxPending: number
}

/** Encodes queries, and says no rather than letting them pile up. */
export class QueryEncoding {
  private pending = 0

  constructor(private readonly limits: QueryEncodingLimits) {}

  /**
   * @throws EncoderUnavailable if the encoder is busy, slow or failed
   * @throws EngineError where the engine did not answer for the lexical encoder
   */
  async encode(encoder: Encoder, text: string): Promise<SparseVector> {
    const { maxPending } = this.limits
    if (this.pending >= maxPending)
      throw new EncoderUnavailable(`the encoder is busy with ${maxPending} queries; try again later`)
    try {
      const [encoding] = await this.inTime(this.counted(encoder, text))
      return encoding?.vector ?? new Map()
    } catch (error) {
      if (error instanceof EncoderUnavailable || error instanceof EngineError) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new EncoderUnavailable(`the query could not be encoded: ${reason}`, { cause: error })
    }
  }

  /** A query that nobody waits for any longer still keeps the encoder busy. */
  private async counted(encoder: Encoder, text: string): Promise<readonly Encoding[]> {
    this.pending++
    try {
      return await encoder.encodeQueries([text])
    } finally {
      this.pending--
    }
  }

  private async inTime<Result>(work: Promise<Result>): Promise<Result> {
    const { timeoutMs } = this.limits
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new EncoderUnavailable(`the encoder gave no vector within ${timeoutMs} ms; try again later`))
      }, timeoutMs)
    })
    try {
      return await Promise.race([work, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
