import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/** A body in chunks turned out longer than its limit. */
export class BodyTooLong extends Error {
  readonly code = 'BODY_TOO_LONG'

  constructor(limit: number) {
    super(`the body has more than ${limit} bytes`)
  }
}

/** The client went away before its body was complete. */
export class BodyBrokenOff extends Error {
  readonly code = 'BODY_BROKEN_OFF'

  constructor() {
    super('the client went away before its body was complete')
  }
}

/**
 * A client's body on its way to the upstream, with backpressure. It can be destroyed while the client's connection
 * lives on: an upstream that answers early, or dies, ends this stream, and the client still gets an answer. Nothing
 * is read from the client before the first read.
 */
export class RequestBody extends Readable {
  readonly #source: IncomingMessage
  readonly #limit: number
  #bytes = 0
  #isAttached = false

  /** @param limit most bytes; 0 is without limit */
  constructor(source: IncomingMessage, limit: number) {
    super({ highWaterMark: source.readableHighWaterMark })
    this.#source = source
    this.#limit = limit
  }

  override _read(): void {
    if (!this.#isAttached) this.#attach()
    this.#source.resume()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#source.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose)
    this.#source.pause()
    callback(error)
  }

  #attach(): void {
    this.#isAttached = true
    this.#source.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose)
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#bytes += chunk.length
    if (this.#limit > 0 && this.#bytes > this.#limit) this.destroy(new BodyTooLong(this.#limit))
    else if (!this.push(chunk)) this.#source.pause()
  }

  readonly #onEnd = (): void => {
    this.push(null)
  }

  readonly #onClose = (): void => {
    if (!this.#source.complete) this.destroy(new BodyBrokenOff())
  }
}
