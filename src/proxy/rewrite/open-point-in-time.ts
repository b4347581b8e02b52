import { stringMember } from '../../engine/json.js'
import type { RewrittenRequest, WholeRequest } from '../rewriter.js'
import { type Endpoint, expressionOf } from './endpoint.js'
import { valueOf } from './json/read-node.js'
import { readAnswer } from './json/splice-items.js'
import type { RequestLookups } from './lookups.js'

/** Sends the request on as it is, and remembers which indices its point in time stands for. */
export function openPointInTime(
  endpoint: Endpoint,
  { target, body }: WholeRequest,
  { pointsInTime }: RequestLookups,
): RewrittenRequest {
  return {
    kind: 'request',
    target,
    body,
    changeAnswer: (answer) => {
      const source = readAnswer(answer)
      const json = source && valueOf(source.root)
      // Elasticsearch says `id`, OpenSearch `pit_id`.
      const id = stringMember(json, 'id') ?? stringMember(json, 'pit_id')
      if (id !== undefined) pointsInTime.remember(id, expressionOf(endpoint))
      return Promise.resolve(answer)
    },
  }
}
