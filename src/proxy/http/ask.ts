import type { Dispatcher } from 'undici'
import { type Headers, RefusedRequest, type WholeAnswer } from '../rewriter.js'
import type { BufferShare } from './buffer-budget.js'
import { collect } from './collect.js'
import { decodeBody } from './content-coding.js'
import { type FlatHeaders, OF_BODY, toFlat, without } from './headers.js'
import { describeUpstreamFailure, isUnreached } from './upstream-failure.js'
import type { UpstreamNode } from './upstream-node.js'
import type { Upstreams } from './upstreams.js'

/** A request whose answer is wanted whole. */
export interface Question {
  readonly method: string
  readonly target: string
  readonly headers: FlatHeaders
  /** Undefined or empty for none. */
  readonly body?: Buffer
}

export interface AskOptions {
  readonly signal: AbortSignal
  readonly share: BufferShare
  /** Most bytes of an answer, without content encoding. */
  readonly limit: number
}

/** Hop-by-hop headers of an answer, and the framing of a body that is not sent on as it came. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  ...OF_BODY,
  'connection',
  'keep-alive',
  'transfer-encoding',
  'trailer',
  'upgrade',
])

/**
 * Asks the upstream for a whole answer without content encoding.
 *
 * @throws RefusedRequest if no node answers (502, 503, 504), or the answer is too long (502)
 */
export async function ask(
  upstreams: Upstreams,
  { method, target, headers, body }: Question,
  options: AskOptions,
): Promise<WholeAnswer> {
  const answer = await requestAny(upstreams, target, options.signal, {
    method: method as Dispatcher.HttpMethod,
    // Compression between two machines that are near each other, for bytes that are read here, costs more than it gives.
    headers: [...without(headers, ASKED_HERE), 'accept-encoding', 'identity'],
    body: body ?? null,
    ...(method !== 'HEAD' && { reset: false }),
  })
  const limits = { limit: options.limit, what: "the engine's answer", status: 502 }
  try {
    const coded = await collect(answer.body, { ...limits, share: options.share })
    const whole = await decodeBody(coded, firstOf(answer.headers['content-encoding']), limits)
    if (whole === undefined)
      throw new RefusedRequest(502, 'upstream_exception', "the engine's answer cannot be decoded")
    return { status: answer.statusCode, headers: endToEnd(answer.headers), body: whole }
  } catch (error) {
    // Destroyed before its end it would fail once more, and nobody is there any longer to hear that.
    answer.body.on('error', () => undefined).destroy()
    throw error instanceof RefusedRequest || options.signal.aborted ? error : refusalOf(error as Error)
  }
}

const ASKED_HERE: ReadonlySet<string> = new Set([...OF_BODY, 'accept-encoding'])

/** Tries one node after the other, as long as none can have seen the request. */
async function requestAny(
  upstreams: Upstreams,
  target: string,
  signal: AbortSignal,
  request: Omit<Dispatcher.RequestOptions, 'path' | 'signal'>,
): Promise<Dispatcher.ResponseData> {
  const tried = new Set<UpstreamNode>()
  let failure = new Error('no node')
  for (let node = upstreams.pick(); node !== undefined; node = upstreams.pick(tried)) {
    tried.add(node)
    node.inFlight++
    try {
      const answer = await node.pool.request({ ...request, signal, path: node.pathOf(target) })
      upstreams.mark(node, true)
      return answer
    } catch (error) {
      failure = error as Error
      if (!isUnreached(failure)) break
      upstreams.mark(node, false, failure.message)
    } finally {
      node.inFlight--
    }
  }
  if (signal.aborted) throw failure
  throw refusalOf(failure)
}

function refusalOf(failure: Error): RefusedRequest {
  const { status, type, reason } = describeUpstreamFailure(failure)
  return new RefusedRequest(status, type, reason, { cause: failure })
}

function firstOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(',')
}

function endToEnd(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_CONNECTION.has(name)))
}

/** Headers for a question that a rewriter asks: the client's, with the rewriter's own in their place. */
export function questionHeaders(client: FlatHeaders, own: Headers | undefined): string[] {
  if (own === undefined) return [...client]
  const named = new Set(Object.keys(own).map((name) => name.toLowerCase()))
  return [...without(client, named), ...toFlat(own)]
}
