import type { Readable } from 'node:stream'
import { RefusedRequest } from '../rewriter.js'
import type { BufferShare } from './buffer-budget.js'

export interface CollectOptions {
  /** Most bytes. */
  readonly limit: number
  readonly share: BufferShare
  /** What is collected, for the error: "the body". */
  readonly what: string
  /** Status of the error for what is too long. */
  readonly status: number
}

/**
 * All of a stream.
 *
 * @throws RefusedRequest if it is longer than the limit, or the budget is spent; the stream is left paused, not
 *   destroyed, so that its connection can still bring an answer
 * @throws Error if the stream ends before its time
 */
export function collect(stream: Readable, options: CollectOptions): Promise<Buffer> {
  const { limit, share, what, status } = options
  const chunks: Buffer[] = []
  let bytes = 0
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      stream.off('data', onData).off('end', onEnd).off('close', onClose).off('error', settle)
      if (error === undefined) {
        resolve(joined(chunks))
        return
      }
      stream.pause()
      reject(error)
    }
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length
      try {
        if (bytes > limit) throw tooLong(what, limit, status)
        share.take(chunk.length)
        chunks.push(chunk)
      } catch (error) {
        settle(error as Error)
      }
    }
    const onEnd = (): void => {
      settle()
    }
    const onClose = (): void => {
      settle(new Error(`${what} broke off`))
    }
    stream.on('data', onData).on('end', onEnd).on('close', onClose).on('error', settle)
  })
}

/** All pieces as one; a single one is not copied. */
export function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks)
}

/** The error for a body, or an answer, that is over its limit. */
export function tooLong(what: string, limit: number, status: number): RefusedRequest {
  return new RefusedRequest(status, 'content_too_long_exception', `${what} has more than ${limit} bytes`)
}
