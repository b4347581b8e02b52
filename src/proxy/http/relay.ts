import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import { type ErrorAnswer, sendError } from './error-answer.js'
import { answerHeaders, type FlatHeaders, valueOf } from './headers.js'
import { RequestBody } from './request-body.js'
import { describeUpstreamFailure, isBrokenConnection, isOfClient, isUnreached } from './upstream-failure.js'
import type { UpstreamNode } from './upstream-node.js'
import type { Upstreams } from './upstreams.js'

/** One request as it goes to the upstream. */
export interface UpstreamMessage {
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** End-to-end headers. */
  readonly headers: FlatHeaders
  /** All of the body, or the client whose body is streamed; undefined where there is none. */
  readonly body: Buffer | IncomingMessage | undefined
}

export interface RelayOptions {
  /** Most bytes of a streamed body; 0, the default, is without limit. */
  readonly bodyBytes?: number
  /** How long a client may take nothing of what it is sent, in milliseconds. */
  readonly stallMs: number
  /** Changes the head of the answer, such as to add `Warning`. */
  readonly changeHeaders?: (headers: string[], status: number) => string[]
  /** Given each piece of the answer as it passes. */
  readonly onData?: (chunk: Buffer) => void
  /** Told of an upstream that failed, for the log. */
  readonly onFailure?: (node: UpstreamNode, error: Error) => void
}

/** Most bytes of a body that is worth being copied so that it goes out together with its head. */
const SHORT_BYTES = 16_384

const NO_NODES: ErrorAnswer = {
  status: 503,
  type: 'upstream_unreachable_exception',
  reason: 'no node of the engine can be reached',
  retryAfterSeconds: 1,
}

/**
 * Sends a request to a node of the upstream and streams the answer to the client, with backpressure. Where no node
 * can have seen the request, another one is tried. A client that goes away ends the work of the upstream.
 */
export function relay(
  upstreams: Upstreams,
  message: UpstreamMessage,
  response: ServerResponse,
  options: RelayOptions,
): void {
  new Relay(upstreams, message, response, options).start()
}

/** A class, and not closures: one object a request, on the path that has to be quick. */
class Relay implements Dispatcher.DispatchHandlers {
  readonly #upstreams: Upstreams
  readonly #message: UpstreamMessage
  readonly #response: ServerResponse
  readonly #options: RelayOptions
  #node: UpstreamNode | undefined
  #tried: Set<UpstreamNode> | undefined
  #abort: (() => void) | undefined
  #resume: (() => void) | undefined
  #stall: NodeJS.Timeout | undefined
  /** A short body that came whole, until it is known that nothing follows. */
  #whole: Buffer | undefined
  #length: string | undefined
  #hasRepeated = false
  #hasBody = false
  #isOver = false

  constructor(
    upstreams: Upstreams,
    message: UpstreamMessage,
    response: ServerResponse,
    options: RelayOptions,
  ) {
    this.#upstreams = upstreams
    this.#message = message
    this.#response = response
    this.#options = options
  }

  start(): void {
    this.#response.once('close', this.#onClientClose)
    this.#send(this.#upstreams.pick())
  }

