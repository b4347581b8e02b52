import type { EngineClient } from '../engine/client.js'
import { EngineResponseError } from '../engine/failure.js'
import { readIndexMeta, type IndexMeta } from '../engine/index-meta.js'
import { indexPath } from '../engine/index-path.js'
import { checkExisting } from '../engine/index-setup.js'
import { arrayMember, member, numberMember, stringMember } from '../engine/json.js'
import { EngineError } from '../errors.js'
import type { ShardPosition } from './read-shards.js'

/** Member of a copy's `_meta` that says what it is a copy of, and from which moment. */
const ORIGIN = 'splade_bridge_source'

export function toOriginJson(source: string, positions: readonly ShardPosition[]): object {
  return {
    [ORIGIN]: { index: source, shards: positions.map(({ shard, checkpoint }) => ({ shard, checkpoint })) },
  }
}

/**
 * How far the source of an unfinished copy had got when the copy was begun.
 *
 * @returns undefined if there is no index of that name yet
 * @throws EngineError if there is one that is no copy of this source, or for another model
 */
export async function readOrigin(
  client: EngineClient,
  target: string,
  source: string,
  meta: IndexMeta,
): Promise<readonly ShardPosition[] | undefined> {
  const mappings = await readMappings(client, target)
  if (mappings === undefined) return undefined
  const origin = member(mappings, '_meta', ORIGIN)
  if (stringMember(origin, 'index') !== source) {
    throw new EngineError(
      `there is an index "${target}" already, which is no copy of "${source}": name another with --into`,
      0,
    )
  }
  const existing = await readIndexMeta(client, target)
  if (existing !== undefined) checkExisting(target, existing, meta)
  return arrayMember(origin, 'shards').map((shard) => ({
    index: source,
    shard: numberMember(shard, 'shard') ?? 0,
    checkpoint: numberMember(shard, 'checkpoint') ?? -1,
  }))
}

async function readMappings(client: EngineClient, index: string): Promise<unknown> {
  try {
    const { body } = await client.request({ method: 'GET', path: indexPath(index, '_mapping') })
    return member(body, index, 'mappings')
  } catch (error) {
    if (error instanceof EngineResponseError && error.status === 404) return undefined
    throw error
  }
}
