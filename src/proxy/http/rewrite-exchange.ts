import {
  RefusedRequest,
  type RewriteContext,
  type RewritePlan,
  type RewrittenRequest,
  type WholeAnswer,
} from '../rewriter.js'
import { type Question, questionHeaders } from './ask.js'
import type { BufferBudget, BufferShare } from './buffer-budget.js'
import type { ClientRequest } from './client-request.js'
import { collect } from './collect.js'
import { decodeBody } from './content-coding.js'
import { answerOf, type Exchange } from './exchange.js'
import { OF_BODY, toFlat, warningHeader, without } from './headers.js'
import { askObserved, relayObserved } from './observed-upstream.js'
import type { RelayOptions, UpstreamMessage } from './relay.js'
import type { Upstreams } from './upstreams.js'

export interface RewriteOptions {
  readonly upstreams: Upstreams
  readonly budget: BufferBudget
  /** Most bytes of a body that is read, without content encoding; also of an answer that is changed. */
  readonly bodyBytes: number
  readonly relay: RelayOptions
  /** Told of what nobody foresaw. */
  readonly onFailure: (error: unknown) => void
}

/** Mappings have nothing to do with how large the bodies of clients may be; most of a hundred indices fit in here. */
const QUESTION_BYTES = 16 * 1024 * 1024

/** Carries out a plan: reads the body, has it rewritten, and answers with what the plan makes of it. */
export async function rewriteExchange(
  exchange: Exchange,
  plan: RewritePlan,
  options: RewriteOptions,
): Promise<void> {
  const share = options.budget.open()
  exchange.response.once('close', share.release)
  try {
    await new Rewriting(exchange, plan, options, share).run()
  } catch (error) {
    if (exchange.isAbandoned) return
    if (error instanceof RefusedRequest) {
      exchange.refuse(answerOf(error))
      return
    }
    options.onFailure(error)
    exchange.refuse({ status: 500, type: 'exception', reason: 'the proxy failed; its log says why' })
  }
}

/** One request on its way through a plan. */
class Rewriting {
  readonly #context: RewriteContext

  constructor(
    private readonly exchange: Exchange,
    private readonly plan: RewritePlan,
    private readonly options: RewriteOptions,
    private readonly share: BufferShare,
  ) {
    const { request, observed } = exchange
    const { flatHeaders } = request
    this.#context = {
      signal: exchange.signal,
      ...(observed !== undefined && { observed }),
      ask: ({ method, target, headers, body }) =>
        this.#ask({ method, target, headers: questionHeaders(flatHeaders, headers), body }, QUESTION_BYTES),
    }
  }

  async run(): Promise<void> {
    const { request } = this.exchange
    const raw = await this.#readBody(request)
    this.exchange.observed?.bodyRead()
    const body = await this.#decode(request, raw)
    if (body === undefined) {
      this.#passOn(raw)
      return
    }
    const { method, target, headers } = request
    const outcome = await this.plan.rewrite({ method, target, headers, body }, this.#context)
    if (this.exchange.isAbandoned) return
    if (outcome === undefined) this.#passOn(raw)
    else if (outcome.kind === 'answer') this.#answer(outcome)
    else await this.#sendRewritten(outcome)
  }

  async #readBody(request: ClientRequest): Promise<Buffer> {
    if (request.announcedBytes === 0) return Buffer.alloc(0)
    const { bodyBytes, relay } = this.options
    // The limit of every body is one of its bytes as they are sent; one in chunks announces none.
    const limit = Math.min(bodyBytes, relay.bodyBytes === 0 ? Infinity : (relay.bodyBytes ?? Infinity))
    return collect(request.incoming, { limit, share: this.share, what: 'the body', status: 413 })
  }

  async #decode(request: ClientRequest, raw: Buffer): Promise<Buffer | undefined> {
    const coding = request.incoming.headers['content-encoding']
    const body = await decodeBody(raw, coding, {
      limit: this.options.bodyBytes,
      what: 'the body',
      status: 413,
    })
    if (body !== undefined && body !== raw) this.share.take(body.length)
    return body
  }

  /** The bytes that the client sent. */
  #passOn(raw: Buffer): void {
    const { method, target, flatHeaders: headers } = this.exchange.request
    this.#relay({ method, target, headers, body: raw.length === 0 ? undefined : raw }, this.options.relay)
  }

  async #sendRewritten({ target, body, changeAnswer, warnings = [] }: RewrittenRequest): Promise<void> {
    this.exchange.kind = 'rewritten'
    const { method, flatHeaders } = this.exchange.request
    const headers = without(flatHeaders, OF_BODY)
    if (changeAnswer === undefined) {
      this.#relay({ method, target, headers, body }, withWarnings(this.options.relay, warnings))
      return
    }
    const answer = await this.#ask({ method, target, headers, body }, 0)
    this.#answer(await changeAnswer(answer, this.#context), warnings)
  }

  /** @param leastBytes that an answer may have whatever the limit of bodies is */
  #ask(question: Question, leastBytes: number): Promise<WholeAnswer> {
    const { upstreams, bodyBytes } = this.options
    const { signal, observed } = this.exchange
    const limit = Math.max(bodyBytes, leastBytes)
    return askObserved(upstreams, question, { signal, share: this.share, limit }, observed)
  }

  #relay(message: UpstreamMessage, relayOptions: RelayOptions): void {
    relayObserved(this.options.upstreams, message, this.exchange, relayOptions)
  }

  #answer({ status, headers, body }: WholeAnswer, warnings: readonly string[] = []): void {
    const { response } = this.exchange
    if (this.exchange.isAbandoned) return
    this.exchange.kind = this.exchange.kind === 'rewritten' ? 'rewritten' : 'answered'
    const flat = [
      ...toFlat(headers, OF_BODY),
      ...warningHeaders(warnings),
      'content-length',
      String(body.length),
    ]
    this.exchange.observed?.answering({ status })
    this.exchange.observed?.answerData(body)
    response.sendDate = false
    response.writeHead(status, this.options.relay.changeHeaders?.(flat, status) ?? flat)
    response.end(body)
  }
}

function withWarnings(options: RelayOptions, warnings: readonly string[]): RelayOptions {
  if (warnings.length === 0) return options
  return {
    ...options,
    changeHeaders: (headers, status) => {
      const warned = [...headers, ...warningHeaders(warnings)]
      return options.changeHeaders?.(warned, status) ?? warned
    },
  }
}

function warningHeaders(warnings: readonly string[]): string[] {
  return warnings.flatMap((text) => ['Warning', warningHeader(text)])
}