  onConnect(abort: () => void): void {
    if (this.#isOver) abort()
    else this.#abort = abort
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, statusText: string): boolean {
    // Interim answers, such as 103, belong to this connection; the final one follows.
    if (status < 200) return true
    this.#resume = resume
    if (this.#node !== undefined) this.#upstreams.mark(this.#node, true)
    const headers = answerHeaders(raw)
    this.#length = valueOf(headers, 'content-length')
    const { changeHeaders } = this.#options
    this.#response.sendDate = false
    this.#response.writeHead(status, statusText, changeHeaders?.(headers, status) ?? headers)
    process.nextTick(this.#flushHead)
    return true
  }

  onData(chunk: Buffer): boolean {
    this.#options.onData?.(chunk)
    if (!this.#hasBody && chunk.length <= SHORT_BYTES && this.#length === String(chunk.length))
      this.#whole = chunk
    this.#hasBody = true
    if (this.#whole !== undefined) return true
    if (this.#response.write(chunk)) return true
    this.#response.once('drain', this.#onDrain)
    this.#stall = setTimeout(this.#onStall, this.#options.stallMs)
    return false
  }

  onComplete(trailers: string[] | null): void {
    const response = this.#response
    // undici's type says strings; they are the bytes of the wire, name and value in turns.
    if (trailers !== null && trailers.length > 0) response.addTrailers(pairs(trailers))
    this.#finish()
    // As text it goes out in one piece with the head: one system call, and no list of buffers.
    if (this.#whole === undefined) response.end()
    else response.end(this.#whole.toString('latin1'), 'latin1')
    // An answer that came before the end of the request: what is left of that belongs to nobody.
    if (!response.req.complete) response.req.resume()
  }

  onError(error: Error): void {
    if (this.#isOver) return
    const node = this.#leaveNode()
    if (node !== undefined) {
      if (!isOfClient(error)) this.#options.onFailure?.(node, error)
      if (isUnreached(error)) this.#upstreams.mark(node, false, error.message)
    }
    const next = this.#nextNode(error, node)
    if (next === undefined) this.#fail(describeUpstreamFailure(error))
    else this.#send(next)
  }

  #send(node: UpstreamNode | undefined): void {
    if (node === undefined) {
      this.#fail(NO_NODES)
      return
    }
    this.#node = node
    node.inFlight++
    const { method, target, headers, body } = this.#message
    node.pool.dispatch(
      {
        path: node.pathOf(target),
        method: method as Dispatcher.HttpMethod,
        headers: headers as string[],
        body:
          body === undefined || Buffer.isBuffer(body)
            ? (body ?? null)
            : new RequestBody(body, this.#options.bodyBytes ?? 0),
        // A GET with a body is how much of the world searches: no reason to close the connection after it.
        ...(method !== 'HEAD' && { reset: false }),
      },
      this,
    )
  }

  /**
   * Where a failed request may go once more. One that nobody has seen goes to each other node; a read that lost a
   * connection, as when the other side closes an idle one, is repeated once.
   */
  #nextNode(error: Error, node: UpstreamNode | undefined): UpstreamNode | undefined {
    if (this.#response.headersSent) return undefined
    if (isUnreached(error)) {
      this.#tried ??= new Set()
      if (node !== undefined) this.#tried.add(node)
      return this.#upstreams.pick(this.#tried)
    }
    const { method, body } = this.#message
    const isRead = method === 'GET' || method === 'HEAD'
    const isWhole = body === undefined || Buffer.isBuffer(body)
    if (!isRead || !isWhole || this.#hasRepeated || !isBrokenConnection(error)) return undefined
    this.#hasRepeated = true
    return this.#upstreams.pick(this.#tried)
  }

  #fail(error: ErrorAnswer): void {
    this.#finish()
    sendError(this.#response, error)
  }

  #finish(): void {
    this.#isOver = true
    clearTimeout(this.#stall)
    this.#leaveNode()
    this.#response.off('close', this.#onClientClose).off('drain', this.#onDrain)
  }

  #leaveNode(): UpstreamNode | undefined {
    const node = this.#node
    if (node !== undefined) node.inFlight--
    this.#node = undefined
    return node
  }

  /** A client that takes nothing would hold a connection to the engine for as long as it likes. */
  readonly #onStall = (): void => {
    // A pipelined answer whose turn has not come is not the client's to take yet.
    if (this.#response.socket === null) this.#stall = setTimeout(this.#onStall, this.#options.stallMs)
    else this.#response.destroy()
  }

  readonly #onClientClose = (): void => {
    if (this.#isOver) return
    this.#finish()
    this.#abort?.()
  }

  /** A body in the same packet has gone out together with the head by now; a later one is not waited for. */
  readonly #flushHead = (): void => {
    if (!this.#hasBody && !this.#isOver) this.#response.flushHeaders()
  }

  readonly #onDrain = (): void => {
    clearTimeout(this.#stall)
    this.#resume?.()
  }
}

function pairs(flat: readonly (string | Buffer)[]): [string, string][] {
  const text = (at: number): string => {
    const value = flat[at] ?? ''
    return typeof value === 'string' ? value : value.toString('latin1')
  }
  return Array.from({ length: flat.length >> 1 }, (_, pair) => [text(pair * 2), text(pair * 2 + 1)])
}
