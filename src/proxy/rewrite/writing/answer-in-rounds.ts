import {
  type OwnAnswer,
  RefusedRequest,
  type RewriteContext,
  type RewrittenRequest,
  type WholeAnswer,
} from '../../rewriter.js'
import { refusalOf } from '../upstream/engine-refusal.js'
import { answerOfItems, refusedItem } from './bulk-items.js'
import type { BulkOperation } from './bulk-operations.js'
import { joinBulkAnswers } from './join-bulk-answers.js'

type Round = readonly BulkOperation[]

/** How the rounds of a `_bulk` are sent. */
export interface RoundSending {
  readonly method: string
  readonly context: RewriteContext
  readonly toRequest: (round: Round) => Promise<RewrittenRequest | OwnAnswer>
}

/**
 * Sends rounds one after the other, and makes one answer of theirs. Once a round is not taken as a whole, it and those
 * behind it fail operation by operation: what went before is written, and the client is to repeat only the rest.
 *
 * @param operations of all rounds, in the client's order
 * @returns the engine's own answer where it does not take the first round
 */
export async function answerInRounds(
  operations: readonly BulkOperation[],
  [first = [], ...later]: readonly Round[],
  sending: RoundSending,
): Promise<OwnAnswer> {
  const answer = await sendRound(first, sending)
  if (answer.status >= 300) return { ...answer, kind: 'answer' }
  const sent = [{ round: first, answer }]
  let failure: RefusedRequest | undefined
  for (const round of later) {
    const next = failure ?? (await trySendRound(round, sending))
    if (next instanceof RefusedRequest) failure = next
    sent.push({ round, answer: next instanceof RefusedRequest ? failedRound(round, next) : next })
  }
  return { ...joinBulkAnswers(operations, sent), kind: 'answer' }
}

/** With the client's own headers, parameters and credentials. */
async function sendRound(round: Round, { method, context, toRequest }: RoundSending): Promise<WholeAnswer> {
  const request = await toRequest(round)
  if (request.kind === 'answer') return request
  const answer = await context.ask({ method, target: request.target, body: request.body })
  return (await request.changeAnswer?.(answer, context)) ?? answer
}

async function trySendRound(round: Round, sending: RoundSending): Promise<WholeAnswer | RefusedRequest> {
  try {
    const answer = await sendRound(round, sending)
    return answer.status >= 300 ? refusalOf(answer) : answer
  } catch (error) {
    if (error instanceof RefusedRequest) return error
    throw error
  }
}

function failedRound(round: Round, failure: RefusedRequest): WholeAnswer {
  return answerOfItems(round.map((operation) => refusedItem(operation, failure)))
}
