import type { OwnAnswer, RewrittenRequest, WholeRequest } from '../../rewriter.js'
import type { Endpoint } from '../endpoint.js'
import { linesOf } from '../json/lines.js'
import type { RequestLookups } from '../lookups.js'
import { textOf } from '../rewrite-body.js'
import { answerInRounds } from './answer-in-rounds.js'
import { readBulk } from './bulk-operations.js'
import { toBulkRequest } from './bulk-request.js'
import { roundsOf } from './bulk-rounds.js'
import { ownTargetOf, targetsOf } from './bulk-targets.js'
import { hasScript } from './bulk-updates.js'
import { SCRIPT_WARNING } from './plan-update.js'

/** Encodes the documents of a `_bulk` for indices of ours. */
export async function rewriteBulk(
  endpoint: Endpoint,
  { method, target, body }: WholeRequest,
  lookups: RequestLookups,
): Promise<RewrittenRequest | OwnAnswer | undefined> {
  const text = textOf(body)
  const operations = text === undefined ? undefined : readBulk(linesOf(text), endpoint.indices)
  if (operations === undefined) return undefined
  const targets = await targetsOf(operations, lookups)
  if ([...targets.values()].every((one) => one === undefined)) return undefined
  if (operations.some((one) => ownTargetOf(one, targets) !== undefined && hasScript(one)))
    lookups.warn(SCRIPT_WARNING)
  const rounds = roundsOf(operations, targets)
  const toRequest = (round: typeof operations) => toBulkRequest(target, round, targets, lookups)
  if (rounds.length === 1) return toRequest(operations)
  lookups.requireJsonAnswer('a bulk that writes a document and then changes its encoded text')
  return answerInRounds(operations, rounds, { method, toRequest, context: lookups.context })
}
