import type { EngineClient } from '../engine/client.js'
import { indexPath } from '../engine/index-path.js'
import { numberMember } from '../engine/json.js'

/** How many documents a query finds; all without one. */
export async function countMatching(
  client: EngineClient,
  index: string,
  query: object | undefined,
): Promise<number> {
  const body = query === undefined ? {} : { query }
  const answer = await client.request({ method: 'POST', path: indexPath(index, '_count'), body })
  return numberMember(answer.body, 'count') ?? 0
}
