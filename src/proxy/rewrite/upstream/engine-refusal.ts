import { engineReason } from '../../../engine/failure.js'
import { stringMember } from '../../../engine/json.js'
import { RefusedRequest, type WholeAnswer } from '../../rewriter.js'

/**
 * What the engine said to a question of the proxy's, for the client. An answer that is no error, and yet not what was
 * asked for, gets status 502.
 *
 * @param about put before the engine's reason
 */
export function refusalOf({ status, body }: WholeAnswer, about = ''): RefusedRequest {
  const answer = jsonOf(body)
  const type = stringMember(answer, 'error', 'type') ?? 'upstream_exception'
  return new RefusedRequest(status >= 400 ? status : 502, type, `${about}${engineReason(answer)}`)
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown
  } catch {
    // A gateway's page, for example: what counts is the status.
    return undefined
  }
}
