import { engineReason } from '../../../engine/failure.js'
import { stringMember } from '../../../engine/json.js'
import { RefusedRequest, type WholeAnswer } from '../../rewriter.js'
import { jsonOf } from './upstream-client.js'

/**
 * What the engine said to a question of the proxy's, for the client. An answer that is no error, and yet not what was
 * asked for, gets status 502.
 *
 * @param about put before the engine's reason
 */
export function refusalOf(answer: WholeAnswer, about = ''): RefusedRequest {
  const { status } = answer
  const body = jsonOf(answer)
  const type = stringMember(body, 'error', 'type') ?? 'upstream_exception'
  return new RefusedRequest(status >= 400 ? status : 502, type, `${about}${engineReason(body)}`)
}
