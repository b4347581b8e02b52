import { errorName, type ObservedRequest } from '../../telemetry/request-observer.js'
import type { WholeAnswer } from '../rewriter.js'
import { ask, type AskOptions, type Question } from './ask.js'
import type { Exchange } from './exchange.js'
import { type FlatHeaders, valueOf, without } from './headers.js'
import { relay, type RelayOptions, type UpstreamMessage } from './relay.js'
import type { Upstreams } from './upstreams.js'

/** Asks the upstream as `ask` does, as a step of a request that may be observed. */
export async function askObserved(
  upstreams: Upstreams,
  question: Question,
  options: AskOptions,
  observed: ObservedRequest | undefined,
): Promise<WholeAnswer> {
  if (observed === undefined) return ask(upstreams, question, options)
  const { method, target } = question
  const step = observed.step({ kind: 'upstream', method, target, ...onlyOrigin(upstreams) })
  try {
    const headers = traced(question.headers, step.traceparent)
    const answer = await ask(upstreams, { ...question, headers }, options)
    step.end({ status: answer.status })
    return answer
  } catch (error) {
    step.end({ error: errorName(error) })
    throw error
  }
}

/** Relays a request as `relay` does, as a step that is over with the head of the answer. */
export function relayObserved(
  upstreams: Upstreams,
  message: UpstreamMessage,
  { observed, response, kind }: Exchange,
  options: RelayOptions,
): void {
  if (observed === undefined) {
    relay(upstreams, message, response, options)
    return
  }
  const { method, target } = message
  const step = observed.step({ kind: 'upstream', method, target, ...onlyOrigin(upstreams) })
  let failure = 'cancelled'
  // Before anybody ends the request with all its steps.
  response.prependOnceListener('close', () => {
    step.end({ error: failure })
  })
  relay(upstreams, { ...message, headers: traced(message.headers, step.traceparent) }, response, {
    ...options,
    changeHeaders: (headers, status) => {
      step.end({ status })
      const coding = valueOf(headers, 'content-encoding')
      observed.answering({ status, ...(coding !== undefined && { coding }) })
      return options.changeHeaders?.(headers, status) ?? headers
    },
    ...(kind === 'rewritten' && {
      onData: (chunk) => {
        observed.answerData(chunk)
      },
    }),
    onFailure: (node, error) => {
      failure = errorName(error)
      options.onFailure?.(node, error)
    },
  })
}

/** Which of several nodes answers is not known when a step begins, and others may follow it. */
function onlyOrigin({ nodes: [first, ...others] }: Upstreams): { readonly origin?: string } {
  return first === undefined || others.length > 0 ? {} : { origin: first.origin }
}

const TRACEPARENT: ReadonlySet<string> = new Set(['traceparent'])

function traced(headers: FlatHeaders, traceparent: string | undefined): FlatHeaders {
  if (traceparent === undefined) return headers
  return [...without(headers, TRACEPARENT), 'traceparent', traceparent]
}
