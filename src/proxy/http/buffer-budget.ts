import { RefusedRequest } from '../rewriter.js'

/** The bytes that all requests in flight together may keep in memory. */
export class BufferBudget {
  #used = 0

  /** @param bytes most bytes at a time */
  constructor(readonly bytes: number) {}

  /** Bytes that are kept at the moment. */
  get used(): number {
    return this.#used
  }

  /** A part of the budget for one request, all of which is given back at its end. */
  open(): BufferShare {
    let taken = 0
    let isOver = false
    return {
      take: (bytes) => {
        // What comes after the end of a request, such as a body that was being decoded, is dropped at once.
        if (isOver) return
        if (this.#used + bytes > this.bytes)
          throw new RefusedRequest(
            429,
            'circuit_breaking_exception',
            `bodies of requests in flight would take more than ${this.bytes} bytes; try again`,
          )
        taken += bytes
        this.#used += bytes
      },
      release: () => {
        isOver = true
        this.#used -= taken
        taken = 0
      },
    }
  }
}

export interface BufferShare {
  /** @throws RefusedRequest with status 429 if the budget is spent */
  readonly take: (bytes: number) => void
  readonly release: () => void
}
